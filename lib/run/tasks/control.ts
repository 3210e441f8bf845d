/** control: runs a step that sees no rows. */
import type { Json, JsonObject } from '#core/json.ts'
import { loadArtifacts } from '#data/ledger/artifacts.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'
import type { FinalizeSettings } from '#data/report/finalize-settings.ts'
import { type CaughtError, readFailure } from '#core/errors/failure.ts'
import type { LoopItem } from '#core/task/task.ts'
import type { Task } from '#io/workspace/context.ts'

export interface ControlSettings {
  readonly type: string
  readonly with: JsonObject
  readonly units: FinalizeSettings['units']
  /** At the end of a run: its error, and whether its report is written. */
  readonly ending?: { readonly failure: CaughtError | null; readonly reported: boolean }
  /** In a loop: the name of the item in the definition, and its value as text. */
  readonly loop?: LoopItem
  /** Of a kind that asks to be called again: which call it is, from 0, and what the one before left. */
  readonly round?: number
  readonly state?: Json
}

export const control: Task<ControlSettings> = async (settings, _item, context) => {
  const kind = kindOf(settings.type)
  if (kind === undefined) throw new Error(`unknown step kind ${settings.type}`)
  if ((kind.check?.(kind.config.parse(settings.with)) ?? []).length > 0) {
    // loaded only here: it brings the schema descriptions with it
    const { checkSettings } = await import('./check-settings.ts')
    checkSettings({ id: context.step, type: settings.type, with: settings.with })
  }
  const behaviour = (await kind.load()) as ControlBehaviour
  const { failure = null, reported = false } = settings.ending ?? {}
  const failed = failure === null ? {} : { failure: { ...readFailure(failure), reported } }
  // a failed run has parts of its artifacts
  const artifacts = () => loadArtifacts(settings, context, failure !== null)
  const output = await behaviour.run(settings.with, { ...context, ...failed }, artifacts, settings.state ?? null)
  if ('again' in output) return { again: output.again, result: {} }
  const { result, report } = output
  const message = settings.loop === undefined ? report.message : `${report.message} (${settings.loop.as} = ${settings.loop.item})`
  return { ...(kind.again === true ? { again: null } : {}), result, report: { step: context.step, ...report, message, fused: false } }
}
