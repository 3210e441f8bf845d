/** Turns the events of a run into lines: one per step, in the order in which steps end. Pure; no clock, no terminal. */
import type { RunEvent } from '#run/local/events.ts'
import { parseCause } from '#core/errors/failure.ts'
import { seconds } from '#core/text/numbers.ts'
import { failedStepOf } from './failed-step-of.ts'
import type { Outline, OutlinedUnit } from './outline.ts'
import type { SymbolName } from '#cli/terminal/symbols.ts'

export interface LogLine {
  readonly sign: SymbolName
  /** Nested lines belong to the step above them. */
  readonly nested: boolean
  readonly text: string
  /** Text in parentheses at the end. */
  readonly time: string | null
  /** Shown only with --verbose. */
  readonly extra: boolean
}

/** A step in progress. */
export interface Working {
  readonly step: string
  readonly done: number
  readonly total: number
  /** Start time, ISO 8601. */
  readonly since: string
}

export interface EventLines {
  /** The lines for an event. */
  lines(event: RunEvent): readonly LogLine[]
  working(): readonly Working[]
  /** The step the run failed in, if known; available after the end of the run. */
  failedStep(): FailedStep | null
}

export interface FailedStep {
  readonly step: string
  /** Number of attempts of its task. */
  readonly attempts: number
}

type Progress = { -readonly [Key in keyof Working]: Working[Key] }

const SIGNS = { ok: 'done', warning: 'warning', error: 'failed', skipped: 'skipped' } as const

const line = (sign: SymbolName, text: string, more: Partial<LogLine> = {}): LogLine => ({
  sign,
  text,
  nested: false,
  time: null,
  extra: false,
  ...more,
})

/** Whether a message repeats the title: `Profiling 3 sources ...`, `Profiled 3 sources: ...`. */
const repeats = (what: string, message: string) => what.slice(0, 5) === message.slice(0, 5)

