/** Reports what profile measured: a line for each source, and the metrics. */
import { compact, count, percent } from '#core/text/numbers.ts'
import type { AssessBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

/** Longer lists are in the report only. */
const LINES = 12

export const profileBehaviour: AssessBehaviour = {
  summarize: (settings, { sources, quality, facts }) => {
    const { warn_below, top_values } = config.parse(settings)
    if (quality === undefined || facts === undefined) throw new Error('profile has no facts')
    const issues = sources.reduce((sum, { issues: found }) => sum + found, 0)
    const lines = sources.map(({ name, rows, completeness, issues: found }) => {
      const low = completeness < Number(warn_below)
      return {
        level: low ? ('warning' as const) : ('ok' as const),
        text: `${name}: ${compact(rows)} records, ${percent(completeness)} complete${found > 0 ? `, ${count(found, 'issue')}` : ''}`,
      }
    })
    return {
      result: { ...quality, issues },
      columns: facts.columns.map((column) => ({
        ...column,
        sampled: { ...column.sampled, top: column.sampled.top.slice(0, Number(top_values)) },
      })),
      report: {
        level: lines.some(({ level }) => level === 'warning') ? 'warning' : 'ok',
        message: `Profiled ${count(sources.length, 'source')}: ${compact(facts.rows)} records, ${count(facts.columns.length, 'column')}, ${count(issues, 'issue')}`,
        lines: lines.length > LINES ? [...lines.slice(0, LINES), { level: 'ok', text: `and ${lines.length - LINES} more` }] : lines,
      },
    }
  },
}
