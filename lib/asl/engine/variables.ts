/**
 * Workflow variables: an inner scope reads variables of outer scopes and writes only its own. Source: the Step Functions guide, "Passing
 * data with variables".
 */
import type { Json } from '#core/json.ts'
import { StateFailure } from './failure.ts'
import { PAYLOAD_BYTES, VARIABLE_BYTES } from './limits.ts'
import { record, type TextRecord } from '#core/text/record.ts'

/** What a state assigns: the value and the JSON text of each variable. */
export type Assigned = { readonly [name: string]: { readonly value: Json; readonly text: string } }

/** The variables of one scope, and access to those of the scopes around it. */
export interface Variables {
  /** Every variable visible here; inner variables hide outer ones of the same name. */
  visible(): TextRecord<Json>
  /** Fails with States.DataLimitExceeded if a limit would be exceeded; then nothing is assigned. */
  assign(assigned: Assigned): void
  /** A scope within this one: a Parallel branch or an inline iteration. */
  inner(): Variables
  /** Releases the size this scope uses; call it at the end of the scope. */
  end(): void
}

/** The variables of one execution: empty, with a shared count of their size. */
export function createVariables(): Variables {
  return scope(undefined, { bytes: 0 })
}

function scope(outer: Variables | undefined, account: { bytes: number }): Variables {
  const own = new Map<string, { value: Json; bytes: number }>()
  const self: Variables = {
    visible() {
      const all = outer?.visible() ?? record<Json>()
      for (const [name, { value }] of own) all[name] = value
      return all
    },
    assign(assigned) {
      const sizes = Object.entries(assigned).map(([name, { value, text }]) => ({ name, value, bytes: Buffer.byteLength(text) }))
      const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
      const freed = sizes.reduce((sum, { name }) => sum + (own.get(name)?.bytes ?? 0), 0)
      if (total > PAYLOAD_BYTES) tooLarge(`one Assign holds ${total} bytes, ${PAYLOAD_BYTES} are allowed`)
      if (account.bytes + total - freed > VARIABLE_BYTES) {
        tooLarge(`all variables together would hold ${account.bytes + total - freed} bytes, ${VARIABLE_BYTES} are allowed`)
      }
      account.bytes += total - freed
      for (const { name, value, bytes } of sizes) own.set(name, { value, bytes })
    },
    inner: () => scope(self, account),
    end() {
      for (const { bytes } of own.values()) account.bytes -= bytes
      own.clear()
    },
  }
  return self
}

function tooLarge(how: string): never {
  throw new StateFailure('States.DataLimitExceeded', `The variables exceed the maximum number of bytes service limit: ${how}.`)
}
