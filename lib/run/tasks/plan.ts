/** plan: combines all inspections into the plan of the dataset. */
import { beginning, preview } from '#core/text/preview.ts'
import { buildDataset, type Inspected } from '#data/dataset/build.ts'
import { rememberFiles } from '#data/dataset/changed-files.ts'
import type { Json } from '#core/json.ts'
import { stageState } from '#io/state/state.ts'
import type { SourceFile } from '#io/connectors/find.ts'
import { withLines } from '#data/dataset/located-doubts.ts'
import { chooseSizing } from '#data/dataset/sizing.ts'
import { type DatasetPlan, typedSample } from '#data/dataset/plan.ts'
import { groupSources } from '#data/dataset/unify.ts'
import { valueShape } from '#relational/infer/decide.ts'
import { TaskError } from '#core/errors/errors.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { StepReport } from '#core/task/task.ts'
import { bytes as shown, count } from '#core/text/numbers.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { sampleHash } from '#io/formats/sample.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import type { UnreadableSource } from './inspect.ts'
import type { SizedListSettings, SourceList } from './list.ts'
import { writeDataset } from '#data/dataset/write-dataset.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import { SAMPLE } from '#data/dataset/inspect-file.ts'
import { scanRequest } from './scan-request.ts'
import type { ScanRequest } from '#data/dataset/scan-request.ts'
import { usualTypes, writeCatalogue } from './catalogue.ts'

interface PlanSettings extends SizedListSettings {
  /** quarantine: a column that sources hold with different types has the type of most rows, and other cells go to quarantine. */
  readonly type_change?: 'quarantine'
}

export const plan: Task<PlanSettings> = async (settings, _item, context) => {
  const { store, workspace, step } = context
  const request = await scanRequest(settings)
  const { files, skipped, changes } = await readJson<SourceList>(store, workspace.sources(step))
  const sources: (InspectedSource & Inspected)[] = []
  const unreadable: string[] = []
  const read: SourceFile[] = []
  for (const [at, file] of files.entries()) {
    const { name } = file
    const key = workspace.inspection(step, at)
    const found = await readJson<InspectedSource | UnreadableSource>(store, key)
    if ('unreadable' in found) unreadable.push(`${name}: ${found.unreadable}`)
    else {
      sources.push({ ...found, name, key })
      read.push(file)
    }
  }
  if (sources.length === 0) throw new TaskError('Data.Unreadable', `none of the sources can be read: ${unreadable.join('; ')}`)
  assertOneDataset(sources)
  const bytes = sources.reduce((sum, { inspection }) => sum + inspection.bytes, 0)
  const records = sources.reduce((sum, { inspection }) => sum + inspection.records, 0)
  const sizing = chooseSizing(bytes, settings.resources, 0)
  const first = buildDataset(sources, request, sampleTogether(sources, records), sizing)
  const declared = settings.type_change === 'quarantine' ? usualTypes(first.plan) : {}
  const made =
    Object.keys(declared).length === 0
      ? first
      : buildDataset(sources, { ...request, types: { ...declared, ...request.types } }, sampleTogether(sources, records), sizing)
  const built = { ...made, plan: await withLines(made.plan, sources, context) }
  // too many batches for one execution are distributed, however small they are
  const { distributed } = chooseSizing(bytes, settings.resources, built.plan.batches.length)
  assertKnownTypes(Object.keys(request.types), built.plan, step)
  const nothingNew = changes?.columns_only === true
  if (!nothingNew) assertRows(request, sources)
  if (records === 0 && !request.allow_empty && !nothingNew) throw noRows(sources)
  if (built.plan.columns.length === 0) throw noColumns(sources, records)
  await writeCatalogue(built.plan, sources, files, request.metadata, context)
  if (changes !== undefined) {
    const next = rememberFiles(request.patterns, { ...changes, files }, read, step)
    await stageState(context, step, next as unknown as Json)
  }
  await writeJson(store, workspace.read(step), nothingNew ? [] : read)
  return {
    dataset: await writeDataset({ ...built.plan, distributed }, context),
    result: {
      count: nothingNew ? 0 : sources.length,
      bytes,
      records,
      columns: built.plan.columns.length,
      unreadable: unreadable.length,
      unchanged: changes?.unchanged.length ?? 0,
      removed: changes?.removed.length ?? 0,
      sources: nothingNew ? [] : travelling(built.plan),
    },
    report: report(sources, skipped, bytes, built, unreadable, changes, context),
  }
}

