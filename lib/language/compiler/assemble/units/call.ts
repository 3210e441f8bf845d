/** Assembles a call of the author's own function, and the task that reports it. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Json } from '#core/json.ts'
import { kindOf } from '#steps/index.ts'
import type { CallUnit } from '../../plan.ts'
import { INVOKE, limitsOf, ownRetriers, payload, QUICK, task } from '../emit.ts'
import { stepVariable } from '../variables.ts'
import { type Assemble, join, one } from './assembler.ts'

export const call: Assemble<CallUnit> = ({ id, step }, settings, next) => {
  const kind = kindOf(step.type)
  const called = kind?.call?.(kind.config.parse(step.with))
  if (called === undefined) throw new Error(`a ${step.type} step says no function`)
  const { timeout, retry } = limitsOf(step)
  const reported = `${id}.report`
  const { payload: _, ...shown } = step.with
  const { onError } = settings
  return join(
    one(id, {
      Type: 'Task',
      Resource: INVOKE,
      Arguments: { FunctionName: called.function_name, Payload: (called.payload ?? {}) as Json },
      TimeoutSeconds: timeout,
      Assign: { [stepVariable(id)]: jsonata('$states.result.Payload') },
      Output: jsonata('{}'),
      ...(retry.max_attempts === 0 ? {} : { Retry: ownRetriers(retry) }),
      ...(onError.length === 0 ? {} : { Catch: onError }),
      Next: reported,
    }),
    one(
      reported,
      task(
        {
          task: 'control',
          payload: payload(settings, 'control', id, { type: step.type, with: shown, units: settings.units }),
          // whatever the author wrote for the function
          ...QUICK,
          onError,
        },
        next,
      ),
    ),
  )
}
