/** Runs one test of a definition in a folder of its own, and compares what became of it with what the test expects. */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCause } from '#core/errors/failure.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json } from '#core/json.ts'
import { folderStore } from '#io/store/folder.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type Compiled, compileTest } from '#language/compiler/compile.ts'
import { givenFile, publishedFolder } from '#language/compiler/under-test.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { PipelineTest, TestExpectations } from '#language/definition/tests-schema.ts'
import { unitsOf } from '#language/compiler/plan.ts'
import type { FinishedRun, RunWorld } from './carry-out.ts'
import { columnsOf, compareRows, type RowDifference } from './compare-rows.ts'
import { csvRecords } from './csv-head.ts'
import { quarantineDiffers } from './compare-quarantine.ts'
import { RunError } from './run-error.ts'
import { startRun } from './start.ts'
import { type FilesOfTests, publishedRows, rowsOf, writeGiven } from './test-tables.ts'

/** Something that a test expects and did not get. */
export interface Mismatch {
  readonly check: 'status' | 'error' | 'rows' | 'columns' | 'quarantined' | 'duplicates' | 'ledger'
  readonly expected: Json
  readonly found: Json
  /** Of rows: what differs, row by row. */
  readonly rows?: readonly RowDifference[]
}

export interface TestResult {
  readonly name: string
  readonly passed: boolean
  readonly mismatches: readonly Mismatch[]
}

export interface TestToRun {
  readonly compiled: Compiled
  /** The text of the definition, and its path as given. */
  readonly text: string
  readonly file: string
  readonly files: FilesOfTests
}

/** Variables with which a run would reach somebody. */
const REACHING = ['SIFTSTEP_SMTP_URL', 'SIFTSTEP_OUTBOX', 'OTEL_EXPORTER_OTLP_ENDPOINT']

/** Runs the test with this number. Nothing is left of it. RunError when it cannot begin; null when it was stopped. */
export async function testPipeline(
  { compiled, text, file, files }: TestToRun,
  at: number,
  world: Omit<RunWorld, 'store'>,
): Promise<TestResult | null> {
  const test = compiled.definition.tests?.[at]
  if (test === undefined) throw new Error(`the definition has no test ${at}`)
  // the native engine compares paths without links
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'siftstep-test-')))
  try {
    for (const given of test.given) await writeGiven(given, folder, files)
    const own = compileTest(compiled, at, folder)
    const store = join(folder, 'store')
    const env = Object.fromEntries(Object.entries(world.env).filter(([name]) => !REACHING.includes(name)))
    const run = { compiled: own, text, file, overlay: { config: {}, env_file: null }, inputs: inputsOf(own, test, folder), folder }
    const finished = await startRun({ ...run, logical_date: test.date }, { ...world, env, store, processes: 1 })
    if (finished.record.status === 'interrupted') return null
    const mismatches = [...statusOf(test.expect, finished), ...(await outcomeOf(test.expect, finished, own, { folder, store, files }))]
    return { name: test.name, passed: mismatches.length === 0, mismatches }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Inputs that stand for an address name the file with the given rows. */
function inputsOf({ definition }: Compiled, test: PipelineTest, folder: string) {
  const given = test.given.filter(({ steps }) => steps === null)
  const addresses = given.map((one) => {
    const path = givenFile(folder, one)
    return [one.name, entryOf(definition.inputs, one.name)?.type === 'array' ? [path] : path] as const
  })
  const resolved = resolveInputs(definition, { ...test.inputs, ...Object.fromEntries(addresses) })
  if (resolved.ok) return resolved.inputs
  const [problem] = resolved.problems
  throw new RunError({ code: 'test-invalid', name: test.name }, `the test '${test.name}' cannot run: ${problem?.what}`, problem?.hint ?? '')
}

const STATUS = { succeeded: 'success', partial: 'partial', failed: 'failed' } as const

function statusOf({ status, error }: TestExpectations, { record }: FinishedRun): readonly Mismatch[] {
  const ended = STATUS[record.status as keyof typeof STATUS]
  const failure = 'failure' in record ? record.failure : null
  const why = failure === null ? null : `${failure.error}: ${parseCause(failure.cause).message}`
  const wanted = status ?? (error === undefined ? null : 'failed')
  const isRight = wanted === null ? ended !== 'failed' : ended === wanted
  if (!isRight) return [{ check: 'status', expected: wanted ?? 'success or partial', found: why === null ? ended : `${ended}, ${why}` }]
  return error === undefined || why?.includes(error) === true ? [] : [{ check: 'error', expected: error, found: why }]
}

interface Place {
  readonly folder: string
  readonly store: string
  readonly files: FilesOfTests
}

async function outcomeOf(expect: TestExpectations, { id, record }: FinishedRun, own: Compiled, place: Place): Promise<readonly Mismatch[]> {
  const mismatches: Mismatch[] = []
  const compare = (check: Mismatch['check'], expected: Json, found: Json) => {
    if (JSON.stringify(expected) !== JSON.stringify(found)) mismatches.push({ check, expected, found })
  }
  if (expect.rows !== undefined || expect.columns !== undefined) {
    const found = await publishedRows(publishedFolder(place.folder, expect.step ?? sinkOf(own)), place.folder)
    if (expect.columns !== undefined) compare('columns', expect.columns, found === undefined ? null : found.columns)
    if (expect.rows !== undefined) {
      const rows = await rowsOf(expect.rows, place.folder, place.files)
      if (found === undefined) mismatches.push({ check: 'rows', expected: rows.length, found: null })
      else {
        const strange = columnsOf(rows).filter((column) => !found.columns.includes(column))
        const different = strange.length > 0 ? [] : compareRows(rows, found, expect.ordered === true)
        if (strange.length > 0) mismatches.push({ check: 'columns', expected: strange, found: found.columns })
        if (different.length > 0) mismatches.push({ check: 'rows', expected: rows.length, found: found.rows.length, rows: different })
      }
    }
  }
  const rows = 'rows' in record ? record.rows : null
  const counts =
    rows === null
      ? null
      : { in: rows.in, out: rows.out, quarantined: rows.quarantined, duplicates: rows.deduplicated, filtered: rows.filtered }
  if (typeof expect.quarantined === 'number') compare('quarantined', expect.quarantined, counts?.quarantined ?? null)
  else if (expect.quarantined !== undefined) {
    const bytes = await folderStore(place.store).read(workspace(id).quarantine)
    const different = quarantineDiffers(expect.quarantined, csvRecords(new TextDecoder().decode(bytes ?? new Uint8Array()), true))
    if (different !== null) mismatches.push({ check: 'quarantined', ...different })
  }
  if (expect.duplicates !== undefined) compare('duplicates', expect.duplicates, counts?.duplicates ?? null)
  if (expect.ledger !== undefined) {
    const wanted = Object.fromEntries(Object.entries(expect.ledger).filter(([, count]) => count !== undefined)) as {
      [name: string]: number
    }
    const found =
      counts === null ? null : Object.fromEntries(Object.keys(wanted).map((name) => [name, counts[name as keyof typeof counts]]))
    compare('ledger', wanted, found)
  }
  return mismatches
}

/** The only export of a pipeline. */
function sinkOf({ plan }: Compiled): string {
  const [sink] = unitsOf(plan).flatMap((unit) => (unit.unit === 'segment' && unit.sink !== null ? [unit.sink.id] : []))
  if (sink === undefined) throw new Error('rows are expected of a pipeline without an export')
  return sink
}
