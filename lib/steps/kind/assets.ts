/** Files that belong to a pipeline, in the settings of steps: the compiler reads them, and tasks get their text. */
import * as z from 'zod'
import type { CompiledAsset } from '#core/assets/assets.ts'
import { preview } from '#core/text/preview.ts'
import { readRecords } from '#io/formats/record-text.ts'

/** A setting that names a file. */
export interface AssetUse {
  /** Below the settings of the step. */
  readonly path: readonly (string | number)[]
  /** Whether it is code, which is bundled with everything it imports. */
  readonly bundled?: true
  /** Why the content of the file cannot be used; null if it can. */
  check(text: string): AssetProblem | null
}

export interface AssetProblem {
  readonly what: string
  readonly hint: string
}

const compiled = z.strictObject({
  $asset: z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.number() }),
  text: z.string().optional(),
})

/**
 * A file of the pipeline, as a path relative to the definition. The compiler puts a reference in its place, and the tasks parse that form, with the
 * text, with the same schema.
 */
export const assetFile = z
  .union([z.string().min(1), compiled])
  .meta({ title: 'file', description: 'A file beside the definition, or in a folder below it.' })

export type AssetFile = z.infer<typeof assetFile>

/** The path, for messages. */
export const pathOfAsset = (file: AssetFile): string => (typeof file === 'string' ? file : file.$asset.path)

/** The text of a file, in a task. */
export function textOfAsset(file: AssetFile): string {
  const text = typeof file === 'string' ? undefined : (file as CompiledAsset).text
  if (text === undefined) throw new Error(`the text of ${pathOfAsset(file)} is not known here`)
  return text
}

/** Comma-separated text (RFC 4180). */
const CSV = { delimiter: ',', quote: '"', escape: '"', comment: '' }

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

export type Rows = readonly Row[]

/** Rows of the chosen columns, or why there are none. */
export type RowsRead = { readonly rows: Rows } | { readonly problem: AssetProblem }

const problem = (what: string, hint: string) => ({ problem: { what, hint } })

/** How many columns are needed, and their names where the author gives them; without names the file has exactly so many. */
interface Wanted {
  readonly count: number
  /** By the setting that names it. */
  readonly named: { readonly [setting: string]: string | undefined }
}

/**
 * Reads a file by its extension: `.csv` has a header and rows of as many cells, `.txt` has one value a line. Cells are as written; blank lines are
 * skipped.
 */
export function readRows(path: string, text: string, wanted: Wanted): RowsRead {
  const lists = wanted.count === 1
  if (/\.csv$/i.test(path)) return readTable(text, wanted)
  if (!/\.txt$/i.test(path) || !lists)
    return problem(
      'its name does not say a format that can be read here',
      lists ? 'allowed: .csv with a header, .txt with one value a line' : 'allowed: .csv with a header',
    )
  const extra = Object.entries(wanted.named).find(([, name]) => name !== undefined)
  if (extra !== undefined) return problem('a .txt file has no columns', `remove \`${extra[0]}\``)
  const rows = text.split(/\r\n|\n|\r/).flatMap((value, at) => (value === '' ? [] : [{ line: at + 1, cells: [value] }]))
  return rows.length === 0 ? problem('it is empty', 'write one value a line') : { rows }
}

function readTable(text: string, { count, named }: Wanted): RowsRead {
  const [first, ...others] = recordsOf(text)
  if (first === undefined) return problem('it is empty', 'the first line is the header, and each line below it is a row')
  const bad = [first, ...others].find((record) => record.bad !== null)
  if (bad !== undefined)
    return problem(
      `line ${bad.line} has a quote that is ${bad.bad === 'stray' ? 'out of place' : 'not closed'}`,
      'quote a whole cell, and double the quotes in it',
    )
  const header = first.cells
  const columns = preview([...header], 10)
  const settings = Object.keys(named).map((setting) => `\`${setting}\``)
  const names = Object.values(named)
  if (names.some((name) => name === undefined) && header.length !== count)
    return problem(
      `it has ${header.length} columns: ${columns}`,
      `name ${count === 1 ? 'the one to read' : 'those to read'} with ${settings.join(' and ')}`,
    )
  const missing = names.find((name) => name !== undefined && !header.includes(name))
  if (missing !== undefined) return problem(`it has no column \`${missing}\``, `its columns are ${columns}`)
  const positions = names.map((name, at) => (name === undefined ? at : header.indexOf(name)))
  const uneven = others.find(({ cells }) => cells.length !== header.length)
  if (uneven !== undefined)
    return problem(
      `line ${uneven.line} has ${uneven.cells.length} cells, but the header has ${header.length}`,
      'quote a cell that contains a comma',
    )
  if (others.length === 0) return problem('it has a header and no rows', 'each line below the header is a row')
  return { rows: others.map(({ line, cells }) => ({ line, cells: positions.map((at) => cells[at] ?? '') })) }
}

function recordsOf(text: string) {
  let line = 1
  return [...readRecords(text, CSV)].flatMap(({ kind, cells, start, end, bad }) => {
    const at = line
    line += text.slice(start, end).match(/\r\n|\n|\r/g)?.length ?? 0
    return kind === 'record' ? [{ line: at, cells, bad }] : []
  })
}
