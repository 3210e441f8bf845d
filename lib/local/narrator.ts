/** Follows a run's tasks and history and tells of steps: when one begins, how far it is, what came of it and how long it took. */
import type { Compiled } from '../compiler/compile.ts'
import { stepsOf } from '../compiler/plan.ts'
import type { StepReport, TaskEvent, TaskResult } from '../runtime/task.ts'
import type { HistoryEvent } from './engine/history.ts'
import type { ChildExecution } from './engine/world.ts'
import type { Conclusion, RunEvent } from './events.ts'

interface Clocked {
  /** When the step's first task began, and when the task that reports it did. */
  started: number
  reporting: number | null
  done: number
  total: number
}

/** What is done in parallel, in words, by task. */
const PARALLEL: { readonly [task: string]: (items: number) => string } = {
  inspect: (items) => `Reading ${items} sources in parallel...`,
  survey: (items) => `Profiling ${items} ${items === 1 ? 'batch' : 'batches'} in parallel...`,
  segment: (items) => `Processing ${items} ${items === 1 ? 'batch' : 'batches'} in parallel...`,
}

/** Tasks whose answer holds the report of a step. */
const REPORTING: ReadonlySet<string> = new Set(['plan', 'measure', 'commit', 'exchange', 'whole'])

export function startNarrator({ plan }: Compiled, onEvent: (event: RunEvent) => void) {
  const types = new Map(plan.stages.flat().flatMap((unit) => stepsOf(unit).map(({ id, type }) => [id, type] as const)))
  const clocks = new Map<string, Clocked>()
  const errors = new Map<string, Error>()
  const mapOf = new Map<number, string>()
  let conclusion: Conclusion | null = null
  const at = () => new Date().toISOString()
  const idOf = ({ task, step, item }: TaskEvent) => `${task} ${step} ${item ?? ''}`

  function clock(step: string): Clocked {
    const known = clocks.get(step)
    if (known !== undefined) return known
    const fresh = { started: performance.now(), reporting: null, done: 0, total: 0 }
    clocks.set(step, fresh)
    if (types.has(step)) onEvent({ event: 'step_started', at: at(), step, type: types.get(step) ?? '', what: null })
    return fresh
  }

  function report(found: StepReport, seconds: number): void {
    onEvent({ event: 'step_finished', at: at(), report: found, seconds })
  }

  /** The first step of a segment did the pass; the last one, when it is another, the publishing. */
  function reportAll(event: TaskEvent, found: readonly StepReport[]): void {
    const now = performance.now()
    const { started, reporting } = clock(event.step)
    const own = reporting ?? now
    found.forEach((one, index) => {
      const last = index === found.length - 1 && found.length > 1 && !one.fused
      report(one, one.fused ? 0 : last ? (now - own) / 1000 : ((found.length > 1 ? own : now) - started) / 1000)
    })
  }

  return {
    taskStarted(event: TaskEvent, attempt: number): void {
      const own = clock(event.step)
      if (REPORTING.has(event.task)) own.reporting = performance.now()
      const error = errors.get(idOf(event))
      if (attempt > 1 && error !== undefined) {
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
      if (event.item !== undefined && PARALLEL[event.task] !== undefined) {
        const own = clock(event.step)
        own.done++
        onEvent({ event: 'step_progress', at: at(), step: event.step, done: own.done, total: own.total })
      }
      if (event.task === 'conclude') conclusion = result as unknown as Conclusion
      if (result['report'] !== undefined) reportAll(event, [result['report'] as unknown as StepReport])
      if (result['reports'] !== undefined) reportAll(event, result['reports'] as unknown as StepReport[])
    },
    taskFailed(event: TaskEvent, error: Error): void {
      errors.set(idOf(event), error)
    },
    /** A map that begins says how many items it has. */
    history(event: HistoryEvent, child?: ChildExecution): void {
      if (child !== undefined) return
      const details = event as unknown as {
        id: number
        previousEventId: number
        type: string
        stateEnteredEventDetails?: { name: string }
        mapStateStartedEventDetails?: { length: number }
      }
      if (details.type === 'MapStateEntered') mapOf.set(details.id, details.stateEnteredEventDetails?.name ?? '')
      if (details.type !== 'MapStateStarted') return
      const [step = '', task = ''] = (mapOf.get(details.previousEventId) ?? '').split('.')
      const items = details.mapStateStartedEventDetails?.length ?? 0
      const words = PARALLEL[task]
      if (words === undefined) return
      const own = clock(step)
      own.done = 0
      own.total = items
      if (items > 1) onEvent({ event: 'step_started', at: at(), step, type: types.get(step) ?? '', what: words(items) })
    },
    conclusion: () => conclusion,
  }
}
