/**
 * Measures cleaning without labels: `npx tsx bench/cleaning.ts DIR`. Each folder of DIR with dirty.csv and clean.csv of the same rows is cleaned
 * with the rules that nothing has to be known for, and compared cell by cell. Prints precision, recall and F1 of detection (changed or quarantined)
 * and of repair (changed to the right value), and each cell that was made wrong, by the rules of its column.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRecords } from '#io/formats/record-text.ts'
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/boolean-words.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import { runDefinition } from '../test/kit/run-pipeline.ts'

const PLAIN = { delimiter: ',', quote: '"', escape: '"', comment: '' }
/** The row of a record, added before it is cleaned: quarantined rows leave a gap. */
const ROW = '_row'

type Table = { readonly names: readonly string[]; readonly rows: readonly (readonly string[])[] }

function tableIn(path: string): Table {
  const [names = [], ...rows] = [...readRecords(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), PLAIN)]
    .filter(({ kind }) => kind === 'record')
    .map(({ cells }) => cells)
  return { names, rows }
}

const MISSING = new Set<string>(NULL_VALUES)
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
])

/** A cell for comparing: without entities and surplus white space; a null value is empty, a number is its value. */
function plain(cell: string): string {
  const text = cell
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES.get(entity) ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
  if (MISSING.has(text)) return ''
  return /^-?\d+(\.\d+)?$/.test(text) && !/^-?0\d/.test(text) ? String(Number(text)) : text
}

const WORDS = new Map<string, string>([
  ...TRUE_WORDS.map((word) => [word, 'true'] as const),
  ...FALSE_WORDS.map((word) => [word, 'false'] as const),
])

/** Whether a cell was only read into a type: yes as true. */
const isReading = (before: string, now: string) => (now === 'true' || now === 'false') && WORDS.get(before.toLowerCase()) === now

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

interface Score {
  readonly folder: string
  readonly errors: number
  readonly changed: number
  readonly repaired: number
  readonly detected: number
  readonly flagged: number
  readonly wrong: readonly string[]
}

async function score(folder: string, name: string): Promise<Score> {
  const [dirty, clean] = [tableIn(join(folder, name, 'dirty.csv')), tableIn(join(folder, name, 'clean.csv'))]
  const place = mkdtempSync(join(tmpdir(), 'siftstep-cleaning-'))
  const lines = dirty.rows.map((row, at) => [String(at), ...row].map(quoted).join(','))
  writeFileSync(join(place, 'dirty.csv'), `${[[ROW, ...dirty.names].map(quoted).join(','), ...lines].join('\n')}\n`)
  const definition = `version: 1
id: cleaning
resources: {workers: 1}
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(join(place, 'dirty.csv'))}}}
  - {id: tidy, type: clean, with: {rules: [{standardize: auto}, {amounts: auto}, {consistency: auto}]}}
  - {id: write, type: export, with: {to: ${JSON.stringify(join(place, 'out'))}, format: csv}}
`
  const run = await runDefinition(definition, { store: join(place, 'store') })
  if (run.status !== 'SUCCEEDED') throw new Error(`${name}: ${run.cause}`)
  const parts = readdirSync(join(place, 'out')).filter((file) => file.endsWith('.csv'))
  const after = new Map(
    parts.flatMap((file) => tableIn(join(place, 'out', file)).rows.map(([row = '', ...cells]) => [Number(row), cells] as const)),
  )
  const rules = new Map<string, Set<string>>()
  for (const { rule, column, cells } of run.report.steps.flatMap(({ counts }) => counts))
    if (cells > 0) rules.set(column, (rules.get(column) ?? new Set()).add(rule))
  // the cell that is the reason for a quarantined row
  const quarantine = tableIn(join(place, 'store/runs/r-test/quarantine/quarantine.csv'))
  const at = (column: string) => quarantine.names.indexOf(column)
  const misfits = new Set(quarantine.rows.map((row) => `${Number(row[at('_record')]) - 1} ${row[at('_column')]}`))
  rmSync(place, { recursive: true, force: true })

  let [errors, changed, repaired, detected, flagged] = [0, 0, 0, 0, 0]
  const wrong: string[] = []
  for (const [row, cells] of dirty.rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      const [before, wanted] = [plain(cell), plain(clean.rows[row]?.[column] ?? '')]
      const published = after.has(row) ? plain(after.get(row)?.[column] ?? '') : before
      const now = isReading(before, published) ? before : published
      const field = dirty.names[column] ?? ''
      const isFlagged = now !== before || misfits.has(`${row} ${field}`)
      if (before !== wanted) errors++
      if (isFlagged) flagged++
      if (isFlagged && before !== wanted) detected++
      if (now === before) continue
      changed++
      if (now === wanted) repaired++
      else
        wrong.push(
          `${[...(rules.get(field) ?? ['reading'])].join('+')}: ${field}, row ${row + 2}: "${before}" → "${now}", right: "${wanted}"`,
        )
    }
  }
  return { folder: name, errors, changed, repaired, detected, flagged, wrong }
}

const ratio = (part: number, whole: number) => (whole === 0 ? '   –' : (part / whole).toFixed(3))
const f1 = (right: number, found: number, all: number) => (found + all === 0 ? '   –' : ((2 * right) / (found + all)).toFixed(3))

const [folder = '.'] = process.argv.slice(2)
const scores: Score[] = []
for (const name of readdirSync(folder).sort())
  if (existsSync(join(folder, name, 'dirty.csv')) && existsSync(join(folder, name, 'clean.csv'))) scores.push(await score(folder, name))
console.log('set           errors  detection P     R    F1   repair P     R    F1   changed  wrong')
for (const { folder: name, errors, changed, repaired, detected, flagged, wrong } of scores)
  console.log(
    `${name.padEnd(12)} ${String(errors).padStart(7)}        ${[ratio(detected, flagged), ratio(detected, errors), f1(detected, flagged, errors)].join(' ')}      ${[ratio(repaired, changed), ratio(repaired, errors), f1(repaired, changed, errors)].join(' ')}   ${String(changed).padStart(7)} ${String(wrong.length).padStart(6)}`,
  )
for (const { folder: name, wrong } of scores) {
  const byRule = new Map<string, string[]>()
  for (const cell of wrong) byRule.set(cell.split(':')[0] ?? '', [...(byRule.get(cell.split(':')[0] ?? '') ?? []), cell])
  for (const [rule, cells] of byRule) {
    console.log(`\n${name}, ${rule}: ${cells.length} cells made wrong`)
    for (const cell of cells) console.log(`  ${cell}`)
  }
}
