/** What a definition watches, deployed: alerts as alarms, the share of runs that is logged, functions of handlers. */
import { beforeAll, describe, expect, it } from 'vitest'
import { assertLambdas, ofType, pipelineStack, resourcesOf } from './stacks.ts'

beforeAll(assertLambdas)

const WATCHED = `version: 1
id: watched
name: Watched
monitoring:
  logs: {sampling_rate: 0.25}
  alerts:
    - {name: Pipeline Failure, metric: failed_runs, threshold: 1, severity: critical}
    - {name: High Error Rate, metric: error_rate, threshold: 0.05, severity: warning}
    - {name: Long Execution Time, metric: duration, threshold: 30min, severity: warning}
    - {name: Low Data Quality, metric: quality_score, threshold: 0.90, severity: error, comparison: less_than}
    - {name: "Low Data-Quality", metric: quality_score, threshold: 50%, comparison: at_most}
steps:
  - {id: load, type: lambda, with: {function_name: load-fn}}
on_failure: {name: FailureHandler, function_name: failure-fn}
finally: [{name: CleanUp, function_name: clean-fn}]
`

describe('a watched pipeline', () => {
  const resources = () => resourcesOf(pipelineStack(WATCHED))

  it('has an alarm for each alert, in the direction and the unit of its metric', () => {
    const alarms = ofType(resources(), 'AWS::CloudWatch::Alarm').filter(({ id }) => id.includes('Alert'))
    const found = alarms.map(({ Properties }) => [
      String(Properties['AlarmDescription']).split(' (')[0]?.replace('watched: ', ''),
      Properties['MetricName'],
      Properties['Statistic'],
      Properties['ComparisonOperator'],
      Properties['Threshold'],
    ])
    expect(found.sort()).toEqual([
      ['High Error Rate', 'ErrorRate', 'Maximum', 'GreaterThanThreshold', 0.05],
      ['Long Execution Time', 'ExecutionTime', 'Maximum', 'GreaterThanThreshold', 1_800_000],
      ['Low Data Quality', 'QualityScore', 'Minimum', 'LessThanThreshold', 0.9],
      ['Low Data-Quality', 'QualityScore', 'Minimum', 'LessThanOrEqualToThreshold', 0.5],
      ['Pipeline Failure', 'ExecutionsFailed', 'Sum', 'GreaterThanOrEqualToThreshold', 1],
    ])
  })

  it('tells its functions the share of runs to log', () => {
    const shares = ofType(resources(), 'AWS::Lambda::Function').map(
      ({ Properties }) =>
        (Properties['Environment'] as { Variables?: { [name: string]: string } } | undefined)?.Variables?.['SIFTSTEP_LOG_SAMPLING'],
    )
    expect(shares).toContain('0.25')
  })

  it('may call the functions of its steps and of the end of a run, and no other', () => {
    const text = JSON.stringify(resources())
    for (const name of ['load-fn', 'failure-fn', 'clean-fn']) expect(text).toContain(`:function:${name}`)
    expect(text).not.toContain(':function:*')
  })
})
