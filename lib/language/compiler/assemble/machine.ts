/** Assembles the machine: start, stages, and the two ends, success and failure. */

import { expression as jsonata, jsonataLiteral } from '#asl/machine/literal.ts'
import type { Step } from '#language/definition/definition.ts'
import { referencesIn } from '#language/definition/references.ts'
import type { Branch, Machine, State, States } from '#asl/machine/asl.ts'
import { kindOf } from '#steps/index.ts'
import type { Plan, Unit } from '../plan.ts'
import { stepsOf } from '../plan.ts'
import { inBranch } from './branch-scope.ts'
import { payload, QUICK, task } from './emit.ts'
import { failureSteps, LAST_STEPS, lastSteps, TO_FAILURE, toFailure } from './endings.ts'
import { noticeStates } from './notices.ts'
import { stepsEnded } from './rules.ts'
import type { StepLimits, UnitSettings } from './units/assembler.ts'
import { assembleUnit, branchOutput } from './units.ts'
import { failureVariable, hasFallbacks, isCaught, mayFail, orNull, stepVariable, takenVariable, variablesOf } from './variables.ts'
import type { Json, JsonObject } from '#core/json.ts'

/**
 * The output of an execution, which its event on the default bus of EventBridge carries too. An execution only succeeds or fails: the status
 * says whether the run completed in part.
 */
const SUMMARY = `{'run': $run.id, ${['status', 'rows', 'score', 'output'].map((name) => `'${name}': $states.result.Payload.${name}`).join(', ')}, 'report': $states.result.Payload.report_uri}`

/** Plan → machine: plain data, deterministic, with placeholders for what only a deployment knows. */
export function assemble(plan: Plan): Machine {
  const always = plan.endings?.finally ?? []
  const ended = stepsEnded(plan.stages.flat(), always.length === 0 ? 'Finalize' : LAST_STEPS, always.length === 0 ? 'Failed' : LAST_STEPS)
  const last = ended.start
  const settings: UnitSettings = {
    pipeline: plan.pipeline,
    onError: always.length === 0 ? TO_FAILURE : toFailure(LAST_STEPS),
    fallbacks: plan.fallbacks,
    skippable: skippableDatasets(plan),
    remembers: remembersOf(plan),
    scans: new Set(plan.stages.flat().flatMap(({ unit, id }) => (unit === 'scan' ? [id] : []))),
    scanOf: scansOf(plan),
    ...limitsOf(plan),
    units: [...plan.stages.flat(), ...always].map(({ id }) => id),
    steps: [...plan.stages.flat().flatMap(namedSteps), ...always.flatMap(namedSteps).map((step) => ({ ...step, at_end: true }))],
    resources: {
      tiers: plan.definition.resources.tiers as unknown as Json,
      task_bytes: plan.definition.resources.task_bytes,
      workers: plan.definition.resources.workers,
    },
  }
  const states: Record<string, State> = { ...ended.states, ...lastSteps(always, settings) }
  let next = last
  for (const [at, stage] of [...plan.stages.entries()].reverse()) {
    const [gates, after] = gatesOf(stage, next, last)
    const chain =
      stage.length === 1 && stage[0] !== undefined
        ? assembleUnit(stage[0], settings, after)
        : sideBySide(stage, `Stage${at + 1}`, settings, after)
    Object.assign(states, gates, chain.states)
    next = chain.start
  }
  return {
    Comment: plan.pipeline.name,
    QueryLanguage: 'JSONata',
    StartAt: 'Init',
    TimeoutSeconds: plan.definition.timeout,
    States: { Init: begin(plan), Prepare: prepare(plan, settings, next), ...inOrder(states, next), ...end(plan, settings) },
  }
}

const namedSteps = (unit: Unit) => stepsOf(unit).map(({ id, type, name }) => ({ id, type, name, unit: unit.id }))

/** Units whose rows come from a scan that has a condition. */
function skippableDatasets(plan: Plan): ReadonlySet<string> {
  const found = new Set<string>()
  for (const unit of plan.stages.flat()) {
    if (unit.unit === 'scan' ? unit.step.condition !== undefined : 'reads' in unit && found.has(unit.reads)) found.add(unit.id)
  }
  return found
}

function scansOf(plan: Plan): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const unit of plan.stages.flat()) {
    const scan = unit.unit === 'scan' ? unit.id : 'reads' in unit ? found.get(unit.reads) : undefined
    if (scan !== undefined) found.set(unit.id, scan)
  }
  return found
}

