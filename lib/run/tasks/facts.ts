/** facts: merges what all batches measured into facts of the dataset, or into a better plan for reading it. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import { type ColumnPlan, computedColumn } from '#relational/cells/column-plan.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import { caseVariants } from '#relational/measures/variants.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { exactFacts, findingOf, type Measured, noSample } from '#data/survey/assemble.ts'
import { measureLists, type ValueList } from '#data/survey/dictionary.ts'
import { bucketsFor, readBucket } from '#data/survey/key-file.ts'
import { mergePartials, mergeStates } from '#data/survey/merge.ts'
import { mergeValues, type SourcePartial, type SurveyPartial } from '#data/survey/partial.ts'
import { countsOf, qualityOf } from '#data/survey/quality.ts'
import { encodeRepeats, findRepeats, type Gone, type Repeat, withKept } from '#data/survey/repeats.ts'
import { drawSample, loadSample, type SampleDetail, sampledFacts, unlikeRows } from '#data/survey/sampled.ts'
import { type FactsFile, sourceFacts, type SourceStates } from '#data/survey/sources.ts'
import { corrected, isSettled, ROUNDS } from '#data/survey/corrected-plan.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { type Prefix, preparePrefix } from '#run/lowering/prefix.ts'
import { bothOf } from '#core/task/in-parallel.ts'
import type { Again } from '#core/task/task.ts'
import { lowerSteps } from '#run/lowering/lower-steps.ts'
import { placed, type SurveySettings } from './survey.ts'
import { remaining } from '#data/pass/prefix-relation.ts'
import { type OpenSample, openSample } from '#data/pass/open-sample.ts'
import { entryOf, record } from '#core/text/record.ts'
import { isAmong } from '#core/text/lookup.ts'
import { alike } from '#data/survey/alike.ts'
import { withExamples } from '#data/survey/reread.ts'

/** With a better plan the dataset is surveyed anew. */
const AT_ONCE: Again = { after_seconds: 0 }

export interface FactsSettings extends SurveySettings {
  /** The key set that defines a duplicate. */
  readonly uniqueness: number
  readonly detail: SampleDetail | null
}

export const facts: Task<FactsSettings> = async (settings, _item, context) => {
  const { dataset: key, round, key_sets, prefix } = settings
  const dataset = await readJson<DatasetPlan>(context.store, key)
  const only = settings.place === undefined ? undefined : await placed(dataset, prefix, settings.place, context)
  if (only === null) return { again: null, dataset: key, round, facts: null }
  const steps = await preparePrefix(dataset, prefix, context)
  const sample = await openSample(dataset, steps.repeated, context)
  const session = await context.openSession([...sample.folders, ...steps.folders])
  const all =
    prefix.length === 0
      ? dataset.columns
      : ((await lowerSteps(dataset, prefix, context)).steps.at(-1)?.columns_after.map(computedColumn) ?? [])
  const plans = only === undefined ? all : all.filter(({ name }) => only.columns.has(name))
  const partials = settings.place?.figures === 'sample' ? [] : await sourcePartials(dataset, round, context)
  const bySource = await withDictionaries(session, partials, plans, context)
  const measured = plans.map((plan) => together(plan, bySource))

  const better = plans.map((plan, at) => corrected(plan, findingOf(measured[at] as Measured)))
  if (prefix.length === 0 && !isSettled(plans, better) && round + 1 < ROUNDS) {
    const next = context.workspace.dataset(context.step, round + 1)
    await writeJson(context.store, next, { ...dataset, columns: better })
    return { again: AT_ONCE, dataset: next, round: round + 1, facts: null }
  }

  // one after the other: the native engine reads the sample, but not the repeats
  const [sampled, repeats] = await bothOf(
    sampleAfter(session, sample, steps).then((after) =>
      fromSample(
        session,
        only === undefined ? after : { ...after, columns: after.columns.filter(({ plan }) => only.columns.has(plan.name)) },
        plans,
        measured,
        settings.place === undefined ? { detail: settings.detail } : null,
        (column) => rowsWithout(dataset, column),
      ),
    ),
    repeatsOf(dataset, round, key_sets, steps, context),
  )
  await sample.release()
  const found: Facts = {
    rows: bySource.reduce((sum, { rows }) => sum + rows, 0),
    columns: sampled.columns,
    surplus: repeats.map(({ count }) => count),
    inconsistent: { count: sampled.unlike, of: sampled.rows, exact: dataset.sample.complete },
    sample: { rows: sampled.rows, complete: dataset.sample.complete },
  }
  const variants = new Map(
    found.columns.map((column) => [column.name, new Set(Object.keys(column.type === 'text' ? caseVariants(column).values : {}))]),
  )
  const repeatsBySource = repeats[settings.uniqueness]?.bySource ?? []
  const file: FactsFile = {
    ...found,
    sources: dataset.sources.map(({ name, bad }, index) =>
      sourceFacts(
        { index, name, bad },
        bySource.find(({ source }) => source === index),
        plans,
        variants,
        repeatsBySource[index] ?? 0,
      ),
    ),
    quality: qualityOf(countsOf(found, settings.uniqueness)),
    uniqueness: settings.uniqueness,
    key_sets,
  }
  const factsKey = context.workspace.facts(context.step)
  await writeJson(context.store, factsKey, file)
  return { again: null, dataset: key, round, facts: factsKey }
}

