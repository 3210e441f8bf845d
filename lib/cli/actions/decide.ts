/** Writes a decision into the store of a run, where the waiting step looks for it. */
import { unless } from '#core/errors/errors.ts'
import type { Store } from '#io/store/store.ts'
import { type Decision, readDecision, writeDecision } from '#io/workspace/decision.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { EXIT } from '#run/local/events.ts'
import { isGood } from '#run/runs/list.ts'
import { kindOf } from '#steps/index.ts'
import type { Args } from '#cli/arguments/flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { nameOfUser } from '#cli/terminal/user-name.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** A run as this command needs it, wherever it is. */
export interface AwaitingRun {
  readonly id: string
  readonly store: Store
  /** The ids of its approval steps. */
  readonly steps: readonly string[]
  readonly state: string
  /** The command that continues it when it has failed. */
  readonly resume: string
}

/** Whether steps of a kind wait for a decision. */
export const waitsForDecision = (type: string): boolean => kindOf(type)?.decided === true

/** Writes the decision. Refuses a run that has ended well, and a step that is no approval. */
export async function decide(run: AwaitingRun, args: Args, terminal: Terminal): Promise<number> {
  const { id, store, steps, state, resume } = run
  const [only, second] = steps
  const [, given] = args.positionals
  if (only === undefined) throw new UsageError(`the run ${id} has no approval step`, 'siftstep show prints its steps', 'approve')
  if (given !== undefined && !steps.includes(given))
    throw new UsageError(`${given} is no approval step of the run ${id}`, `its approval steps: ${steps.join(', ')}`, 'approve')
  if (given === undefined && second !== undefined)
    throw new UsageError(`the run ${id} has several approval steps`, `name one: ${steps.join(', ')}`, 'approve')
  if (isGood({ state })) throw new UsageError(`the run ${id} has ended: ${state}`, 'a decision changes nothing any more', 'approve')
  const step = given ?? only
  const keys = workspace(id)
  const before = await unless('Data.Unreadable', readDecision(store, keys, step))
  const decision: Decision = {
    decision: args.has('reject') ? 'rejected' : 'approved',
    by: args.value('by') ?? nameOfUser(terminal),
    reason: args.value('reason') ?? null,
    at: terminal.now().toISOString(),
  }
  await writeDecision(store, keys, step, decision)
  const replaced = before === undefined ? '' : ` (before: ${before.decision} by ${before.by} at ${before.at})`
  const next = state === 'running' ? 'the run goes on at its next look' : `the run is not going on: ${resume}`
  terminal.out(`${step} of ${id} ${decision.decision} by ${decision.by}${replaced}\n${next}\n`)
  return EXIT.ok
}
