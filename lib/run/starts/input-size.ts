/** The limit of Step Functions for the input of a run, checked before a run starts: on AWS, by a start of its own, and on this machine. */
import { PAYLOAD_BYTES } from '#asl/engine/limits.ts'
import type { Json } from '#core/json.ts'

export interface OversizedInput {
  readonly what: string
  readonly hint: string
}

/** Why the input of a run is too large; undefined if it is not. Bytes of its JSON in UTF-8 count. */
export function oversizedInput(input: Json): OversizedInput | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes <= PAYLOAD_BYTES) return undefined
  return {
    what: `the inputs are ${bytes.toLocaleString('en')} bytes of JSON; the maximum is ${PAYLOAD_BYTES.toLocaleString('en')}`,
    hint: 'move the longest input into a file, and pass its address instead',
  }
}
