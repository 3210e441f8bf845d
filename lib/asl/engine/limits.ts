/** The size limits of Step Functions and how they are measured. Sources: its service quotas and the guide's page on variables. */
import type { Json } from '#core/json.ts'
import { StateFailure } from './failure.ts'

/**
 * The limit for the input, output and result of a state, a task's arguments, one variable, and all variables of one Assign: bytes of UTF-8
 * JSON.
 */
export const PAYLOAD_BYTES = 256 * 1024
/** The limit for all variables of an execution. */
export const VARIABLE_BYTES = 10 * 1024 * 1024

/** Serializes a value; fails with States.DataLimitExceeded if the text exceeds 256 KiB. `what` is named in the cause. */
export function withinPayload(value: Json, what: string): string {
  const text = JSON.stringify(value)
  // One UTF-16 unit takes at most three bytes in UTF-8, so short texts need no counting.
  const bytes = text.length * 3 <= PAYLOAD_BYTES ? 0 : Buffer.byteLength(text)
  if (bytes > PAYLOAD_BYTES) {
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit. It has ${bytes} bytes, ${PAYLOAD_BYTES} are allowed.`,
    )
  }
  return text
}
