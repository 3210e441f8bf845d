/** The states of each sort of unit; one function a sort, and the table that says which. */
import type { Step } from '../../definition/definition.ts'
import type { Catcher, Json, JsonObject, State, States } from '../../machine/asl.ts'
import type {
  ExchangeUnit,
  MeasureUnit,
  Plan,
  ScanUnit,
  SegmentStepPlan,
  SegmentUnit,
  Survey,
  SurveyReference,
  Unit,
  WholeUnit,
} from '../plan.ts'
import { branchVariable } from './branch-scope.ts'
import { numbered } from './numbered.ts'
import { type Assembling, type Chain, type Demands, demandsOf, jsonata, mapped, payload, quoted, task } from './emit.ts'
import { providesDataset, stepsOf } from '../plan.ts'
import {
  datasetPlan,
  datasetVariable,
  errorVariable,
  failureVariable,
  mayFail,
  orNull,
  stepVariable,
  surveyVariable,
  takenVariable,
  variablesOf,
} from './variables.ts'

/** The machine's settings for a run's scan steps. */
export interface UnitSettings extends Assembling {
  readonly resources: JsonObject
  /** All steps with the unit that carries them out, and all units, for the tasks that look back on the run. */
  readonly steps: readonly JsonObject[]
  readonly units: readonly string[]
  readonly fallbacks: Plan['fallbacks']
}

type Assemble<Of extends Unit> = (unit: Of, settings: UnitSettings, next: string) => Chain

const join = (...chains: readonly Chain[]): Chain => ({
  start: chains[0]?.start ?? '',
  states: Object.assign({}, ...chains.map(({ states }) => states)) as States,
})
const one = (name: string, state: State): Chain => ({ start: name, states: { [name]: state } })

const result = (field: string) => jsonata(`$states.result.Payload.${field}`)

/** Bounded by what the author allows, where the author says so. */
const concurrency = (dataset: string, step: Step | undefined) => {
  const most = step?.resources.max_concurrency ?? (step?.loop?.sources_of === undefined ? undefined : step.loop.max_concurrency)
  return most === undefined || most === 0 ? `${dataset}.workers` : `$min([${dataset}.workers, ${most}])`
}

const scan: Assemble<ScanUnit> = ({ id, step }, settings, next) => {
  const listed = `${datasetVariable(id)}_sources`
  const body = (extra: JsonObject = {}): JsonObject => ({
    type: step.type,
    with: step.with,
    tolerant: step.on_error.continue_on_error,
    ...extra,
  })
  const common = { ...demandsOf(step), onError: settings.onError }
  return join(
    one(
      `${id}.list`,
      task(
        {
          task: 'list',
          payload: payload(settings, 'list', id, body({ resources: settings.resources })),
          assign: { [listed]: jsonata('$states.result.Payload') },
          ...common,
        },
        `${id}.inspect`,
      ),
    ),
    mapped(
      settings,
      {
        name: `${id}.inspect`,
        task: 'inspect',
        step: id,
        settings: body(),
        count: `$${listed}.count`,
        distributed: `$${listed}.distributed`,
        concurrency: `$${listed}.workers`,
        items: `$${listed}.items`,
        results: `$${listed}.results`,
        ...demandsOf(step),
      },
      id,
    ),
    one(
      id,
      task(
        {
          task: 'plan',
          payload: payload(settings, 'plan', id, body({ resources: settings.resources })),
          assign: { [stepVariable(id)]: result('result'), [datasetVariable(id)]: result('dataset') },
          ...common,
        },
        next,
      ),
    ),
  )
}

const stepSettings = ({ step, facts }: SegmentStepPlan): Json => ({
  id: step.id,
  type: step.type,
  with: step.with,
  active: step.condition ?? true,
  facts: factsSettings(facts),
})

const factsSettings = (facts: SurveyReference | null): Json =>
  facts === null
    ? null
    : { key: jsonata(`$${surveyVariable(facts.survey)}.facts`), survey: facts.survey, key_sets: facts.key_sets as unknown as Json }