/** What the steps allow in bad rows and lost values, and which of them fail above it. */
function limitsOf(plan: Plan): Pick<UnitSettings, 'failing' | 'limits'> {
  const steps = plan.stages.flat().flatMap(stepsOf)
  const failing = steps.flatMap(({ id, on_error }) => (on_error.too_many_bad_rows === 'fail' ? [id] : []))
  const limits = steps.flatMap(({ id, on_error: { max_bad_rows, max_lost_values } }) => {
    const own: StepLimits = {
      ...(max_bad_rows === undefined ? {} : { max_bad_rows }),
      ...(max_lost_values === undefined ? {} : { max_lost_values }),
    }
    return Object.keys(own).length === 0 ? [] : [[id, own] as const]
  })
  return { failing: new Set(failing), limits: new Map(limits) }
}

function remembers({ type, with: settings }: Step): boolean {
  const kind = kindOf(type)
  return kind?.remembers?.(kind.config.parse(settings)) === true
}

/** Of several exports none can say that all is published: the last task of the run does. */
function remembersOf(plan: Plan): readonly string[] {
  const units = plan.stages.flat()
  const sinks = units.filter((unit) => unit.unit === 'segment' && unit.sink !== null)
  return sinks.length !== 1 ? [] : units.flatMap(stepsOf).flatMap((step) => (remembers(step) ? [step.id] : []))
}

/**
 * Inputs with their defaults, and id and times of the run, set once at the start. An execution that continues an earlier run gets the id
 * and start of that run, and finds the results it has.
 */
function begin({ definition, stages }: Plan): State {
  // an input without a value is null, so that `prepare` is the first task to fail: it requires the input
  const defaults = Object.fromEntries(Object.entries(definition.inputs).map(([name, { default: value = null }]) => [name, value]))
  const valueOr = (name: string, otherwise: string) => `($exists($states.input.${name}) ? $states.input.${name} : ${otherwise})`
  const started = valueOr('started_at', '$states.context.Execution.StartTime')
  const moment = valueOr('logical_date', started)
  const day = `$substring(${moment}, 0, 10)`
  const id = valueOr('run_id', '$states.context.Execution.Name')
  const lastRun = readsLastRun(stages.flat()) ? ", 'last_run_timestamp': null" : ''
  const run = `{'id': ${id}, 'started_at': ${started}, 'ts': ${moment}, 'ds': ${day}, 'ds_nodash': $replace(${day}, '-', '')${lastRun}}`
  return {
    Type: 'Pass',
    Assign: { inputs: jsonata(`$merge([${jsonataLiteral(defaults)}, ${valueOr('inputs', '{}')}])`), run: jsonata(run) },
    Output: jsonata('{}'),
    Next: 'Prepare',
  }
}

const quarantineOf = ({ type, with: config }: Step) => {
  const kind = kindOf(type)
  return kind?.quarantine?.(kind.config.parse(config))
}

/** Whether a step reads when the last run of the pipeline was. */
const readsLastRun = (units: readonly Unit[]) => JSON.stringify(units.map(stepsOf)).includes('$run.last_run_timestamp')

/** Whether the settings of a step depend on the result of another step. */
const depends = ({ references }: Step) => references.settings.steps.length > 0

/**
 * Checks the targets and the settings that depend on inputs only, before any work. Those that depend on the result of a step are checked
 * later.
 */
function prepare(plan: Plan, settings: UnitSettings, next: string): State {
  const units = plan.stages.flat()
  const ids = new Set(units.flatMap((unit) => stepsOf(unit).map(({ id }) => id)))
  const isKnown = (folder: string) => referencesIn(folder, (name) => ids.has(name)).steps.length === 0
  // targets that the run can do without, or that have a fallback, are checked when they are used
  const isNeeded = (unit: Unit) => !mayFail(unit) && !hasFallbacks(unit)
  const sinks = units.flatMap((unit) =>
    unit.unit === 'segment' && unit.sink !== null && isNeeded(unit) && !depends(unit.sink) ? [unit.sink] : [],
  )
  const quarantines = units.flatMap((unit) =>
    unit.unit === 'segment' ? unit.steps.flatMap(({ step }) => quarantineOf(step) ?? []).filter(isKnown) : [],
  )
  const resolved = units
    .filter(isNeeded)
    .flatMap(stepsOf)
    // an item is known only in its loop
    .filter((step) => step.references.settings.any && !step.references.settings.states && !depends(step))
  const settingsOf = ({ id, type, with: config }: Step) => ({ id, type, with: config })
  const body = {
    declared: plan.definition.inputs as unknown as Json,
    inputs: jsonata('$inputs'),
    sinks: sinks.map(settingsOf),
    quarantines,
    steps: resolved.map(settingsOf),
    ...(readsLastRun(units) ? { last_run: true } : {}),
  }
  const assign = { run: jsonata("$merge([$run, {'last_run_timestamp': $states.result.Payload.last_run_timestamp}])") }
  return task(
    {
      task: 'prepare',
      payload: payload(settings, 'prepare', 'run', body),
      ...QUICK,
      ...(readsLastRun(units) ? { assign } : {}),
      onError: settings.onError,
    },
    next,
  )
}

