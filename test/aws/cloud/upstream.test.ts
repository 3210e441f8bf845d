/** Pipelines that start each other, on AWS: a rule on the event that the end of a run puts on the bus. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of CloudFormation, as the tests show them
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addStacks } from '#aws/cloud/app.ts'
import { Pipeline } from '#aws/cloud/pipeline.ts'
import { assertLambdas, ofType, one, PLAIN, pipelineStack, propertiesOf, resourcesOf, statementsOf, testApp } from './stacks.ts'

const scratch = mkdtempSync(join(tmpdir(), 'siftstep-upstream-'))
beforeAll(assertLambdas)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const ARN = 'arn:aws:states:eu-west-1:111111111111:stateMachine:Orders'
const INPUTS = 'inputs: {source: "{{ event.output }}", output: "s3://acme-mart/report/"}'
const AFTER = `${PLAIN}\ntriggers: [{type: pipeline, pipeline: orders, ${INPUTS}}]\n`
const upstream = { orders: { machineArn: ARN } }

const fileOf = (name: string, text: string) => {
  const file = join(scratch, name)
  writeFileSync(file, text)
  return file
}

describe('a pipeline that starts after another', () => {
  it('has a rule on the ends of its runs, which sends to the queue of starts, and what it cannot deliver to the dead ones', () => {
    const resources = resourcesOf(pipelineStack(AFTER, { upstream }))
    expect(propertiesOf(resources, 'AWS::Events::Rule', 'Trigger1')).toEqual({
      Description: 'starts plain',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [ARN], status: ['SUCCEEDED'] },
      },
      Tags: [{ Key: 'siftstep:pipeline', Value: 'plain' }],
      Targets: [{ Id: 'Starts', Arn: '${PipelineStartsQueue.Arn}', DeadLetterConfig: { Arn: '${PipelineStartsDead.Arn}' } }],
    })
    expect(propertiesOf(resources, 'AWS::SQS::Queue', 'StartsQueue')['RedrivePolicy']).toEqual({
      deadLetterTargetArn: '${PipelineStartsDead.Arn}',
      maxReceiveCount: 10,
    })
    // only this rule may send
    for (const { Properties } of ofType(resources, 'AWS::SQS::QueuePolicy'))
      expect(statementsOf(Properties).find(({ Sid }) => Sid === 'TellEvents')).toMatchObject({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': ['${PipelineStartsTrigger1.Arn}'] } },
      })
  })

  it('has a starter that knows the machine it waits for, and may do nothing with it', () => {
    const resources = resourcesOf(pipelineStack(AFTER, { upstream }))
    const { Variables } = propertiesOf(resources, 'AWS::Lambda::Function', 'StartsFunction')['Environment'] as {
      Variables: Record<string, string>
    }
    expect(JSON.parse(Variables['SIFTSTEP_STARTS'] ?? '')).toMatchObject({ id: 'plain', machines: { orders: ARN } })
    for (const { Properties } of [...ofType(resources, 'AWS::IAM::Role'), ...ofType(resources, 'AWS::IAM::Policy')])
      expect(JSON.stringify(Properties)).not.toContain(ARN)
  })

  it('may read what the other publishes in the data bucket, if its inputs do', () => {
    const reads = (text: string) =>
      JSON.stringify(ofType(resourcesOf(pipelineStack(text, { upstream })), 'AWS::IAM::Role')).includes('/processed/orders/*')
    expect(reads(AFTER)).toBe(true)
    expect(reads(AFTER.replace('{{ event.output }}', 's3://acme-lake/x/'))).toBe(false)
  })

  it('needs the other pipeline, which can be another construct or deployed elsewhere', () => {
    expect(() => pipelineStack(AFTER)).toThrow(
      'plain: a trigger waits for the pipeline orders, which is not given: set `upstream: {orders: …}`',
    )
    const app = testApp()
    const orders = new Pipeline(new Stack(app, 'Orders'), 'Pipeline', {
      file: fileOf('orders.yaml', PLAIN.replace('id: plain', 'id: orders')),
    })
    const imported = Pipeline.fromArn(new Stack(testApp(), 'Other'), 'Imported', `${ARN}:live`)
    for (const given of [orders, imported]) expect(given.machineArn).toBeDefined()
    expect(imported.machineArn).toContain('stateMachine:Orders')
    expect(imported.machineArn).not.toContain('live')
    const stack = pipelineStack(AFTER, { upstream: { orders } }, app)
    const pattern = propertiesOf(resourcesOf(stack), 'AWS::Events::Rule', 'Trigger1')['EventPattern']
    expect(JSON.stringify(pattern)).toContain('Orders')
  })
})

describe('the app', () => {
  const orders = () => fileOf('a.yaml', PLAIN.replace('id: plain', 'id: daily_orders'))
  const report = (pipeline = 'daily_orders') =>
    fileOf('b.yaml', AFTER.replace('id: plain', 'id: report').replace('pipeline: orders', `pipeline: ${pipeline}`))
  const stacksOf = (files: readonly string[], environment?: string) => {
    const app = testApp({ pipelines: files.join(','), ...(environment === undefined ? {} : { environment }) })
    addStacks(app)
    return app.node.children.filter((child): child is Stack => Stack.isStack(child))
  }

  it('imports the machine from the stack of the other pipeline in its environment, which is deployed before', () => {
    const stacks = stacksOf([report(), orders()], 'staging')
    const named = (name: string) => stacks.find(({ stackName }) => stackName === name) as Stack
    const [after, before] = [named('siftstep-report-staging'), named('siftstep-daily-orders-staging')]
    expect(after.dependencies).toContain(before)
    const exported = Template.fromStack(before).toJSON()['Outputs'] as Record<string, { Export?: { Name: string } }>
    expect(exported['StateMachine']?.Export).toEqual({ Name: 'siftstep-daily-orders-staging-StateMachine' })
    const rule = one(resourcesOf(after), 'AWS::Events::Rule', 'Trigger1')
    expect(rule.Properties['EventPattern']).toMatchObject({
      detail: { stateMachineArn: ['${import siftstep-daily-orders-staging-StateMachine}'] },
    })
  })

  it('imports it alike when the other pipeline is not part of the deployment', () => {
    const [, after] = stacksOf([report()])
    expect(JSON.stringify(resourcesOf(after as Stack))).toContain('${import siftstep-daily-orders-StateMachine}')
  })

  it('refuses pipelines that start each other forever, with their places', () => {
    const text = PLAIN.replace('id: plain', 'id: daily_orders')
    const loop = fileOf(
      'a.yaml',
      `${text}\ntriggers: [{type: pipeline, pipeline: report, inputs: {source: "s3://a-bucket/", output: "s3://b-bucket/"}}]\n`,
    )
    expect(() => stacksOf([loop, report()])).toThrow(/a\.yaml:\d+:\d+ trigger-cycle .*: daily_orders → report → daily_orders/)
  })
})
