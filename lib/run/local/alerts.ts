/** Alerts of a definition, checked at the end of a run on this machine. Pure. */
import type { Compiled } from '#language/compiler/compile.ts'
import { percent, seconds } from '#core/text/numbers.ts'

type Alert = Compiled['definition']['monitoring']['alerts'][number]

/** What a run comes to: a share of rows in quarantine, seconds, a score; null where it was not measured. */
export type AlertFigures = { readonly [Metric in Alert['metric']]: number | null }

export interface RaisedAlert {
  readonly name: string
  readonly metric: string
  readonly value: number
  readonly threshold: number
  readonly severity: Alert['severity']
  /** `error_rate is 6%, more than 5%`. */
  readonly text: string
}

const HOLDS: { readonly [Comparison in Alert['comparison']]: (value: number, threshold: number) => boolean } = {
  greater_than: (value, threshold) => value > threshold,
  at_least: (value, threshold) => value >= threshold,
  less_than: (value, threshold) => value < threshold,
  at_most: (value, threshold) => value <= threshold,
}
const WORDS: { readonly [Comparison in Alert['comparison']]: string } = {
  greater_than: 'more than',
  at_least: 'at least',
  less_than: 'less than',
  at_most: 'at most',
}

const shownAs = (metric: Alert['metric'], value: number): string =>
  metric === 'duration' ? seconds(value) : metric === 'error_rate' ? percent(value) : String(Number(value.toFixed(4)))

/** The alerts that the figures raise, in the order of the definition. A figure that was not measured raises none. */
export function raisedAlerts(alerts: readonly Alert[], figures: AlertFigures): readonly RaisedAlert[] {
  return alerts.flatMap(({ name, metric, threshold, comparison, severity }) => {
    const value = figures[metric]
    if (value === null || !HOLDS[comparison](value, threshold)) return []
    const text = `${metric} is ${shownAs(metric, value)}, ${WORDS[comparison]} ${shownAs(metric, threshold)}`
    return [{ name, metric, value, threshold, severity, text }]
  })
}