export function startEventLines({ stages }: Outline): EventLines {
  const units = stages.flat()
  const unitOf = new Map(units.flatMap((unit) => [[unit.id, unit] as const, ...unit.steps.map(({ id }) => [id, unit] as const)]))
  const running = new Map<string, Progress>()
  const begun = new Set<string>()
  const finished = new Set<string>()
  const attempts = new Map<string, number>()
  /** The last title of parallel work, and the step of the last line. */
  const said = new Set<string>()
  let failed: FailedStep | null = null
  let heading: { readonly step: string; readonly what: string } | null = null

  const begin = (step: string, at: string): Progress => {
    const known = running.get(step)
    if (known !== undefined) return known
    const fresh = { step, done: 0, total: 0, since: at }
    running.set(step, fresh)
    begun.add(step)
    return fresh
  }

  const isBegun = (unit: OutlinedUnit) => begun.has(unit.id) || unit.steps.some(({ id }) => begun.has(id))
  const conditionOf = (step: string) => unitOf.get(step)?.steps.find(({ id }) => id === step)?.condition ?? null
  const skipped = (step: string) => line('skipped', `${step}: skipped${conditionOf(step) === null ? '' : ` (${conditionOf(step)})`}`)

  /** Lines for steps without a report: they must have ended, as a later stage has begun. */
  function settle(before: readonly (readonly OutlinedUnit[])[]): readonly LogLine[] {
    return before.flat().flatMap((unit) => {
      const silent = unit.steps.filter(({ id }) => !finished.has(id))
      for (const { id } of silent) finished.add(id)
      for (const { id } of unit.steps) running.delete(id)
      running.delete(unit.id)
      return silent.map(({ id }) => (isBegun(unit) ? line('failed', `${id}: failed; continuing without it`) : skipped(id)))
    })
  }

  function started(event: Extract<RunEvent, { event: 'step_started' }>): readonly LogLine[] {
    const stage = stages.findIndex((some) => some.some((unit) => unit === unitOf.get(event.step)))
    const lines = [...settle(stages.slice(0, Math.max(0, stage)))]
    begin(event.step, event.at)
    const title = event.what === null ? null : `${event.step}: ${event.what}`
    if (title === null) return [...lines, line('working', `${event.step}: started`, { extra: true })]
    if (said.has(title)) return lines
    said.add(title)
    heading = { step: event.step, what: event.what ?? '' }
    return [...lines, line('working', title)]
  }

  function ended({ report, seconds: took }: Extract<RunEvent, { event: 'step_finished' }>): readonly LogLine[] {
    const { step, level, message, lines, fused } = report
    finished.add(step)
    running.delete(step)
    if (level === 'skipped') return [skipped(step)]
    const nested = lines.map((one) => line(SIGNS[one.level], one.text, { nested: true }))
    const time = `${seconds(took)}${fused ? ', fused' : ''}`
    // if the line above says the same, its nested lines are enough
    const headed = heading?.step === step && nested.length > 0 && level !== 'error' && repeats(heading.what, message)
    heading = null
    const own = line(SIGNS[level], `${step}: ${message}`, { time, extra: headed })
    return headed ? [...nested, own] : [own, ...nested]
  }

  /** A step that failed for good: the fallback, with the fix below. */
  function givenUp({ step, fallback, error, cause }: Extract<RunEvent, { event: 'step_failed' }>): readonly LogLine[] {
    const { message, where, hint: fix } = parseCause(cause)
    const why = message === '' ? error : message
    const hint = [
      ...(where === null ? [] : [line('warning', `at: ${where}`, { nested: true })]),
      ...(fix === null ? [] : [line('warning', `hint: ${fix}`, { nested: true })]),
    ]
    heading = null
    if (fallback !== null) return [line('warning', `${step}: ${why}; continuing with fallback ${fallback}`), ...hint]
    finished.add(step)
    running.delete(step)
    return [line('failed', `${step}: failed; continuing without it: ${why}`), ...hint]
  }

  function over({ record }: Extract<RunEvent, { event: 'run_finished' }>): readonly LogLine[] {
    if (record.status === 'succeeded' || record.status === 'partial') return settle(stages)
    if (record.status !== 'failed') return []
    const unfinished = [...new Set([...running.keys()].flatMap((step) => unitOf.get(step) ?? []))]
    const [unit, other] = unfinished
    const [own] = [...running.keys()].filter((step) => unitOf.get(step) === unit)
    // a step may fail before it starts or, in a loop, after a report
    const suspects = unit === undefined ? units : unfinished
    const step = failedStepOf(
      record.failure?.cause ?? '',
      suspects.flatMap(({ steps }) => steps.map(({ id }) => id)),
      other === undefined ? (own ?? null) : null,
    )
    if (step === null) return []
    failed = { step, attempts: attempts.get(own ?? step) ?? 1 }
    return [line('failed', `${step}: failed`)]
  }

  /** A message that could not be sent is a warning: the run itself is not worse for it. */
  function notified({ about, channel, how, to, file, why }: Extract<RunEvent, { event: 'notified' }>): LogLine {
    heading = null
    if (how === 'failed') return line('warning', `notifications: ${about} could not be sent by ${channel}: ${why}`)
    return line(
      'done',
      `notifications: ${about} ${how === 'sent' ? `sent to ${to}` : `for ${to} kept in ${file}, as there is no mail server`}`,
    )
  }

  return {
    lines(event) {
      switch (event.event) {
        case 'run_started':
          return []
        case 'step_started':
          return started(event)
        case 'step_progress': {
          const progress = begin(event.step, event.at)
          progress.done = event.done
          progress.total = event.total
          return []
        }
        case 'step_finished':
          return ended(event)
        case 'task_retried': {
          attempts.set(event.step, Math.max(attempts.get(event.step) ?? 1, event.attempt))
          heading = null
          const which = event.item === null ? '' : ` ${event.item + 1}`
          return [
            line(
              'warning',
              `${event.step}: ${event.task}${which} failed (${event.error}: ${event.cause}); starting attempt ${event.attempt}`,
            ),
          ]
        }
        case 'step_failed':
          return givenUp(event)
        case 'notified':
          return [notified(event)]
        case 'note':
          return [line(SIGNS[event.level], event.text)]
        case 'run_finished':
          return over(event)
      }
    },
    working: () => [...running.values()],
    failedStep: () => failed,
  }
}
