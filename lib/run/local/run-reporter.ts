/**
 * Follows the tasks and the history of a run, and reports its steps: start, progress, result and duration. Works for local runs and for
 * replays; `now` gives the time.
 */
import type { Json } from '#core/json.ts'
import { type CaughtError, readFailure } from '#core/errors/failure.ts'
import type { NextCall, Notice, StepReport, TaskEvent, TaskResult } from '#core/task/task.ts'
import { taskSpec } from '#core/task/tasks.ts'
import { branchVariable } from '#language/compiler/assemble/branch-scope.ts'
import { failureVariable, takenVariable } from '#language/compiler/assemble/variables.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { ChildExecution } from '#asl/engine/world.ts'
import type { RunSummary, RunEvent } from './events.ts'

interface Clocked {
  /** When the step's first task started, and when its reporting task did, in milliseconds. */
  started: number
  reporting: number | null
  done: number
  total: number
}

const TOO_LONG = { name: 'States.Timeout', message: 'it took longer than its timeout allows' }

export type RunReporter = ReturnType<typeof startRunReporter>

/** `types` are the kinds of the steps by their ids. */
export function startRunReporter(
  types: ReadonlyMap<string, string>,
  onEvent: (event: RunEvent) => void,
  now: () => Date = () => new Date(),
) {
  const clocks = new Map<string, Clocked>()
  const errors = new Map<string, Error>()
  const mapOf = new Map<number, string>()
  /** Failures already reported: a failure in a branch is assigned once more outside. */
  const reported = new Set<string>()
  /** What a step waits for, as it was last reported. */
  const waitingFor = new Map<string, string>()
  /** The variables that hold failures, with the step of each. A branch has its own. */
  const failures = new Map<string, { readonly step: string; readonly taken: boolean }>(
    [...types.keys()].flatMap((step) =>
      [(name: string) => name, branchVariable].flatMap((named) => [
        [named(failureVariable(step)), { step, taken: false }] as const,
        [named(takenVariable(step)), { step, taken: true }] as const,
      ]),
    ),
  )
  let summary: RunSummary | null = null
  const at = () => now().toISOString()
  const idOf = ({ task, step, item }: TaskEvent) => `${task} ${step} ${item ?? ''}`

  function clock(step: string): Clocked {
    const known = clocks.get(step)
    if (known !== undefined) return known
    const fresh = { started: now().getTime(), reporting: null, done: 0, total: 0 }
    clocks.set(step, fresh)
    if (types.has(step)) onEvent({ event: 'step_started', at: at(), step, type: types.get(step) ?? '', what: null })
    return fresh
  }

  function report(found: StepReport, seconds: number): void {
    onEvent({ event: 'step_finished', at: at(), report: found, seconds })
  }

  /** The first step of a segment includes the pass; the last one, if different, the publishing. */
  function reportAll(event: TaskEvent, found: readonly StepReport[]): void {
    const moment = now().getTime()
    const { started, reporting } = clock(event.step)
    const own = reporting ?? moment
    found.forEach((one, index) => {
      const last = index === found.length - 1 && found.length > 1 && !one.fused
      report(one, one.fused ? 0 : last ? (moment - own) / 1000 : ((found.length > 1 ? own : moment) - started) / 1000)
    })
  }

  /** States are named after their step and task: `clean_data.segment.inline`. */
  function placeOf(state: string): { readonly step: string; readonly task: string } {
    const [step = '', task = ''] = state.split('.')
    return { step, task }
  }

  function beginMap(map: string, items: number): void {
    const { step, task } = placeOf(map)
    const { mapped } = taskSpec(task) ?? {}
    if (mapped === undefined) return
    const own = clock(step)
    own.done = 0
    own.total = items
    if (items > 1) onEvent({ event: 'step_started', at: at(), step, type: types.get(step) ?? '', what: mapped.title(items) })
  }

  function assigned(variable: string, text: string): void {
    const found = failures.get(variable)
    if (found === undefined) return
    const { step, taken } = found
    const value = JSON.parse(text) as Json
    const { number, failure } = taken ? ((value ?? {}) as { number?: number; failure?: Json }) : { number: null, failure: value }
    if (failure == null || reported.has(`${step} ${number}`)) return
    reported.add(`${step} ${number}`)
    onEvent({ event: 'step_failed', at: at(), step, fallback: number ?? null, ...readFailure(failure as CaughtError) })
  }

  return {
    taskStarted(event: TaskEvent, attempt: number): void {
      const own = clock(event.step)
      const { reports } = taskSpec(event.task) ?? {}
      if (reports === 'step' || reports === 'steps') own.reporting = now().getTime()
      // a task that timed out returned nothing
      const failed = errors.get(idOf(event))
      const error = failed === undefined || failed.name === 'Engine.Interrupted' ? TOO_LONG : failed
      errors.delete(idOf(event))
      if (attempt > 1) {
        onEvent({
          event: 'task_retried',
          at: at(),
          step: event.step,
          task: event.task,
          item: event.item ?? null,
          attempt,
          error: error.name,
          cause: error.message,
        })
      }
    },
    taskFinished(event: TaskEvent, result: TaskResult): void {
      if (event.item !== undefined && taskSpec(event.task)?.mapped !== undefined) {
        const own = clock(event.step)
        own.done++
        onEvent({ event: 'step_progress', at: at(), step: event.step, done: own.done, total: own.total })
      }
      const waiting = (result['again'] as NextCall | null | undefined)?.waiting_for
      if (waiting != null && waitingFor.get(event.step) !== waiting) {
        waitingFor.set(event.step, waiting)
        onEvent({ event: 'step_started', at: at(), step: event.step, type: types.get(event.step) ?? '', what: waiting })
      }
      if (taskSpec(event.task)?.reports === 'run') summary = result as unknown as RunSummary
      for (const notice of (result['notices'] ?? []) as unknown as Notice[]) onEvent({ event: 'notified', at: at(), ...notice })
      if (result['report'] !== undefined) reportAll(event, [result['report'] as unknown as StepReport])
      if (result['reports'] !== undefined) reportAll(event, result['reports'] as unknown as StepReport[])
    },
    taskFailed(event: TaskEvent, error: Error): void {
      errors.set(idOf(event), error)
    },
    /** The start of a map gives its number of items; a variable gives the failure of a unit and its fallback. */
    history(event: HistoryEvent, child?: ChildExecution): void {
      if (child !== undefined) return
      for (const [name, value] of Object.entries(event.stateExitedEventDetails?.assignedVariables ?? {})) assigned(name, value)
      if (event.type === 'MapStateEntered') mapOf.set(event.id, event.stateEnteredEventDetails?.name ?? '')
      if (event.type !== 'MapStateStarted') return
      const map = mapOf.get(event.previousEventId) ?? ''
      beginMap(map, event.mapStateStartedEventDetails?.length ?? 0)
    },
    /** Progress of a map with child executions; `map` is the name of its state. */
    children(map: string, done: number, total: number): void {
      const { step, task } = placeOf(map)
      if (taskSpec(task)?.mapped === undefined) return
      const own = clock(step)
      if (own.total !== total) beginMap(map, total)
      if (own.done === done) return
      own.done = done
      onEvent({ event: 'step_progress', at: at(), step, done, total })
    },
    summary: () => summary,
  }
}
