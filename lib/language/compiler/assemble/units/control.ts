/** Assembles a control step, which works on the run as a whole, once or in a loop. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { State } from '#asl/machine/asl.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { ControlUnit } from '../../plan.ts'
import { type Assembling, limitsOf, payload, task } from '../emit.ts'
import { stepVariable } from '../variables.ts'
import { type Assemble, join, one, result } from './assembler.ts'

/** How many characters of an item are shown in messages. */
const SHOWN = 80

export const control: Assemble<ControlUnit> = ({ id, step }, settings, next) => {
  const body = { type: step.type, with: step.with, units: settings.units }
  const common = { task: 'control', ...limitsOf(step) }
  if (step.loop === undefined) {
    return one(
      id,
      task(
        {
          ...common,
          payload: payload(settings, 'control', id, body),
          assign: { [stepVariable(id)]: result('result') },
          onError: settings.onError,
        },
        next,
      ),
    )
  }
  const { foreach, as, max_concurrency, max_items } = step.loop
  // a single item counts as a list; a list in extra brackets would be one item
  const read = expressionSource(foreach)
  const items = read === undefined ? undefined : `$append([], ${read})`
  // enough of the item to identify it
  const loopBody = { ...body, loop: { as, item: jsonata(`$substring($string($states.input.item), 0, ${SHOWN})`) } }
  const map: State = {
    Type: 'Map',
    Items: items === undefined ? foreach : jsonata(items),
    ItemSelector: { item: jsonata('$states.context.Map.Item.Value'), index: jsonata('$states.context.Map.Item.Index') },
    MaxConcurrency: Math.max(1, max_concurrency),
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: `${id}.item`,
      States: {
        [`${id}.item`]: task(
          { ...common, payload: payload(settings, 'control', id, loopBody, jsonata('$run'), jsonata('$states.input.index')) },
          null,
        ),
      },
    },
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
    one(tooMany, failing(settings, 'Definition.InvalidSetting', `${id}: the loop has more than ${max_items} items (max_items)`)),
  )
}

/** Raises an error without a task, handled like any other error. */
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
