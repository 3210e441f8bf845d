/** Assembles a control step, which works on the run as a whole, once or in a loop. */
import type { TaskErrorName } from '#core/errors/errors.ts'
import { causeText } from '#core/errors/failure.ts'
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { State } from '#asl/machine/asl.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { ControlUnit } from '../../plan.ts'
import { type Assembling, type Chain, limitsOf, payload, task, type TaskOptions } from '../emit.ts'
import { againVariable, stepVariable } from '../variables.ts'
import { type Assemble, calledAgain, join, one, result } from './assembler.ts'
import type { JsonObject } from '#core/json.ts'
import { kindOf } from '#steps/index.ts'

/** How many characters of an item are shown in messages. */
const SHOWN = 80

export const control: Assemble<ControlUnit> = ({ id, step }, settings, next) => {
  const { ending } = settings
  const ended = ending === undefined ? {} : { ending: { failure: jsonata(ending.failure), reported: ending.reported } }
  const body = { type: step.type, with: step.with, units: settings.units, ...ended }
  const { again: repeats = false, engine = false } = kindOf(step.type) ?? {}
  const name = engine ? 'query' : 'control'
  const common = { task: name, ...limitsOf(step) } as const
  // the rounds of a fallback are not those of the step
  const attempt = settings.fallback === undefined ? {} : { fallback: settings.fallback }
  if (step.loop === undefined) {
    const options = {
      ...common,
      payload: payload(settings, name, id, repeats ? { ...body, ...calledWith(id), ...attempt } : body),
      assign: { [stepVariable(id)]: result('result'), ...(repeats ? { [againVariable(id)]: result('again') } : {}) },
      onError: settings.onError,
    }
    return repeats ? inRounds(id, id, task(options, `${id}.again`), next) : one(id, task(options, next))
  }
  const { foreach, as, max_concurrency, max_items } = step.loop
  // a single item counts as a list; a list in extra brackets would be one item
  const read = expressionSource(foreach)
  const items = read === undefined ? undefined : `$append([], ${read})`
  // enough of the item to identify it
  const loopBody = { ...body, loop: { as, item: jsonata(`$substring($string($states.input.item), 0, ${SHOWN})`) } }
  const itemTask = (called: JsonObject) => ({
    ...common,
    payload: payload(settings, name, id, { ...loopBody, ...called }, jsonata('$run'), jsonata('$states.input.index')),
  })
  const perItem = repeats ? itemInRounds(id, itemTask({ ...calledWith(id), ...attempt })) : one(`${id}.item`, task(itemTask({}), null))
  const map: State = {
    Type: 'Map',
    Items: items === undefined ? foreach : jsonata(items),
    ItemSelector: { item: jsonata('$states.context.Map.Item.Value'), index: jsonata('$states.context.Map.Item.Index') },
    MaxConcurrency: Math.max(1, max_concurrency),
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: perItem.start, States: perItem.states },
    Assign: { [stepVariable(id)]: jsonata("{'items': [$states.result.result]}") },
    Output: jsonata('{}'),
    ...(settings.onError.length === 0 ? {} : { Catch: settings.onError }),
    Next: next,
  }
  // the length of a literal list was checked by the compiler
  if (max_items === 0 || items === undefined) return one(id, map)
  const tooMany = `${id}.too_many`
  return join(
    one(`${id}.count`, {
      Type: 'Choice',
      Choices: [{ Condition: jsonata(`$count(${items}) > ${max_items}`), Next: tooMany }],
      Default: id,
    }),
    one(id, map),
    one(tooMany, failing(settings, 'Definition.InvalidSetting', id, `the loop has more than ${max_items} items (max_items)`)),
  )
}

/** The number of the call of the step, and the state left by the previous call. */
const calledWith = (id: string): JsonObject => ({
  round: jsonata(`$${againVariable(id)}.round`),
  state: jsonata(`$${againVariable(id)}.state`),
})

/** A task in a state of this name that is called again as often as it requests; the machine waits between calls. */
const inRounds = (id: string, name: string, call: State, next: string): Chain =>
  join(
    one(`${name}.begin`, { Type: 'Pass', Assign: { [againVariable(id)]: { round: 0, state: null } }, Next: name }),
    one(name, call),
    calledAgain(`${name}.again`, `$${againVariable(id)}`, name, next, `${name}.wait`),
  )

/** The same for an item of a loop, which all states of the item pass on. */
function itemInRounds(id: string, options: TaskOptions): Chain {
  const [name, done] = [`${id}.item`, `${id}.item.done`]
  const output = "$merge([$states.input, {'result': $states.result.Payload.result}])"
  const call = task({ ...options, assign: { [againVariable(id)]: result('again') }, output }, `${name}.again`)
  const end: State = { Type: 'Pass', Output: { result: jsonata('$states.input.result') }, End: true }
  return join(inRounds(id, name, call, done), one(done, end))
}

/** Raises an error without a task, handled like any other error. */
function failing({ onError }: Assembling, name: TaskErrorName, step: string, message: string): State {
  const cause = causeText({ step, code: name, message })
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