async function sourcePartials(
  dataset: DatasetPlan,
  round: number,
  { store, workspace, step }: TaskContext,
): Promise<readonly SourcePartial[]> {
  const partials: SurveyPartial[] = []
  for (const batch of dataset.batches.keys()) partials.push(await readJson<SurveyPartial>(store, workspace.partial(step, round, batch)))
  return mergePartials(partials)
}

/** Turns lists of values into states like those of the other columns; a column whose list is too long in any source has none. */
async function withDictionaries(
  session: Session,
  partials: readonly SourcePartial[],
  plans: readonly ColumnPlan[],
  context: TaskContext,
): Promise<SourceStates[]> {
  const sources = partials.map(({ source, rows, columns }) => ({
    source,
    rows,
    columns: record<SourceStates['columns'][string]>(
      Object.entries(columns).map(([name, column]) => [
        name,
        'values' in column ? { states: {}, values: column.values } : { states: column.states, values: column.listed ?? null },
      ]),
    ),
  }))
  // treated as sources
  for (const group of alike(plans.filter(({ dictionary }) => dictionary).map((plan) => ({ plan })))) {
    const lists: ValueList[] = []
    for (const [at, { plan }] of group.entries()) {
      const own = sources.map(({ columns }) => entryOf(columns, plan.name)?.values ?? null)
      if (own.reduce((all, values) => mergeValues(all, values), []) === null) continue
      for (const [source, values] of own.entries()) lists.push({ source: at * sources.length + source, values: values ?? [] })
    }
    const listed = new Set(lists.map(({ source }) => source))
    const states = await measureLists(session, context.scratch, group[0].plan, lists)
    for (const [at, { plan }] of group.entries()) {
      const isListed = listed.has(at * sources.length)
      for (const [source, { columns }] of sources.entries())
        columns[plan.name] = isListed
          ? { states: states.get(at * sources.length + source) ?? {}, values: entryOf(columns, plan.name)?.values ?? null }
          : { states: {}, values: null }
    }
  }
  return sources
}

function together(plan: ColumnPlan, sources: readonly SourceStates[]): Measured {
  const all = sources.map(({ columns }) => entryOf(columns, plan.name) ?? { states: {}, values: [] })
  return {
    plan,
    rows: sources.reduce((sum, { rows }) => sum + rows, 0),
    states: all.reduce((sum, { states }) => mergeStates(sum, states), {}),
    values: all.reduce<Measured['values']>((sum, { values }) => mergeValues(sum, values), []),
  }
}

