/** The size limits of Step Functions and how they are measured. Source: its service quotas and the guide's page on variables. */
import type { Json } from '#core/json.ts'
import { StateFailure } from './failure.ts'

/** Input, output and result of a state, a task's arguments, one variable, and all variables of one Assign: bytes of UTF-8 JSON. */
export const PAYLOAD_BYTES = 256 * 1024
/** All variables an execution holds. */
export const VARIABLE_BYTES = 10 * 1024 * 1024

/** A value as JSON text; a failure with States.DataLimitExceeded when the text is over 256 KiB. `what` is named in the cause. */
export function withinPayload(value: Json, what: string): string {
  const text = JSON.stringify(value)
  // A character is at most three bytes in UTF-8 per UTF-16 unit, so short texts need no counting.
  const bytes = text.length * 3 <= PAYLOAD_BYTES ? 0 : Buffer.byteLength(text)
  if (bytes > PAYLOAD_BYTES) {
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit. It has ${bytes} bytes, ${PAYLOAD_BYTES} are allowed.`,
    )
  }
  return text
}
