/** Assembles a unit: the states of its kind, with condition, fallbacks and error handling. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Catcher, State, States } from '#asl/machine/asl.ts'
import { conditionOf, providesDataset, stepsOf, type Unit } from '../plan.ts'
import { branchVariable } from './branch-scope.ts'
import type { Chain } from './emit.ts'
import { numbered } from './numbered.ts'
import { guardCondition } from './rules.ts'
import { exchange } from './units/exchange.ts'
import { assess } from './units/assess.ts'
import { scan } from './units/scan.ts'
import { segment } from './units/segment.ts'
import type { Assemble, UnitSettings } from './units/assembler.ts'
import { own } from './units/own.ts'
import { call } from './units/call.ts'
import { control } from './units/control.ts'
import {
  datasetVariable,
  errorVariable,
  failureVariable,
  isCaught,
  orNull,
  skippedVariable,
  stepVariable,
  surveyVariable,
  takenVariable,
  variablesOf,
} from './variables.ts'
import type { JsonObject } from '#core/json.ts'

const ASSEMBLE: { readonly [Kind in Unit['unit']]: Assemble<Extract<Unit, { unit: Kind }>> } = {
  scan,
  assess,
  segment,
  exchange,
  own,
  control,
  call,
}

/** The states of a unit with its condition, its fallbacks, and what happens if it fails and the run continues. */
export function assembleUnit(unit: Unit, settings: UnitSettings, next: string): Chain {
  const failed = `${unit.id}.failed`
  const caught = isCaught(unit)
  const onError = caught ? [catching(failureVariable(unit.id), failed)] : settings.onError
  const inner = withFallbacks(unit, { ...settings, onError }, next)
  const withFailure = caught ? { start: inner.start, states: { ...inner.states, [failed]: emptyResults(unit, next) } } : inner
  const condition = conditionOf(unit)
  const skipped = `${unit.id}.skipped`
  const onlyIf = (chain: Chain, name: string, holds: string): Chain => {
    const asked: State = { Type: 'Choice', Choices: [{ Condition: holds, Next: chain.start }], Default: skipped }
    return { start: name, states: { [name]: asked, [skipped]: emptyResults(unit, next, unit.marked === true), ...chain.states } }
  }
  const conditional = condition === undefined ? withFailure : onlyIf(withFailure, `${unit.id}.condition`, condition)
  const withRows =
    'reads' in unit && settings.skippable.has(unit.reads)
      ? onlyIf(conditional, `${unit.id}.rows`, jsonata(`$${datasetVariable(unit.reads)} != null`))
      : conditional
  return unit.guard === undefined ? withRows : onlyIf(withRows, `${unit.id}.rule`, guardCondition(unit.guard))
}

/** Catches every error, stores it in a variable and continues at `next`. */
const catching = (variable: string, next: string): Catcher => ({
  ErrorEquals: ['States.ALL'],
  Assign: { [variable]: jsonata('$states.errorOutput') },
  Output: jsonata('{}'),
  Next: next,
})

/** The unit with its own settings, then with those of each fallback, until one succeeds. */
function withFallbacks(unit: Unit, settings: UnitSettings, next: string): Chain {
  const { id } = unit
  const fallbacks = Object.hasOwn(settings.fallbacks, id) ? (settings.fallbacks[id] ?? []) : []
  const other = (number: number) => `${id}.instead_${number}`
  const chains = [unit, ...fallbacks].map((tried, at) => {
    const onError = at < fallbacks.length ? [catching(errorVariable(id), other(at + 1))] : settings.onError
    const chain = (ASSEMBLE[tried.unit] as Assemble<Unit>)(tried, { ...settings, onError, ...(at === 0 ? {} : { fallback: at }) }, next)
    return at === 0 ? chain : numbered(chain, id, at)
  })
  const ways = chains.slice(1).map((chain, at): [string, State] => {
    const taken = { number: at + 1, failure: jsonata(`$${errorVariable(id)}`) }
    return [other(at + 1), { Type: 'Pass', Assign: { [takenVariable(id)]: taken }, Output: jsonata('{}'), Next: chain.start }]
  })
  return { start: chains[0]?.start ?? '', states: Object.assign(Object.fromEntries(ways), ...chains.map(({ states }) => states)) as States }
}

/**
 * Steps that did not run have empty results, so that reading a field of one gives null instead of an error. Units that read their rows read
 * the rows they would have read; a skipped scan has none, and units that read its rows are skipped as well.
 */
function emptyResults(unit: Unit, next: string, skipped = false): State {
  const results = stepsOf(unit).map(({ id }) => [stepVariable(id), {}] as const)
  const surveys = 'surveys' in unit ? unit.surveys.map(({ id }) => [surveyVariable(id), {}] as const) : []
  const rows = 'reads' in unit ? jsonata(`$${datasetVariable(unit.reads)}`) : null
  const dataset = providesDataset(unit) ? [[datasetVariable(unit.id), rows] as const] : []
  const marked = skipped ? [[skippedVariable(unit.id), true] as const] : []
  return { Type: 'Pass', Assign: Object.fromEntries([...results, ...dataset, ...surveys, ...marked]), Output: jsonata('{}'), Next: next }
}

/** The variables of a unit in a parallel branch, as the output of the branch. */
export const branchOutput = (unit: Unit): JsonObject =>
  Object.fromEntries(variablesOf(unit).map((name) => [name, jsonata(orNull(branchVariable(name)))]))
