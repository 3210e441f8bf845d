/** map and drop: replace given values, and leave columns out. */
import * as z from 'zod'
import { fits } from '#relational/types/fits.ts'
import { TaskError } from '#core/errors/errors.ts'
import { record } from '#core/text/record.ts'
import { type AssetProblem, assetFile, pathOfAsset, type RowsRead, readRows, textOfAsset } from '#steps/kind/assets.ts'
import { column, columns } from '#steps/kind/fields.ts'
import { listed, withoutColumns } from '#steps/kind/known-columns.ts'
import { defineCleaner } from '../cleaner.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'

const mapConfig = z.strictObject({
  column: column.describe('The column.'),
  values: z
    .record(z.string(), z.union([z.string(), z.null()]))
    .optional()
    .describe('Old values with the new ones; null makes the cell missing.'),
  file: assetFile
    .optional()
    .describe('In place of `values`: a .csv file that belongs to the pipeline, with a header. An empty new value makes the cell missing.'),
  from: column.optional().describe('The column of the file with the old values (default: the first of two).'),
  to: column.optional().describe('The column of the file with the new values (default: the second of two).'),
})

type MapConfig = z.infer<typeof mapConfig>

export const map = defineCleaner({
  name: 'map',
  summary: 'Replace given values of a column.',
  config: mapConfig,
  needs: () => ({ facts: false, key_sets: [] }),
  changes: () => true,
  assets: (config) => {
    const { file } = config
    return file === undefined ? [] : [{ path: ['file'], check: (text) => problemIn(pairsIn(pathOfAsset(file), text, config)) }]
  },
  check: ({ values, file, from, to }) => {
    if ((values === undefined) === (file === undefined))
      return [
        {
          path: [],
          what: `map has ${file === undefined ? 'no values' : 'both values and a file'}`,
          hint: 'write either `values` or `file`',
        },
      ]
    const extra = from !== undefined ? 'from' : to !== undefined ? 'to' : undefined
    if (file === undefined && extra !== undefined)
      return [{ path: [extra], what: `\`${extra}\` names a column of a file, and map has no file`, hint: 'remove it, or add `file`' }]
    const meant = Object.entries(values ?? {}).length === 1 ? values?.['file'] : undefined
    if (meant == null || !/\.(csv|txt)$/i.test(meant)) return []
    return [
      {
        path: ['values'],
        what: `map would replace the text "file" by "${meant}"`,
        hint: `to read the values from a file, write \`file: ${meant}\` in place of \`values\``,
      },
    ]
  },
  lower: (config, context) => {
    const { name, type } = existingColumn(config.column, context)
    const values = config.values ?? valuesIn(config)
    const unfit = Object.entries(values)
      .flat()
      .find((value) => value !== null && !fits(value, type))
    if (unfit != null)
      throw new TaskError('Definition.InvalidSetting', `map has the value "${unfit}", but column "${name}" has type ${type}`, {
        step: context.step,
        hint: `use values of type ${type}, or read the column as text: \`types: {${name}: text}\` in the discover step`,
      })
    return [
      { op: 'cell', origin: { step: context.step, rule: 'map' }, column: name, cell: 'replace_values', options: { values }, counted: true },
    ]
  },
  examples: ['{column: country, values: {UK: United Kingdom, GB: United Kingdom}}'],
})

const pairsIn = (path: string, text: string, { from, to }: MapConfig): RowsRead => readRows(path, text, { count: 2, named: { from, to } })

function problemIn(found: RowsRead): AssetProblem | null {
  if ('problem' in found) return found.problem
  const lines = new Map<string, number>()
  for (const { line, cells } of found.rows) {
    const [old = ''] = cells
    if (old === '') return { what: `line ${line} has no old value`, hint: 'fill missing cells with the rule `missing`' }
    const before = lines.get(old)
    if (before !== undefined) return { what: `lines ${before} and ${line} both have the old value "${old}"`, hint: 'keep one of them' }
    lines.set(old, line)
  }
  return null
}

/** The pairs of the file; the compiler has checked the same text. */
function valuesIn(config: MapConfig): { readonly [old: string]: string | null } {
  const { file } = config
  if (file === undefined) throw new Error('map has neither values nor a file')
  const found = pairsIn(pathOfAsset(file), textOfAsset(file), config)
  if ('problem' in found) throw new Error(`${pathOfAsset(file)}: ${found.problem.what}`)
  return record(found.rows.map(({ cells: [old = '', now = ''] }) => [old, now === '' ? null : now]))
}

export const drop = defineCleaner({
  name: 'drop',
  summary: 'Remove columns.',
  config: columns.describe('The columns to remove.'),
  needs: () => ({ facts: false, key_sets: [] }),
  changes: () => false,
  columns: (names) => ({ reads: listed(names), after: (known) => withoutColumns(known, names) }),
  lower: (config, context) => [
    { op: 'drop', origin: { step: context.step, rule: 'drop' }, columns: config.map((name) => existingColumn(name, context).name) },
  ],
  examples: ['[internal_note, row_hash]'],
})
