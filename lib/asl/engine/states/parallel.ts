/** The Parallel state: runs all branches at once with the same input; the first failure stops the others. */
import type { ParallelState } from '#asl/machine/asl.ts'
import { evaluate, nextOf, settle } from '../evaluate.ts'
import { Stopped } from '../failure.ts'
import type { Frame, Outcome } from '../frame.ts'
import type { Thread } from '../history.ts'
import { withinPayload } from '../limits.ts'
import { pool } from '../pool.ts'
import { guarded } from '../retry.ts'
import { stopperUnder } from '../stop.ts'
import type { Json } from '#core/json.ts'

/** Runs the branches. The result is the list of their outputs in the order of the branches. */
export function runParallel(frame: Frame<ParallelState>): Promise<Outcome> {
  return guarded(frame, async (at) => {
    const input = at.state.Arguments === undefined ? at.input : await evaluate(at, at.state.Arguments, 'Arguments')
    withinPayload(input, at.name)
    const result = await runBranches(at, input)
    withinPayload(result, at.name)
    return settle(at, at.state, result, nextOf(at.state), { extra: { result } })
  })
}

async function runBranches(frame: Frame<ParallelState>, input: Json): Promise<Json[]> {
  const { run, state, thread } = frame
  const { Branches: branches } = state
  const started = run.history.add(thread.last, 'ParallelStateStarted')
  thread.last = started
  const stopper = stopperUnder(frame.signal)
  const results: Json[] = new Array(branches.length)
  let failed = false

  async function runOne(index: number): Promise<void> {
    const branch = branches[index]
    if (!branch) return
    const own: Thread = { last: started, nested: true }
    const variables = frame.variables.inner()
    try {
      results[index] = await run.runBranch(run, branch, input, variables, own, stopper.signal)
      if (!failed) thread.last = own.last
    } catch (error) {
      if (!failed) thread.last = own.last
      failed = true
      throw error
    } finally {
      variables.end()
    }
  }

  try {
    await pool(
      branches.length,
      branches.length,
      () => undefined,
      runOne,
      () => stopper.stop(new Stopped('sibling failed')),
    )
  } finally {
    stopper.release()
  }
  run.history.add(thread.last, 'ParallelStateSucceeded')
  return results
}
