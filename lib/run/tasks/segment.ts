/** segment: runs the steps of a segment on one batch in one pass: read, transform, count, write. */
import { digestOf } from '#io/bytes/digest.ts'
import type { Batch, DatasetPlan } from '#data/dataset/plan.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { Session } from '#io/duckdb/session.ts'
import { lower } from '#relational/operations/to-sql.ts'
import type { Flag, LoweredColumn, LoweredRelation } from '#relational/operations/lowered.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { SinkBehaviour } from '#steps/kind/behaviour.ts'
import type { Destination, SinkTarget } from '#data/pass/pass.ts'
import { kindOf } from '#steps/index.ts'
import { OUTPUT, type Outcome, type Part, type FlaggedRow } from '#data/pass/outcome.ts'
import { outputFlags } from '#data/pass/output-flags.ts'
import { copyTo, extensionOf, INTERMEDIATE, keptRows, marksOf, type PassColumn } from '#data/pass/pass.ts'
import { encodeFates, type Members } from '#data/pass/members.ts'
import { membersIn } from '#data/pass/repeats-in.ts'
import { type FlaggedRows, flaggedRows, listedRows } from '#data/pass/flagged-rows.ts'
import { type Account, markMembers, startTally, maskWords } from '#data/pass/tally.ts'
import { bucketsFor, encodeKeys } from '#data/survey/key-file.ts'
import { isTyped } from '#data/survey/quality.ts'
import type { JsonObject } from '#core/json.ts'
import { columnNamed } from '#relational/expression/columns.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { lowerSteps, type RowsStep } from '#run/lowering/lower-steps.ts'
import { proofsOf, type SettledFile } from '#run/lowering/repeats-of.ts'
import { prepareLookups } from '#data/pass/lookups.ts'
import { writeLines } from '#io/workspace/lines.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import { countWritten, latestIn, footerHasNullCounts } from '#data/pass/written.ts'
import { entryOf } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'

export interface SegmentSettings {
  readonly dataset: string
  readonly steps: readonly RowsStep[]
  readonly sink: { readonly id: string; readonly type: string; readonly with: JsonObject } | null
  /** Columns whose latest value is requested. */
  readonly latest: readonly string[]
  /** Columns that identify a row, for the uniqueness of the output; null is the whole row. */
  readonly key: readonly string[] | null
  /** Pass number for duplicates: 0, or 1 for batches whose choice was decided anew. */
  readonly round?: number
}

/** Maximum number of examples per rule and batch for violations that only flag rows. */
const EXAMPLES = 20

