/** The event of a call for which the author wrote none: what the call before it answered, or else the inputs of the run. */
import { expression } from '#asl/machine/literal.ts'
import type { JsonObject } from '#core/json.ts'
import type { CheckContext } from './check-shape.ts'
import { type Path, report } from './parse-context.ts'
import type { Scope } from './scope.ts'

/** The compiled settings of a step of shape `call`, with its event. */
export function withPayload(
  settings: JsonObject,
  event: string | undefined,
  depends_on: readonly string[],
  path: Path,
  scope: Scope,
  context: CheckContext,
): JsonObject {
  if (settings['payload'] !== undefined) return settings
  if (event !== undefined) return { ...settings, payload: expression(event) }
  const calls = depends_on.filter((id) => scope.steps.get(id)?.shape === 'call')
  const [before] = calls
  if (calls.length > 1) {
    report(context, 'invalid-value', path, {
      what: `the step depends on the calls ${calls.join(' and ')}, and does not say whose result its function gets`,
      hint: `write \`payload\`, such as {${calls.map((id) => `${id}: "{{ ${id}.result }}"`).join(', ')}}`,
    })
  }
  return { ...settings, payload: expression(before === undefined ? '$inputs' : `$${before}`) }
}
