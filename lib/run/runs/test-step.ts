/** Tests a function step by itself: its cases, then rows with unusual values. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { count } from '#core/text/numbers.ts'
import { FunctionError, type FunctionProcess, startFunction } from '#io/functions/process.ts'
import type { FunctionColumn, Returned, WireCase, WireCell } from '#io/functions/protocol.ts'
import { unusualRows } from '#io/functions/unusual.ts'
import { bundleStep } from './bundle-step.ts'
import { RunError } from './run-error.ts'

export interface StepTest {
  readonly name: string
  readonly checks: readonly StepCheck[]
}

export interface StepCheck {
  readonly what: string
  /** Null: it passed. */
  readonly failed: string | null
}

/** Seconds of one call in a test, and how many failures with unusual values are shown. */
const SECONDS = 10
const MOST = 5

/** RunError when the file is no step. `host` is the program of its process. */
export async function testStep(file: string, host: string): Promise<StepTest> {
  const bundle = await bundled(file)
  const scratch = await mkdtemp(join(tmpdir(), 'siftstep-test-'))
  const open = (settings: unknown, secrets: WireCase['secrets']) =>
    startFunction({ host, bundle, scratch, settings, secrets, seconds: SECONDS, megabytes: 512, print: () => {} })
  try {
    const declared = await open(null, {}).catch((error: Error) => {
      throw invalid(file, error.message)
    })
    await declared.close()
    const { name, cases = [] } = declared.declared
    const checks: StepCheck[] = []
    if (cases.length === 0)
      checks.push({
        what: 'cases',
        failed: 'the file has none: write `cases: [{ name, rows, expect }]`, which also say which columns to try',
      })
    for (const one of cases) checks.push(await checkCase(one, open))
    for (const one of cases.filter(({ rows }) => rows.length > 0)) checks.push(...(await checkUnusual(one, open)))
    return { name, checks }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

type Open = (settings: unknown, secrets: WireCase['secrets']) => Promise<FunctionProcess>

async function bundled(file: string): Promise<string> {
  await readFile(file).catch(() => {
    throw invalid(file, 'it does not exist, or cannot be read')
  })
  const read = bundleStep(file, dirname(file))
  if ('why' in read) throw invalid(file, read.why)
  return 'content' in read ? new TextDecoder().decode(read.content) : ''
}

const invalid = (file: string, why: string) =>
  new RunError(
    { code: 'function-invalid', name: basename(file), file },
    `${basename(file)} is no step: ${why}`,
    'docs/own-steps.md shows one',
  )

async function checkCase(one: WireCase, open: Open): Promise<StepCheck> {
  const what = `case "${one.name}"`
  const answer = await called(one, one.rows, open)
  if (answer instanceof FunctionError) {
    const row = answer.row === null ? undefined : one.rows[answer.row]
    return { what, failed: `${answer.message}${row === undefined ? '' : `, with ${shownRow(row, one.columns)}`}` }
  }
  const { made, rejected } = answer
  const failed = differenceIn(made, one) ?? rejectionIn(rejected, one)
  return { what: failed === null ? `${what}: ${fatesOf(one.rows.length, made.length, rejected.length)}` : what, failed }
}

const fatesOf = (given: number, made: number, rejected: number) =>
  `${count(given, 'row')} in, ${made.toLocaleString('en')} out${rejected === 0 ? '' : `, ${rejected.toLocaleString('en')} rejected`}`

/** Starts a process, calls it once, and ends it. */
async function called(
  { settings, secrets, columns, output }: WireCase,
  rows: WireCase['rows'],
  open: Open,
): Promise<Returned | FunctionError> {
  try {
    const started = await open(settings, secrets)
    try {
      return await started.call({ rows, columns, output })
    } finally {
      await started.close()
    }
  } catch (error) {
    if (error instanceof FunctionError) return error
    throw error
  }
}

function differenceIn(made: Returned['made'], { expect, output }: WireCase): string | null {
  for (const [at, wanted] of expect.entries()) {
    const [, row] = made[at] ?? []
    if (row === undefined) return `row ${at} of \`expect\` did not come out: ${shownRow(wanted, output)}`
    const column = output.findIndex((_, cell) => row[cell] !== wanted[cell])
    if (column >= 0)
      return `row ${at} of \`expect\`: ${output[column]?.name} is ${shownCell(row[column] ?? null)}, expected ${shownCell(wanted[column] ?? null)}`
  }
  const more = made[expect.length]
  return more === undefined ? null : `a row came out that is not in \`expect\`: ${shownRow(more[1], output)}`
}

function rejectionIn(rejected: Returned['rejected'], { rejected: wanted, rows, columns }: WireCase): string | null {
  for (const [row, reason] of wanted) {
    const found = rejected.find(([own]) => own === row)
    if (found === undefined) return `row ${row} was not rejected: ${shownRow(rows[row] ?? [], columns)}`
    if (!found[1].includes(reason)) return `row ${row} was rejected with "${found[1]}", expected "${reason}"`
  }
  const other = rejected.find(([row]) => !wanted.some(([own]) => own === row))
  return other === undefined ? null : `row ${other[0]} was rejected with "${other[1]}", and \`rejected\` does not say so`
}

/** Calls the step with no rows, then with each unusual row by itself: what fails is the smallest input. */
async function checkUnusual(one: WireCase, open: Open): Promise<readonly StepCheck[]> {
  const what = `unusual values in "${one.name}"`
  const batches = [[], ...unusualRows(one.rows[0] ?? [], one.columns).map((row) => [row])]
  const failures: StepCheck[] = []
  let [process, made, rejected] = [null as FunctionProcess | null, 0, 0]
  for (const rows of batches) {
    if (failures.length >= MOST) break
    try {
      process ??= await open(one.settings, one.secrets)
      const answer = await process.call({ rows, columns: one.columns, output: one.output })
      made += answer.made.length
      rejected += answer.rejected.length
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error
      failures.push({ what, failed: `${error.message}, with ${rows[0] === undefined ? 'no rows' : shownRow(rows[0], one.columns)}` })
      // it may be in any state, or gone
      await process?.close()
      process = null
    }
  }
  await process?.close()
  return failures.length > 0 ? failures : [{ what: `${what}: ${fatesOf(batches.length - 1, made, rejected)}`, failed: null }]
}

const MAX_TEXT = 40

function shownCell(cell: WireCell): string {
  if (cell === null) return 'null'
  return JSON.stringify(cell.length > MAX_TEXT ? `${cell.slice(0, MAX_TEXT)}…` : cell)
}

const shownRow = (row: readonly WireCell[], columns: readonly FunctionColumn[]) =>
  `{ ${columns.map(({ name }, at) => `${name}: ${shownCell(row[at] ?? null)}`).join(', ')} }`