export const segment: Task<SegmentSettings> = async (settings, item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, settings.dataset)
  const batch = dataset.batches[item]
  if (batch === undefined) throw new Error(`the dataset has no batch ${item}`)
  const round = settings.round ?? 0
  if (round > 0 && !(await readJson<SettledFile>(context.store, context.workspace.settled(context.step))).affected.includes(item)) {
    const { sources, rows_out } = await readJson<Outcome>(context.store, context.workspace.outcome(context.step, item))
    return { rows_in: sum(sources.map(({ rows }) => rows)), rows_out }
  }
  const target = settings.sink === null ? INTERMEDIATE : (await destinationOf(settings.sink)).parts
  const { operations, facts, steps } = await lowerSteps(dataset, settings.steps, context)
  const opened = await openBatch(dataset, batch, context)
  const key = context.workspace.part(context.step, item, extensionOf(target))
  const draft = await context.store.createLocal(key)
  try {
    const prepared = await prepareLookups(operations, context)
    const session = await context.openSession([...opened.folders, folderOf(draft.path), ...prepared.folders])
    const lookups = await prepared.load(session)
    const reader = settings.steps.find(({ active }) => active)?.id ?? settings.sink?.id ?? context.step
    const lowered = lower({ columns: opened.columns, facts, reader, operations, lookups })
    const lowering: LoweredRelation = { ...lowered, flags: [...lowered.flags, ...outputFlags(lowered.columns, facts)] }
    const columns = passColumns(lowering, facts, settings.key)
    const members = await membersIn(lowering.flags, item, round, context)
    const proofs = proofsOf(lowering, members, dataset, steps, facts)
    const account = await pass(session, opened, lowering, columns, members, proofs, draft.path, target)
    checkRows(account.rows, opened.rows, `batch ${item}`)
    const { part, missing } = await describePart(session, draft.path, key, target, account.kept)
    const outcome: Outcome = {
      sources: batch.spans.map(({ source, rows }) => ({ source, rows })),
      rows_out: account.kept,
      flags: lowering.flags.map(({ sql: _sql, ...flag }, at) => ({ flag, counts: [...(account.counts[at] as Float64Array)] })),
      found: account.found,
      chunks: chunkAccounts(opened, batch, account),
      cells: account.kept * lowering.columns.length,
      typed_cells: account.kept * columns.filter(({ typed }) => typed).length,
      ...(missing === null
        ? { missing: account.missing, typed_missing: account.missing_typed }
        : { missing: sum(missing), typed_missing: sum(missing.filter((_, at) => columns[at]?.typed)) }),
      part,
      rows_key: await writeRows(dataset, opened, lowering.flags, account, item, context),
      violations: await remembered(dataset, opened, lowering.flags, account, 'rows', context),
      ...(account.remembered.some((rows, flag) => rows.length > 0 && lowering.flags[flag]?.counts === 'lost')
        ? { lost: await remembered(dataset, opened, lowering.flags, account, 'lost', context) }
        : {}),
      latest: await latest(session, draft.path, target, lowering, settings.latest),
    }
    await draft.publish()
    await context.store.write(
      context.workspace.outputKeys(context.step, item),
      encodeKeys(account.hashes.subarray(0, account.kept), bucketsFor(dataset.records)),
    )
    if (account.fates.length > 0) await context.store.write(context.workspace.fates(context.step, item), encodeFates(account.fates))
    await writeJson(context.store, context.workspace.outcome(context.step, item), outcome)
    return { rows_in: account.rows, rows_out: account.kept }
  } finally {
    await draft.discard()
    await opened.release()
  }
}

function passColumns({ columns }: LoweredRelation, facts: Facts | undefined, key: readonly string[] | null): readonly PassColumn[] {
  const keys = keyColumns(columns, key)
  return columns.map((column) => ({
    ...column,
    typed: isTyped({ type: column.type, semantic: outputSemantic(column, facts) }),
    key: keys.has(column.name),
  }))
}

/** Names of the key columns in the output; if any is missing there, the whole row identifies a row. */
function keyColumns(columns: readonly LoweredColumn[], key: readonly string[] | null): ReadonlySet<string> {
  const found = (key ?? []).map((name) =>
    columns.find(({ from, derived }) => !derived && from.length === 1 && from[0]?.toLowerCase() === name.toLowerCase()),
  )
  return new Set(found.every((column) => column !== undefined) ? found.map(({ name }) => name) : [])
}

/** Semantic type of an output column, if it is an input column. */
const outputSemantic = (column: LoweredColumn, facts: Facts | undefined) =>
  column.derived ? null : (named(facts?.columns, column.from[0] ?? '')?.semantic ?? null)

export const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

export async function destinationOf(sink: { readonly type: string; readonly with: JsonObject }): Promise<Destination> {
  const kind = kindOf(sink.type)
  if (kind === undefined) throw new Error(`unknown step kind ${sink.type}`)
  return ((await kind.load()) as SinkBehaviour).destination(sink.with)
}