/** Results pass through the machine, which limits their size. */
const ROOM = 8_000

function travelling({ sources }: DatasetPlan) {
  const sourceRows = sources.map(({ name, uri, records, bad }) => ({ name, uri, rows: records - bad }))
  return JSON.stringify(sourceRows).length > ROOM ? null : sourceRows
}

/** A type for a column that the data lacks is a mistake. */
function assertKnownTypes(names: readonly string[], { columns }: DatasetPlan, step: string): void {
  for (const name of names) existingColumn(name, { columns, step })
}

/** The author decides which sources belong together (a pattern, a list); if they clearly do not, the error lists what was found. */
function assertOneDataset(sources: readonly Inspected[]): void {
  const groups = groupSources(
    sources.map(({ name, inspection, evidence }) => {
      const header = inspection.dialect?.header ?? true
      return { name, columns: inspection.columns, header, ...(header ? {} : { shapes: (evidence ?? []).map(valueShape) }) }
    }),
  )
  if (groups.length <= 1) return
  const lines = groups.slice(0, MAX_GROUPS).map((members, at) => {
    const names = members.map((member) => sources[member]?.name ?? '')
    return `  group ${at + 1}, ${count(members.length, 'file')} (${preview(names, 4)}): ${columnsOf(sources[members[0] ?? 0])}`
  })
  const more = groups.length > MAX_GROUPS ? [`  and ${groups.length - MAX_GROUPS} more`] : []
  throw new TaskError(
    'Data.SchemaMismatch',
    `the source matches ${groups.length} tables with nothing in common:\n${[...lines, ...more].join('\n')}`,
    {
      hint: 'run them separately, or narrow the pattern to one of the groups',
    },
  )
}

const MAX_GROUPS = 20
const NAME_LENGTH = 40

function columnsOf(source: Inspected | undefined): string {
  const { columns = [], dialect = null } = source?.inspection ?? {}
  if (dialect !== null && !dialect.header) return `${count(columns.length, 'column')} without a header`
  return preview(
    columns.map((name) => beginning(name, NAME_LENGTH)),
    8,
  )
}

function assertRows({ require: required }: ScanRequest, sources: readonly Inspected[]): void {
  const rows = sources.reduce((sum, { inspection }) => sum + inspection.records - inspection.bad.length, 0)
  if (required === null) return
  if (sources.length < required.min_sources) {
    const few = `${count(sources.length, 'source')} can be read, at least ${required.min_sources.toLocaleString('en')} required`
    throw new TaskError('Data.Unreadable', required.message ?? few, { hint: required.message === null ? 'see which of them failed' : few })
  }
  if (rows >= required.min_rows) return
  const found = `${count(rows, 'row')} in ${count(sources.length, 'source')}, at least ${required.min_rows.toLocaleString('en')} required`
  throw required.message === null
    ? new TaskError('Data.NoRows', found, { hint: 'check what delivers the data, or change `require`' })
    : new TaskError('Data.NoRows', required.message, { hint: found })
}

function noRows(sources: readonly Inspected[]): TaskError {
  const [first] = sources
  const what = sources.length === 1 && first !== undefined ? emptiness(first) : `none of the ${sources.length} sources has rows`
  const isNothing = sources.every(({ inspection }) => inspection.columns.length === 0)
  const hint = isNothing
    ? 'a table without rows needs at least a header'
    : 'if this is intended, set allow_empty: true in the discover step'
  return new TaskError('Data.NoRows', what, { hint })
}

/** Without columns there is nothing to write, not even an empty table. */
function noColumns(sources: readonly Inspected[], records: number): TaskError {
  const broken = sources.find(({ inspection }) => inspection.bad.length > 0)
  const [first] = broken?.inspection.bad ?? []
  if (broken === undefined || first === undefined) return noRows(sources)
  return new TaskError(
    'Data.Unreadable',
    `${broken.name} contains no table: ${records === 1 ? 'its only value' : `none of its ${records} values is a JSON object; the first`} ${first.reason}`,
    { hint: 'a table in JSON is a list of objects, or one object per line' },
  )
}

