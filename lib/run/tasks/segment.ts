/** segment: runs the steps of a segment on one batch in one pass: read, transform, count, write. */
import { digestOf } from '#io/bytes/digest.ts'
import type { Batch, DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { SinkBehaviour } from '#steps/kind/behaviour.ts'
import type { Destination, SinkTarget } from '#data/pass/pass.ts'
import { kindOf } from '#steps/index.ts'
import { OUTPUT, type Outcome, type Part, type FlaggedRow } from '#data/pass/outcome.ts'
import { extensionOf, INTERMEDIATE } from '#data/pass/pass.ts'
import { duckdbEngine } from '#data/pass/duckdb-engine.ts'
import { encodeFates } from '#data/pass/members.ts'
import { membersIn } from '#data/pass/repeats-in.ts'
import { type FlaggedRows, listedRows } from '#data/pass/flagged-rows.ts'
import { encodeMadeRows, placedRows } from '#data/pass/made-of.ts'
import type { Account } from '#data/pass/tally.ts'
import { bucketsFor, encodeKeys } from '#data/survey/key-file.ts'
import type { JsonObject } from '#core/json.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { lowerPass } from '#run/lowering/lower-pass.ts'
import type { RowsStep } from '#run/lowering/lower-steps.ts'
import type { SettledFile } from '#run/lowering/repeats-of.ts'
import { writeLines } from '#io/workspace/lines.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import { countWritten } from '#data/pass/written.ts'
import type { Written } from '#io/formats/writers/writer.ts'

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
  const { pass } = await lowerPass(dataset, settings, context)
  const opened = await openBatch(dataset, batch, context)
  const key = context.workspace.part(context.step, item, extensionOf(target))
  const draft = await context.store.createLocal(key)
  try {
    const { columns, flags, run } = await duckdbEngine.prepare(pass, { batch: opened, path: draft.path, target }, context)
    const { account, written, latest } = await run(await membersIn(flags, item, round, context))
    checkRows(account.rows, opened.rows, `batch ${item}`)
    const { part, missing } = partOf(written, draft.path, key, account.kept)
    const outcome: Outcome = {
      sources: batch.spans.map(({ source, rows }) => ({ source, rows })),
      rows_out: account.kept,
      flags: flags.map((flag, at) => ({ flag, counts: [...(account.counts[at] as Float64Array)] })),
      found: account.found,
      chunks: chunkAccounts(opened, batch, account),
      cells: account.kept * columns.length,
      typed_cells: account.kept * columns.filter(({ typed }) => typed).length,
      ...(missing === null
        ? { missing: account.missing, typed_missing: account.missing_typed }
        : { missing: sum(missing), typed_missing: sum(missing.filter((_, at) => columns[at]?.typed)) }),
      part,
      rows_key: await writeRows(dataset, opened, flags, account, item, context),
      violations: await remembered(dataset, opened, flags, account, 'rows', item, context),
      ...(account.remembered.some((rows, flag) => rows.length > 0 && flags[flag]?.counts === 'lost')
        ? { lost: await remembered(dataset, opened, flags, account, 'lost', item, context) }
        : {}),
      latest,
    }
    await draft.publish()
    if (settings.sink === null)
      await context.store.write(context.workspace.madeOf(context.step, item), encodeMadeRows({ removed: account.removed }))
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

export const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

export async function destinationOf(sink: { readonly type: string; readonly with: JsonObject }): Promise<Destination> {
  const kind = kindOf(sink.type)
  if (kind === undefined) throw new Error(`unknown step kind ${sink.type}`)
  return ((await kind.load()) as SinkBehaviour).destination(sink.with)
}

function chunkAccounts({ files }: OpenBatch, batch: Batch, account: Account): Outcome['chunks'] {
  const named = files.flatMap(({ source, chunk_rows }, at) =>
    chunk_rows.map((rows, chunk) => ({ source, chunk: (batch.spans[at]?.first_chunk ?? 0) + chunk, in: rows })),
  )
  return named.map((chunk, at) => ({ ...chunk, ...(account.chunks[at] ?? { out: 0, quarantined: 0, deduplicated: 0, filtered: 0 }) }))
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)

/** The file that an engine wrote, with its size and checksum; throws unless it holds the rows that were kept. */
function partOf(
  { rows, missing }: Written,
  path: string,
  key: string,
  kept: number,
): { readonly part: Part; readonly missing: readonly number[] | null } {
  checkRows(rows, kept, `the part ${key}`)
  return { part: { key, rows, ...digestOf(path) }, missing }
}

/** The same for a file that a session wrote: its rows are counted again in the file itself. */
export const describePart = async (session: Session, path: string, key: string, target: SinkTarget, kept: number) =>
  partOf(await countWritten(session, path, target), path, key, kept)

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
  await writeLines(draft.path, placedRows(dataset, item, opened, flags, rows, context))
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
  item: number,
  context: TaskContext,
): Promise<readonly FlaggedRow[]> {
  const rows = account.remembered.flatMap((own, flag) => {
    const { counts, origin } = flags[flag] as Flag
    const shown = kind === 'lost' ? own.slice(0, 1) : own
    return counts === kind && origin.step !== OUTPUT ? shown.map((row): FlaggedRows => ({ row, flags: [flag], fate: 'keep' })) : []
  })
  const flagged: FlaggedRow[] = []
  for await (const row of placedRows(dataset, item, opened, flags, rows, context)) flagged.push(row)
  return flagged
}