/** Survey, judge, and survey again while the plan of the columns turns out wrong. */
function survey(found: Survey, owner: Step, settings: UnitSettings, next: string): Chain {
  const { id, reads, prefix, key_sets, detail, uniqueness } = found
  const dataset = `$${datasetVariable(reads)}`
  const variable = surveyVariable(id)
  const body: JsonObject = {
    dataset: jsonata(`$${variable}.dataset`),
    round: jsonata(`$${variable}.round`),
    key_sets: key_sets as unknown as Json,
    uniqueness,
    prefix: prefix.map(stepSettings),
  }
  return join(
    one(`${id}.begin`, { Type: 'Pass', Assign: { [variable]: { dataset: jsonata(`${dataset}.plan`), round: 0 } }, Next: `${id}.survey` }),
    mapped(
      settings,
      {
        name: `${id}.survey`,
        task: 'survey',
        step: id,
        settings: body,
        count: `${dataset}.batches`,
        distributed: `${dataset}.distributed`,
        concurrency: concurrency(dataset, owner),
        items: `${dataset}.items`,
        results: `'runs/' & $run.id & ${quoted(`/data/${id}/results-survey`)}`,
        ...demandsOf(owner),
      },
      `${id}.facts`,
    ),
    one(
      `${id}.facts`,
      task(
        {
          task: 'facts',
          payload: payload(settings, 'facts', id, { ...body, detail: detail as unknown as Json }),
          ...demandsOf(owner),
          assign: { [variable]: jsonata('$states.result.Payload') },
          onError: settings.onError,
        },
        `${id}.settled`,
      ),
    ),
    one(`${id}.settled`, { Type: 'Choice', Choices: [{ Condition: jsonata(`$${variable}.again`), Next: `${id}.survey` }], Default: next }),
  )
}

/** The surveys of a unit, one after another, then its own states. */
function surveyed(surveys: readonly Survey[], ownerOf: (survey: Survey) => Step, settings: UnitSettings, then: Chain): Chain {
  return surveys.reduceRight((after, found) => {
    const before = survey(found, ownerOf(found), settings, after.start)
    return { start: before.start, states: { ...before.states, ...after.states } }
  }, then)
}

const measure: Assemble<MeasureUnit> = (unit, settings, next) => {
  const { id, step, facts, surveys } = unit
  const body = {
    type: step.type,
    with: step.with,
    dataset: datasetPlan(unit),
    facts: facts === null ? null : jsonata(`$${surveyVariable(facts.survey)}.facts`),
  }
  const state = task(
    {
      task: 'measure',
      payload: payload(settings, 'measure', id, body),
      ...demandsOf(step),
      assign: { [stepVariable(id)]: result('result') },
      onError: settings.onError,
    },
    next,
  )
  return surveyed(surveys, () => step, settings, one(id, state))
}

const segment: Assemble<SegmentUnit> = (unit, settings, next) => {
  const { id, steps, sink, reads, surveys, key, latest } = unit
  const owner = steps[0]?.step ?? sink
  const all = [...steps.map(({ step }) => step), ...(sink === null ? [] : [sink])]
  const demands = all.length === 0 ? NO_DEMANDS : allDemands(all.map(demandsOf) as [Demands, ...Demands[]])
  const dataset = `$${datasetVariable(reads)}`
  const limits = Object.fromEntries(
    all.flatMap((step) => (step.on_error.max_bad_rows === undefined ? [] : [[step.id, step.on_error.max_bad_rows]])),
  )
  const body: JsonObject = {
    dataset: datasetPlan(unit),
    steps: steps.map(stepSettings),
    sink: sink === null ? null : { id: sink.id, type: sink.type, with: sink.with },
    latest,
    key,
  }
  const results: JsonObject = Object.fromEntries(all.map((step) => [stepVariable(step.id), result(`steps.${step.id}`)]))
  const map = mapped(
    settings,
    {
      name: `${id}.segment`,
      task: 'segment',
      step: id,
      settings: body,
      count: `${dataset}.batches`,
      distributed: `${dataset}.distributed`,
      concurrency: concurrency(dataset, owner ?? undefined),
      items: `${dataset}.items`,
      results: `'runs/' & $run.id & ${quoted(`/data/${id}/results-segment`)}`,
      ...demands,
    },
    `${id}.commit`,
  )
  const commit = task(
    {
      task: 'commit',
      payload: payload(settings, 'commit', id, { ...body, max_bad_rows: limits }),
      ...demands,
      assign: { ...results, ...(sink === null ? { [datasetVariable(id)]: result('dataset') } : {}) },
      onError: settings.onError,
    },
    next,
  )
  const first = steps[0]?.step
  return surveyed(
    surveys,
    (found) => steps.find(({ step }) => step.id === found.id)?.step ?? (first as Step),
    settings,
    join(map, one(`${id}.commit`, commit)),
  )
}

