/** Measures the run itself and raises alerts. */
import { evaluateCondition } from '#asl/machine/condition.ts'
import { TaskError } from '#core/errors/errors.ts'
import { seconds as shown } from '#core/text/numbers.ts'
import { runMetrics } from '#data/report/run-metrics.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import { entryOf } from '#core/text/record.ts'
import { config } from './config.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { lastRuns } from '#io/state/history.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type * as z from 'zod'
import { alertProblem, type Band, FEWEST_RUNS, GROUPS, METRICS, readCondition } from './metrics.ts'

type Alert = z.infer<typeof config>['alerts'][number]
type Metrics = { readonly [name: string]: number }

export const monitorBehaviour: ControlBehaviour = {
  run: async (settings, context, loadArtifacts) => {
    const { sla_seconds, alerts, metrics: groups } = config.parse(settings)
    const elapsed = (context.now().getTime() - Date.parse(context.run.started_at)) / 1000
    const artifacts = await loadArtifacts()
    const metrics = runMetrics(artifacts, elapsed, await context.usage())
    const raised: (Alert & { readonly found: string })[] = []
    const silent: string[] = []
    for (const alert of alerts) {
      // a condition that is a reference was not checked before
      const problem = alertProblem(alert)
      if (problem !== undefined) throw new TaskError('Definition.InvalidSetting', problem.what, { step: context.step, hint: problem.hint })
      const { condition, bands } = readCondition(alert.when)
      const compared = await Promise.all(bands.map((band) => outside(band, metrics, context)))
      for (const { few } of compared) if (few !== null) silent.push(`${alert.name}: ${few}`)
      const known = Object.fromEntries(compared.map(({ name, is }) => [name, is ? 1 : 0]))
      if (!(await evaluateCondition(condition, { ...metrics, ...known }))) continue
      const found = compared.filter(({ is }) => is).map(({ text }) => text)
      raised.push({ ...alert, found: [...found, ...valuesIn(condition, metrics)].join(', ') })
    }
    const limit = sla_seconds === undefined ? null : toSeconds(sla_seconds)
    const within = limit === null || elapsed <= limit
    await context.store.write(
      context.workspace.metrics,
      `${JSON.stringify({ ...written(groups, metrics, artifacts), sla_seconds: limit, within_sla: within, alerts: raised }, null, 2)}\n`,
    )
    const sla = limit === null ? `Ran for ${shown(elapsed)}` : within ? 'Performance within SLA' : `Over SLA by ${shown(elapsed - limit)}`
    return {
      result: { alerts: raised.length, within_sla: within },
      report: {
        level: within && raised.length === 0 ? 'ok' : 'warning',
        message: raised.length === 0 ? sla : `${sla}, ${raised.length} ${raised.length === 1 ? 'alert' : 'alerts'}`,
        lines: [
          ...raised.map(({ name, when, severity, found }) => ({
            level: severity === 'error' ? ('error' as const) : ('warning' as const),
            text: `${name} (${when}${found === '' ? '' : `; ${found}`})`,
          })),
          ...silent.map((text) => ({ level: 'ok' as const, text })),
        ],
      },
    }
  },
}

/** Whether a metric is outside the usual: mean ± n standard deviations of the last runs that ended well. Too few runs say nothing. */
async function outside({ metric, sigma, runs, name }: Band, metrics: Metrics, context: TaskContext) {
  const values = (await lastRuns(context, runs)).flatMap(({ metrics: past }) => entryOf(past, metric) ?? [])
  const value = entryOf(metrics, metric) ?? 0
  if (values.length < FEWEST_RUNS) {
    const few = `not compared: ${values.length} earlier ${values.length === 1 ? 'run' : 'runs'}, and it takes ${FEWEST_RUNS}`
    return { name, is: false, text: '', few }
  }
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length)
  const [low, high] = [mean - sigma * deviation, mean + sigma * deviation]
  const text = `${metric} is ${shownNumber(value)}, and the last ${values.length} runs had ${shownNumber(low)} to ${shownNumber(high)}`
  return { name, is: value < low || value > high, text, few: null }
}

const shownNumber = (value: number) => Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 })

/** The metrics that a condition compares, with their values. */
const valuesIn = (condition: string, metrics: Metrics): readonly string[] =>
  Object.keys(METRICS)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(condition))
    .map((name) => `${name} is ${shownNumber(entryOf(metrics, name) ?? 0)}`)

/** The metrics of the groups, and the distributions of values if they are one of them. */
function written(groups: readonly string[] | undefined, metrics: Metrics, { facts }: RunArtifacts) {
  if (groups === undefined) return { metrics }
  const names = new Set(groups.flatMap((group) => entryOf(GROUPS, group) ?? []))
  const chosen = Object.fromEntries(Object.entries(metrics).filter(([name]) => names.has(name)))
  if (!groups.includes('value_distribution')) return { metrics: chosen }
  const distributions = (facts?.columns ?? []).map(({ name, type, sampled: { histogram, top } }) => ({
    column: name,
    type,
    ...(histogram === null ? { most_frequent: top } : { histogram }),
  }))
  return { metrics: chosen, distributions }
}