async function pass(
  session: Session,
  opened: OpenBatch,
  lowering: LoweredRelation,
  columns: readonly PassColumn[],
  members: ReadonlyMap<number, Members>,
  proofs: readonly string[],
  path: string,
  target: SinkTarget,
): Promise<Account> {
  const starts = opened.files.map(({ first_row }) => first_row)
  const { tally, account } = startTally({
    flags: lowering.flags,
    members,
    source_starts: starts,
    chunk_starts: chunkStarts(opened),
    rows: opened.rows,
    remember: EXAMPLES,
  })
  session.registerTally(maskWords(lowering.flags.length), proofs.length, tally)
  for (const [at, own] of [...members.values()].filter(({ rows }) => rows.length > 0).entries())
    session.registerMarks(marksOf(at), markMembers(own))
  await session.run(copyTo(keptRows(opened.relation, lowering, columns, !footerHasNullCounts(target), proofs), path, target))
  return account
}

/** The first row of each chunk in the batch. */
function chunkStarts({ files }: OpenBatch): readonly number[] {
  let row = 0
  return files.flatMap(({ chunk_rows }) =>
    chunk_rows.map((rows) => {
      const first = row
      row += rows
      return first
    }),
  )
}

function chunkAccounts({ files }: OpenBatch, batch: Batch, account: Account): Outcome['chunks'] {
  const named = files.flatMap(({ source, chunk_rows }, at) =>
    chunk_rows.map((rows, chunk) => ({ source, chunk: (batch.spans[at]?.first_chunk ?? 0) + chunk, in: rows })),
  )
  return named.map((chunk, at) => ({ ...chunk, ...(account.chunks[at] ?? { out: 0, quarantined: 0, deduplicated: 0, filtered: 0 }) }))
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)

/** The written file: its rows, counted again in the file itself, its size and checksum, and its missing cells. */
export async function describePart(
  session: Session,
  path: string,
  key: string,
  target: SinkTarget,
  kept: number,
): Promise<{ readonly part: Part; readonly missing: readonly number[] | null }> {
  const { rows, missing } = await countWritten(session, path, target)
  checkRows(rows, kept, `the part ${key}`)
  return { part: { key, rows, ...digestOf(path) }, missing }
}

/** Writes a line for each quarantined row, each duplicate, and each row that stays instead of duplicates. */
async function writeRows(
  dataset: DatasetPlan,
  opened: OpenBatch,
  flags: readonly Flag[],
  account: Account,
  item: number,
  context: TaskContext,
): Promise<string | null> {
  const rows = listedRows(flags, account)
  if (rows.length === 0) return null
  const key = context.workspace.flagged(context.step, item)
  const draft = await context.store.createLocal(key)
  await writeLines(draft.path, flaggedRows(dataset, opened, flags, rows, context))
  await draft.publish()
  return key
}

/** The remembered rows of the flags of a kind: all of them, or the first of each for lost values. */
async function remembered(
  dataset: DatasetPlan,
  opened: OpenBatch,
  flags: readonly Flag[],
  account: Account,
  kind: 'rows' | 'lost',
  context: TaskContext,
): Promise<readonly FlaggedRow[]> {
  const rows = account.remembered.flatMap((own, flag) => {
    const { counts, origin } = flags[flag] as Flag
    const shown = kind === 'lost' ? own.slice(0, 1) : own
    return counts === kind && origin.step !== OUTPUT ? shown.map((row): FlaggedRows => ({ row, flags: [flag], fate: 'keep' })) : []
  })
  const flagged: FlaggedRow[] = []
  for await (const row of flaggedRows(dataset, opened, flags, rows, context)) flagged.push(row)
  return flagged
}

/** The output columns behind the names that rules use. */
async function latest(
  session: Session,
  path: string,
  target: SinkTarget,
  { columns }: LoweredRelation,
  wanted: readonly string[],
): Promise<Outcome['latest']> {
  const names = new Set(columns.map(({ name }) => name))
  const meant = wanted.flatMap((asked) => columnNamed(asked, names) ?? [])
  const found = await latestIn(session, path, target, meant)
  return Object.fromEntries(
    wanted.flatMap((asked) => {
      const column = columnNamed(asked, names)
      return column === undefined ? [] : [[asked, entryOf(found, column) ?? null]]
    }),
  )
}