const NO_DEMANDS: Demands = {
  timeout: 900,
  retry: { errors: [], max_attempts: 0, interval: 1, backoff_rate: 2, max_delay: 60, jitter: 'full' },
}

/** A task that does the work of several steps gets the most time and memory any of them asks for, and the retries of the first. */
function allDemands(demands: readonly [Demands, ...Demands[]]): Demands {
  const memories = demands.flatMap(({ memory }) => (memory === undefined ? [] : [memory]))
  return {
    timeout: Math.max(...demands.map(({ timeout }) => timeout)),
    retry: demands[0].retry,
    memory: memories.length === 0 ? undefined : Math.max(...memories),
  }
}

const exchange: Assemble<ExchangeUnit> = (unit, settings, next) => {
  const { id, step } = unit
  const body = { dataset: datasetPlan(unit), type: step.type, with: step.with }
  return one(
    id,
    task(
      {
        task: 'exchange',
        payload: payload(settings, 'exchange', id, body),
        ...demandsOf(step),
        assign: { [stepVariable(id)]: result('result'), [datasetVariable(id)]: result('dataset') },
        onError: settings.onError,
      },
      next,
    ),
  )
}

const whole: Assemble<WholeUnit> = ({ id, step }, settings, next) => {
  const body = { type: step.type, with: step.with, units: settings.units }
  const common = { task: 'whole', ...demandsOf(step) }
  if (step.loop === undefined) {
    return one(
      id,
      task(
        {
          ...common,
          payload: payload(settings, 'whole', id, body),
          assign: { [stepVariable(id)]: result('result') },
          onError: settings.onError,
        },
        next,
      ),
    )
  }
  const { foreach, max_concurrency, max_items } = step.loop
  // one item is a list too; a list in brackets of its own would be one item
  const items = typeof foreach === 'string' ? `$append([], ${foreach.replace(/^\{%|%\}$/g, '').trim()})` : JSON.stringify(foreach)
  const map: State = {
    Type: 'Map',
    Items: jsonata(items),
    ItemSelector: { item: jsonata('$states.context.Map.Item.Value'), index: jsonata('$states.context.Map.Item.Index') },
    MaxConcurrency: Math.max(1, max_concurrency),
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: `${id}.item`,
      States: {
        [`${id}.item`]: task(
          { ...common, payload: payload(settings, 'whole', id, body, jsonata('$run'), jsonata('$states.input.index')) },
          null,
        ),
      },
    },
    Assign: { [stepVariable(id)]: jsonata("{'items': [$states.result.result]}") },
    Output: jsonata('{}'),
    ...(settings.onError.length === 0 ? {} : { Catch: settings.onError }),
    Next: next,
  }
  if (max_items === 0) return one(id, map)
  const tooMany = `${id}.too_many`
  return join(
    one(`${id}.count`, {
      Type: 'Choice',
      Choices: [{ Condition: jsonata(`$count(${items}) > ${max_items}`), Next: tooMany }],
      Default: id,
    }),
    one(id, map),
    one(
      tooMany,
      failing(settings, 'Definition.InvalidSetting', `${id}: there are more items to loop over than max_items allows (${max_items})`),
    ),
  )
}