const emptiness = ({ name, inspection }: Inspected) =>
  inspection.columns.length > 0 && inspection.text_bytes > 0
    ? `${name} has a header and no rows`
    : `${name} is empty (${inspection.bytes} bytes)`

/** One sample of the dataset: the same share of every source, limited in total. */
function sampleTogether(sources: readonly InspectedSource[], records: number) {
  // typed files are sampled when the sample is read
  if (sources.some(({ types }) => types !== null)) return typedSample(records)
  let threshold = Math.min(2 ** 32, ...sources.map(({ sample }) => sample.threshold))
  const hashes = sources.flatMap(({ sample }) => sample.numbers.map(sampleHash))
  const drawn = () => hashes.filter((hash) => hash < threshold).length
  while (drawn() > SAMPLE.records) threshold /= 2
  const good = records - sources.reduce((sum, { inspection }) => sum + inspection.bad.length, 0)
  return { rows: drawn(), threshold, complete: drawn() === good }
}

/** Files that are gone that the screen shows. */
const MAX_REMOVED = 5

/** Doubts about columns that the screen shows; the report has all of them. */
const MAX_UNDECIDED = 5

function report(
  sources: readonly Inspected[],
  skipped: readonly string[],
  bytes: number,
  { renamed, plan: { columns } }: ReturnType<typeof buildDataset>,
  unreadable: readonly string[],
  changes: SourceList['changes'],
  { step }: TaskContext,
): StepReport {
  const bad = sources.reduce((sum, { inspection }) => sum + inspection.bad.length, 0)
  const doubts = sources.flatMap(({ name, inspection }) => (inspection.doubts ?? []).map((doubt) => `${name}: ${doubt}`))
  const { columns_only: nothingNew = false, unchanged = [], removed: { length: removed } = [] } = changes ?? {}
  const undecided = columns.flatMap(({ doubts: own = [] }) => own)
  const lines = [
    ...skipped.slice(0, 3).map((text) => ({ level: 'ok' as const, text: `skipped: ${text}` })),
    ...(skipped.length > 3 ? [{ level: 'ok' as const, text: `skipped: ${skipped.length - 3} more` }] : []),
    ...unreadable.map((text) => ({ level: 'error' as const, text })),
    ...(bad > 0
      ? [
          {
            level: 'warning' as const,
            text: `${count(bad, 'record')} cannot be read as rows and ${bad === 1 ? 'goes' : 'go'} to quarantine`,
          },
        ]
      : []),
    ...doubts.slice(0, 3).map((text) => ({ level: 'warning' as const, text })),
    ...(doubts.length > 3 ? [{ level: 'warning' as const, text: `${count(doubts.length - 3, 'more source')} like this` }] : []),
    ...undecided.slice(0, MAX_UNDECIDED).map((text) => ({ level: 'warning' as const, text })),
    ...(undecided.length > MAX_UNDECIDED
      ? [{ level: 'warning' as const, text: `${count(undecided.length - MAX_UNDECIDED, 'more column')} like this: see the report` }]
      : []),
    ...(changes?.removed ?? [])
      .slice(0, MAX_REMOVED)
      .map((uri) => ({ level: 'warning' as const, text: `${uri} is gone: rows of it that were published stay` })),
    ...(removed > MAX_REMOVED ? [{ level: 'warning' as const, text: `${count(removed - MAX_REMOVED, 'more file')} like this` }] : []),
    ...sources
      .filter(({ inspection }) => inspection.records === 0 && !nothingNew)
      .map((source) => ({ level: 'warning' as const, text: emptiness(source) })),
    ...renamed
      .slice(0, 3)
      .map(({ from, to, sources: among }) => ({ level: 'ok' as const, text: `${from} is read as ${to} (${count(among, 'source')})` })),
  ]
  return {
    step,
    level: bad + unreadable.length + doubts.length + undecided.length + removed > 0 ? 'warning' : 'ok',
    message:
      changes === undefined
        ? `Found ${count(sources.length, 'data file')} (${shown(bytes)} total)`
        : `Found ${count(nothingNew ? 0 : sources.length, 'new or changed file')} (${shown(bytes)} total), ${unchanged.length.toLocaleString('en')} unchanged`,
    lines,
    fused: false,
  }
}
