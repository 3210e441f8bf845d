/** Reports what profile measured: a line for each source, and the metrics. */
import { compact, count, percent } from '#core/text/numbers.ts'
import type { AssessBehaviour } from '#steps/kind/behaviour.ts'
import type { StepReport } from '#core/task/task.ts'
import { anomaliesOf } from './anomalies.ts'
import { config } from './config.ts'

/** Longer lists are in the report only. */
const LINES = 12

type Lines = StepReport['lines']
const shortened = (lines: Lines): Lines =>
  lines.length > LINES ? [...lines.slice(0, LINES), { level: 'ok', text: `and ${lines.length - LINES} more` }] : lines

export const profileBehaviour: AssessBehaviour = {
  summarize: (settings, { sources, quality, facts }) => {
    const { warn_below, top_values, metrics } = config.parse(settings)
    if (quality === undefined || facts === undefined) throw new Error('profile has no facts')
    const issues = sources.reduce((sum, { issues: found }) => sum + found, 0)
    const lines = sources.map(({ name, rows, completeness, issues: found }) => {
      const low = completeness < Number(warn_below)
      return {
        level: low ? ('warning' as const) : ('ok' as const),
        text: `${name}: ${compact(rows)} records, ${percent(completeness)} complete${found > 0 ? `, ${count(found, 'issue')}` : ''}`,
      }
    })
    const anomalies = metrics?.includes('anomalies') === true ? facts.columns.flatMap(anomaliesOf) : []
    const { score, ...four } = quality
    const chosen = Object.entries(four).filter(([name]) => metrics === undefined || metrics.some((one) => one === name))
    const shares = metrics === undefined ? '' : chosen.map(([name, value]) => `, ${name} ${percent(value)}`).join('')
    const unusual = anomalies.map((text) => ({ level: 'warning' as const, text: `unusual: ${text}` }))
    return {
      result: { ...Object.fromEntries(chosen), score, issues, anomalies: anomalies.length },
      columns: facts.columns.map((column) => ({
        ...column,
        sampled: { ...column.sampled, top: column.sampled.top.slice(0, Number(top_values)) },
      })),
      report: {
        level: [...lines, ...unusual].some(({ level }) => level === 'warning') ? 'warning' : 'ok',
        message: `Profiled ${count(sources.length, 'source')}: ${compact(facts.rows)} records, ${count(facts.columns.length, 'column')}, ${count(issues, 'issue')}${shares}${anomalies.length > 0 ? `, ${count(anomalies.length, 'anomaly', 'anomalies')}` : ''}`,
        lines: [...shortened(lines), ...shortened(unusual)],
      },
    }
  },
}