/** An error that no task raised, on the way every error takes. */
function failing({ onError }: Assembling, name: string, cause: string): State {
  const [way] = onError
  if (way === undefined) return { Type: 'Fail', Error: name, Cause: cause }
  const variables = Object.keys(way.Assign ?? {})
  return {
    Type: 'Pass',
    Assign: Object.fromEntries(variables.map((variable) => [variable, { Error: name, Cause: cause }])),
    Output: jsonata('{}'),
    Next: way.Next,
  }
}

const ASSEMBLE: { readonly [Sort in Unit['unit']]: Assemble<Extract<Unit, { unit: Sort }>> } = { scan, measure, segment, exchange, whole }

/** The states of a unit with what stands around it: its condition, its fallbacks, and what happens when it fails and the run goes on. */
export function assembleUnit(unit: Unit, settings: UnitSettings, next: string): Chain {
  const failed = `${unit.id}.failed`
  const onError = mayFail(unit) ? [catching(failureVariable(unit.id), failed)] : settings.onError
  const inner = withFallbacks(unit, { ...settings, onError }, next)
  const withFailure = mayFail(unit) ? { start: inner.start, states: { ...inner.states, [failed]: emptyResults(unit, next) } } : inner
  const condition = unit.unit === 'segment' ? (unit.steps.length === 0 ? unit.sink?.condition : undefined) : unit.step.condition
  if (condition === undefined) return withFailure
  const [asked, skipped] = [`${unit.id}.condition`, `${unit.id}.skipped`]
  return {
    start: asked,
    states: {
      [asked]: { Type: 'Choice', Choices: [{ Condition: condition, Next: withFailure.start }], Default: skipped },
      [skipped]: emptyResults(unit, next),
      ...withFailure.states,
    },
  }
}

/** Leads every error on, with what it was in a variable. */
const catching = (variable: string, next: string): Catcher => ({
  ErrorEquals: ['States.ALL'],
  Assign: { [variable]: jsonata('$states.errorOutput') },
  Output: jsonata('{}'),
  Next: next,
})

/** The unit with its own settings, then with those of each fallback, until it succeeds. */
function withFallbacks(unit: Unit, settings: UnitSettings, next: string): Chain {
  const { id } = unit
  const fallbacks = settings.fallbacks[id] ?? []
  const other = (number: number) => `${id}.instead_${number}`
  const chains = [unit, ...fallbacks].map((tried, at) => {
    const onError = at < fallbacks.length ? [catching(errorVariable(id), other(at + 1))] : settings.onError
    const chain = (ASSEMBLE[tried.unit] as Assemble<Unit>)(tried, { ...settings, onError }, next)
    return at === 0 ? chain : numbered(chain, id, at)
  })
  const ways = chains.slice(1).map((chain, at): [string, State] => {
    const taken = { number: at + 1, failure: jsonata(`$${errorVariable(id)}`) }
    return [other(at + 1), { Type: 'Pass', Assign: { [takenVariable(id)]: taken }, Output: jsonata('{}'), Next: chain.start }]
  })
  return { start: chains[0]?.start ?? '', states: Object.assign(Object.fromEntries(ways), ...chains.map(({ states }) => states)) as States }
}

/**
 * Steps that did not run have empty results, so that reading a field of one gives nothing instead of failing. Whoever would have read
 * their rows reads those they would have read.
 */
function emptyResults(unit: Unit, next: string): State {
  const results = stepsOf(unit).map(({ id }) => [stepVariable(id), {}] as const)
  const surveys = 'surveys' in unit ? unit.surveys.map(({ id }) => [surveyVariable(id), {}] as const) : []
  const dataset =
    providesDataset(unit) && 'reads' in unit ? [[datasetVariable(unit.id), jsonata(`$${datasetVariable(unit.reads)}`)] as const] : []
  return { Type: 'Pass', Assign: Object.fromEntries([...results, ...dataset, ...surveys]), Output: jsonata('{}'), Next: next }
}

/** The variables of units that ran side by side, as the output of their branch. */
export const branchOutput = (unit: Unit): JsonObject =>
  Object.fromEntries(variablesOf(unit).map((name) => [name, jsonata(orNull(branchVariable(name)))]))
