/** Notifies the topics of each failed run: which run, and what to do. Alarms report only that a run failed. */
import * as events from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { Definition } from '#language/definition/definition.ts'
import type { Machine } from './machine.ts'

interface FailureNoticeProps {
  readonly definition: Definition
  readonly machine: Machine
  readonly topics: readonly string[]
  /** The endings it reports: a machine mails of its own failures itself where the definition says to whom. */
  readonly statuses: readonly ('FAILED' | 'TIMED_OUT' | 'ABORTED')[]
  /** The name of the environment on the command line. */
  readonly environment: string | undefined
}

export function failureNotice(
  scope: Construct,
  id: string,
  { definition, machine, topics, statuses, environment }: FailureNoticeProps,
): events.CfnRule {
  const owner = definition.owner === undefined ? [] : [`Owner: ${definition.owner}`]
  const on = `--on aws${environment === undefined ? '' : ` --env ${environment}`}`
  const lines = [
    `Pipeline ${definition.id}: run <run> is <status>. <error>`,
    `What happened:  siftstep show <run> ${on}`,
    `Continue it, finished chunks are kept:  siftstep redrive <run> ${on}`,
    ...owner,
  ]
  return new events.CfnRule(scope, id, {
    description: `reports failed runs of ${definition.id}`,
    eventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.machine.stateMachineArn], status: [...statuses] },
    },
    targets: topics.map((arn, at) => ({
      id: `Topic${at + 1}`,
      arn,
      inputTransformer: {
        // the cause is a text of any length with quotes, which a template cannot contain
        inputPathsMap: { run: '$.detail.name', status: '$.detail.status', error: '$.detail.error' },
        inputTemplate: lines.map((line) => JSON.stringify(line)).join('\n'),
      },
    })),
  })
}
