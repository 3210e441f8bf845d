/** prepare: whether the settings are what they must be, and the places to publish to can be used, before any work is done. */
import type { Json } from '#core/json.ts'
import { connectorOf } from '#io/connectors/index.ts'
import type { InputDeclaration } from '#language/inputs/fit.ts'
import { withStep } from '#core/errors/errors.ts'
import type { Task } from '#io/workspace/context.ts'
import { checkInputs } from './check-inputs.ts'
import { checkSettings, type ResolvedStep } from './check-settings.ts'
import { targetOf } from './segment.ts'

export interface PrepareSettings {
  /** What the pipeline declares of its inputs. */
  readonly declared: { readonly [name: string]: InputDeclaration }
  readonly inputs: { readonly [name: string]: Json }
  readonly sinks: readonly ResolvedStep[]
  /** Folders for rows that are set aside. */
  readonly quarantines: readonly string[]
  /** Steps whose settings hold references. */
  readonly steps: readonly ResolvedStep[]
}

export const prepare: Task<PrepareSettings> = async ({ declared, inputs, sinks, quarantines, steps }, _item, { pipeline, run }) => {
  checkInputs(declared, inputs)
  for (const step of steps) checkSettings(step)
  const check = async (place: string) => (await connectorOf(place, run.folder)).check(place, pipeline.id)
  for (const folder of quarantines) await check(folder)
  for (const sink of sinks) {
    await check((await targetOf(sink)).to).catch((error: unknown) => {
      throw withStep(error, sink.id)
    })
  }
  return {}
}