/** Writes the repeats of every key set for each batch; returns their numbers, in total and per source. */
async function repeatsOf(
  dataset: DatasetPlan,
  round: number,
  keySets: readonly KeySet[],
  prefix: Prefix,
  { store, workspace, step }: TaskContext,
) {
  if (keySets.length === 0) return []
  const gone: ReadonlySet<number>[] = []
  for (const batch of dataset.batches.keys()) gone.push(await prefix.repeated(batch))
  const buckets = bucketsFor(dataset.records)
  const results: { count: number; bySource: number[] }[] = []
  for (const [set, { keep }] of keySets.entries()) {
    const found = dataset.batches.map((): Repeat[] => [])
    for (let bucket = 0; bucket < buckets; bucket++) {
      const loaded = []
      for (const batch of dataset.batches.keys())
        loaded.push(await readBucket(await store.open(workspace.keys(step, round, set, batch)), buckets, bucket))
      findRepeats(loaded, keep, gone).batches.forEach((repeats, batch) => {
        // there may be more of them than a call can take arguments
        found[batch] = (found[batch] ?? []).concat(repeats)
      })
    }
    for (const repeats of found) repeats.sort(([a], [b]) => a - b)
    for (const [batch, own] of withKept(found).entries()) await store.write(workspace.repeats(step, set, batch), encodeRepeats(own))
    const counted = withoutGone(found, gone)
    results.push({ count: counted.reduce((sum, { length }) => sum + length, 0), bySource: bySource(dataset, counted) })
  }
  return results
}

/** Repeats among the rows that remain. */
const withoutGone = (found: readonly Repeat[][], gone: Gone) =>
  found.map((repeats, batch) => (gone[batch]?.size === 0 ? repeats : repeats.filter(([row]) => !gone[batch]?.has(row))))

function bySource(dataset: DatasetPlan, found: readonly Repeat[][]): number[] {
  const counts = dataset.sources.map(() => 0)
  dataset.batches.forEach(({ spans }, batch) => {
    let first = 0
    for (const { source, rows } of spans) {
      const from = first
      first += rows
      counts[source] = (counts[source] ?? 0) + (found[batch] ?? []).filter(([row]) => row >= from && row < from + rows).length
    }
  })
  return counts
}

/** The sampled records that remain after the steps. */
async function sampleAfter(session: Session, sample: OpenSample, steps: Prefix): Promise<Pick<OpenSample, 'relation' | 'columns'>> {
  const after = await steps.apply(session, sample, new Set())
  return { relation: remaining(after), columns: after.columns }
}

async function fromSample(
  session: Session,
  sample: Pick<OpenSample, 'relation' | 'columns'>,
  plans: readonly ColumnPlan[],
  measured: readonly Measured[],
  /** Resolution of the facts; null if only the rules of a step use them. */
  shown: { readonly detail: SampleDetail | null } | null,
  absent: (column: string) => number,
) {
  const columns: ColumnFacts[] = []
  const unlike = new Set<bigint>()
  const rows = await drawSample(session, sample.relation, sample.columns)
  const most = Math.min(MAX_COLUMNS, Math.max(FEWEST_COLUMNS, Math.floor(MAX_CELLS / Math.max(1, rows))))
  for (let first = 0; first < plans.length; first += most) {
    const loaded = await loadSample(session, sample.columns.slice(first, first + most))
    const exacts = plans
      .slice(first, first + most)
      .map((plan, at) => ({ ...exactFacts(measured[first + at] as Measured, () => null), absent: absent(plan.name) }))
    const sampled = await sampledFacts(session, loaded, exacts, shown?.detail ?? null, shown !== null)
    for (const [at, exact] of exacts.entries()) columns.push({ ...exact, sampled: sampled[at] ?? noSample })
    if (shown === null) continue
    for (const row of await unlikeRows(session, loaded, exacts)) unlike.add(row)
  }
  return { columns: shown === null ? columns : await withExamples(session, plans, columns), rows, unlike: unlike.size }
}

/** Number of sample columns read together: their cells must fit in memory, and each should add little to the cost of a statement. */
const MAX_CELLS = 500_000
const FEWEST_COLUMNS = 25
const MAX_COLUMNS = 250

/** Rows of the sources that lack a column. */
const rowsWithout = ({ sources }: DatasetPlan, column: string) =>
  sources.reduce((sum, { absent, records, bad }) => sum + (isAmong(absent, column) ? records - bad : 0), 0)