/** For each gate of a stage a choice behind the stage: where it did not pass, the run ends. Also the state to go to behind the stage. */
function gatesOf(stage: readonly Unit[], next: string, last: string): readonly [States, string] {
  const gates = stage.filter((unit) => unit.unit === 'control' && kindOf(unit.step.type)?.gates === true)
  let after = next
  const states: Record<string, State> = {}
  for (const { id } of gates.reverse()) {
    const name = `${id}.gate`
    const closed = jsonata(`$${stepVariable(id)}.passed = false`)
    states[name] = { Type: 'Choice', Choices: [{ Condition: closed, Next: last }], Default: after }
    after = name
  }
  return [states, after]
}

function sideBySide(stage: readonly Unit[], name: string, settings: UnitSettings, next: string) {
  const branches = stage.map((unit): Branch => {
    const done = `${unit.id}.done`
    const { start, states } = assembleUnit(unit, { ...settings, onError: [] }, done)
    const own = inBranch(states, variablesOf(unit))
    return { StartAt: start, States: { ...inOrder(own, start), [done]: { Type: 'Pass', Output: branchOutput(unit), End: true } } }
  })
  const assigned: JsonObject = Object.fromEntries(
    stage.flatMap((unit, at) => variablesOf(unit).map((variable) => [variable, jsonata(`$states.result[${at}].${variable}`)])),
  )
  const state: State = {
    Type: 'Parallel',
    Branches: branches,
    Assign: assigned,
    Output: jsonata('{}'),
    Catch: settings.onError,
    Next: next,
  }
  return { start: name, states: { [name]: state } }
}

function end(plan: Plan, settings: UnitSettings): States {
  const units: readonly Unit[] = [...plan.stages.flat(), ...(plan.endings?.finally ?? [])]
  const failed = units.filter(isCaught).map((unit) => ({ unit: unit.id, failure: jsonata(orNull(failureVariable(unit.id))) }))
  const fallbacks = units
    .filter((unit) => hasFallbacks(unit))
    .map((unit) => ({ unit: unit.id, taken: jsonata(orNull(takenVariable(unit.id))) }))
  const notices = noticeStates(plan, settings)
  // the rows of a unit are those of its last step
  const discard = units.filter((unit) => stepsOf(unit).at(-1)?.cache_results === false).map(({ id }) => id)
  const handled = failureSteps(plan.endings?.on_failure ?? [], settings, notices.afterFailure)
  const body = (status: string, failure: Json): JsonObject => ({
    status,
    inputs: jsonata('$inputs'),
    units: settings.units,
    steps: settings.steps,
    failed,
    fallbacks,
    ...(discard.length === 0 ? {} : { discard }),
    ...(settings.limits.size === 0 ? {} : { limits: Object.fromEntries(settings.limits) as unknown as Json }),
    failure,
  })
  return {
    Finalize: task(
      {
        task: 'finalize',
        payload: payload(settings, 'finalize', 'run', body('succeeded', null)),
        ...QUICK,
        output: SUMMARY,
        onError: TO_FAILURE,
      },
      notices.afterSuccess,
    ),
    ...notices.success,
    Succeeded: { Type: 'Succeed' },
    Failed: task(
      {
        task: 'finalize',
        payload: payload(settings, 'finalize', 'failure', body('failed', jsonata('$Failure'))),
        ...QUICK,
        // only the task can find the errors of the children of a distributed map
        assign: { Failure: jsonata('$states.result.Payload.failure') },
        onError: [{ ErrorEquals: ['States.ALL'], Next: handled.start }],
      },
      handled.start,
    ),
    ...handled.states,
    ...notices.failure,
    Fail: {
      Type: 'Fail',
      Error: jsonata("$Failure.Error ? $Failure.Error : 'Engine.Bug'"),
      Cause: jsonata("$Failure.Cause ? $Failure.Cause : ''"),
    },
  }
}

/** The states in the order they are reached, for readers of the machine. */
function inOrder(states: States, start: string): States {
  const known = new Map(Object.entries(states))
  const ordered = new Map<string, State>()
  const visit = (name: string) => {
    const state = known.get(name)
    if (state === undefined || ordered.has(name)) return
    ordered.set(name, state)
    if (state.Type === 'Choice') for (const { Next } of state.Choices) visit(Next)
    if (state.Type === 'Choice' && state.Default !== undefined) visit(state.Default)
    if ('Next' in state && state.Next !== undefined) visit(state.Next)
    if ('Catch' in state) for (const { Next } of state.Catch ?? []) visit(Next)
  }
  visit(start)
  return Object.fromEntries(ordered)
}
