/** The Map state: its items, concurrency and tolerated failures. Inline iterations run here, distributed ones in map-run.ts. */
import type { MapState } from '#asl/machine/asl.ts'
import { evaluate, evaluateTo, evaluateWhole, isList, nextOf, settle, unexpected } from '../evaluate.ts'
import { StateFailure, Stopped } from '../failure.ts'
import type { Frame, Outcome } from '../frame.ts'
import type { Thread } from '../history.ts'
import { withinPayload } from '../limits.ts'
import { type ItemWork, runDistributed, thresholdFailure } from '../map-run.ts'
import { pool } from '../pool.ts'
import { guarded } from '../retry.ts'
import { stopperUnder } from '../stop.ts'
import type { Json } from '#core/json.ts'

/** Concurrency limits of the service when MaxConcurrency is 0 or absent. */
const INLINE_CEILING = 40
const DISTRIBUTED_CEILING = 10_000

/** Runs the item processor for each item. The result is a list in the order of the items, or where ResultWriter wrote it. */
export function runMap(frame: Frame<MapState>): Promise<Outcome> {
  return guarded(frame, async (at) => {
    const result = await runItems(at)
    withinPayload(result, at.name)
    return settle(at, at.state, result, nextOf(at.state), { extra: { result } })
  })
}

async function runItems(frame: Frame<MapState>): Promise<Json> {
  const { state } = frame
  const distributed = state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED'
  const items = state.ItemReader ? undefined : await itemsOf(frame)
  const concurrency = await evaluateWhole(frame, state.MaxConcurrency ?? 0, 'MaxConcurrency', 0)
  const work: ItemWork = {
    width: concurrency || (distributed ? DISTRIBUTED_CEILING : INLINE_CEILING),
    exceeds: await toleranceOf(frame),
    inputOf: (item, index) =>
      state.ItemSelector === undefined
        ? Promise.resolve(item)
        : evaluate(frame, state.ItemSelector, 'ItemSelector', { item: { Index: index, Value: item } }),
  }
  return distributed ? runDistributed(frame, items, work) : runInline(frame, items ?? [], work)
}

async function itemsOf(frame: Frame<MapState>): Promise<readonly Json[]> {
  const { Items } = frame.state
  if (Items !== undefined) return evaluateTo(frame, Items, 'Items', 'array', isList)
  if (isList(frame.input)) return frame.input
  throw unexpected(frame, '$states.input', 'Items', 'array', frame.input)
}

/** Whether this many failed items are too many. A threshold of 0 counts as none; without a threshold, the first failure is too many. */
async function toleranceOf(frame: Frame<MapState>): Promise<ItemWork['exceeds']> {
  const { ToleratedFailureCount, ToleratedFailurePercentage } = frame.state
  const count = await evaluateWhole(frame, ToleratedFailureCount ?? 0, 'ToleratedFailureCount', 0)
  const isPercentage = (value: Json): value is number => typeof value === 'number' && value >= 0 && value <= 100
  const percentage = await evaluateTo(
    frame,
    ToleratedFailurePercentage ?? 0,
    'ToleratedFailurePercentage',
    'number from 0 to 100',
    isPercentage,
  )
  if (count === 0 && percentage === 0) return (failed) => failed > 0
  return (failed, of) => (count > 0 && failed > count) || (percentage > 0 && failed * 100 > percentage * of)
}

async function runInline(frame: Frame<MapState>, items: readonly Json[], { width, exceeds, inputOf }: ItemWork): Promise<Json[]> {
  const { run, state, thread, name } = frame
  const started = run.history.add(thread.last, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } })
  thread.last = started
  const stopper = stopperUnder(frame.signal)
  const results: Json[] = new Array(items.length)
  const tolerant = state.ToleratedFailureCount !== undefined || state.ToleratedFailurePercentage !== undefined
  let done = started
  let failed = 0

  async function iterate(index: number, slot: { last: number }): Promise<void> {
    const input = await inputOf(items[index] ?? null, index)
    withinPayload(input, name)
    const own: Thread = {
      last: run.history.add(slot.last, 'MapIterationStarted', { mapIterationStartedEventDetails: { name, index } }),
      nested: true,
    }
    const variables = frame.variables.inner()
    try {
      results[index] = await run.runBranch(run, state.ItemProcessor, input, variables, own, stopper.signal)
      done = run.history.add(own.last, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: { name, index } })
    } catch (error) {
      if (error instanceof Stopped && error.reason !== 'timed out') {
        run.history.add(own.last, 'MapIterationAborted', { mapIterationAbortedEventDetails: { name, index } })
      }
      if (!(error instanceof StateFailure)) throw error
      run.history.add(own.last, 'MapIterationFailed', { mapIterationFailedEventDetails: { name, index } })
      failed++
      if (exceeds(failed, items.length)) {
        thread.last = own.last
        throw tolerant ? thresholdFailure() : error
      }
      results[index] = { Error: error.error ?? null, Cause: error.why ?? null }
    } finally {
      variables.end()
      slot.last = own.last
    }
  }

  try {
    await pool(
      items.length,
      width,
      () => ({ last: started }),
      iterate,
      () => stopper.stop(new Stopped('sibling failed')),
    )
  } finally {
    stopper.release()
  }
  run.history.add(done, 'MapStateSucceeded')
  thread.last = done
  return results
}
