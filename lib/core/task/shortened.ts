/** Shortens what a task reports until the machine can pass its result on: names and texts of data can have any length and number. */
import { count } from '#core/text/numbers.ts'
import { beginning } from '#core/text/preview.ts'
import { MAX_RESULT_LENGTH, type StepReport, type TaskResult } from './task.ts'

/** Longest text of a report that is shortened, in UTF-16 units. */
const MAX_TEXT = 400
/** What is stored beside a result: the hash of its event, and what was used. */
const BESIDE = 1_000
/** Lines that stay of each report, tried in this order. */
const LINES = [100, 30, 10, 3, 1]

export interface Shortened {
  readonly result: TaskResult
  /** All texts of the reports as they were, for the log of the task; empty if nothing was shortened. */
  readonly whole: readonly string[]
}

/**
 * The result as it is if it has at most `most` characters as JSON. Else with the texts of its reports cut and their last lines replaced by
 * their number; `log` is where the reader finds them whole. Other parts of a result are bounded by the tasks, and stay.
 */
export function shortened(result: TaskResult, log: string, most = MAX_RESULT_LENGTH - BESIDE): Shortened {
  const fits = (one: TaskResult) => JSON.stringify(one).length <= most
  if (fits(result)) return { result, whole: [] }
  const whole = reportsIn(result).flatMap(({ step, message, lines }) => [`${step}: ${message}`, ...lines.map(({ text }) => `  ${text}`)])
  let short = result
  for (const lines of LINES) {
    short = mapReports(result, (report) => shortReport(report, lines, log))
    if (fits(short)) break
  }
  return { result: short, whole }
}

function shortReport(report: StepReport, most: number, log: string): StepReport {
  const { message, lines } = report
  const rest = lines.length - most
  const kept = lines.slice(0, most).map((line) => ({ ...line, text: beginning(line.text, MAX_TEXT) }))
  const level = lines.slice(most).some((line) => line.level === 'error') ? ('error' as const) : ('warning' as const)
  const more = rest > 0 ? [{ level, text: `${count(rest, 'more line')}, see ${log}` }] : []
  return { ...report, message: beginning(message, MAX_TEXT), lines: [...kept, ...more] }
}

const isReport = (value: unknown): value is StepReport =>
  typeof value === 'object' && value !== null && 'message' in value && 'lines' in value && Array.isArray(value.lines)

/** A result has a report of its step, or a list of them. */
function reportsIn({ report, reports }: TaskResult): readonly StepReport[] {
  return [report, ...(Array.isArray(reports) ? reports : [])].filter(isReport)
}

function mapReports(result: TaskResult, change: (report: StepReport) => StepReport): TaskResult {
  const { report, reports } = result
  const changed = (value: unknown) => (isReport(value) ? change(value) : value)
  return {
    ...result,
    ...(report === undefined ? {} : { report: changed(report) }),
    ...(Array.isArray(reports) ? { reports: reports.map(changed) } : {}),
  } as TaskResult
}
