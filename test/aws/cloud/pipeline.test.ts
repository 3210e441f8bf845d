// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, it } from 'vitest'
import { alarmsOf } from '#aws/cost/estimate.ts'
import type { Definition } from '#language/definition/definition.ts'
import { layerFolder } from '#aws/lambda/artifacts.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { assertLambdas, FULL, ofType, one, PLAIN, pipelineStack, propertiesOf, type Resource, resourcesOf, statementsOf } from './stacks.ts'

beforeAll(assertLambdas)

const tagsOf = ({ Tags = [] }: JsonObject) =>
  Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))

describe('a pipeline with everything', () => {
  let resources: readonly Resource[]
  let template: Template
  let compiledText: string
  let compiledHash: string
  let definition: Definition
  beforeAll(() => {
    const stack = pipelineStack(FULL)
    template = Template.fromStack(stack)
    resources = resourcesOf(stack)
    ;({ text: compiledText, hash: compiledHash, definition } = stack.pipeline.compiled)
  })

  it('has no custom resource, so that every account and every emulator can take it', () => {
    expect(resources.filter(({ Type }) => Type.startsWith('Custom::') || Type.startsWith('AWS::CloudFormation::'))).toEqual([])
  })

  describe('machine', () => {
    it('is the compiled text to the byte, and its tag and the output say its hash', () => {
      const machine = propertiesOf(resources, 'AWS::StepFunctions::StateMachine')
      expect(machine['DefinitionString']).toBe(compiledText)
      expect(createHash('sha256').update(compiledText).digest('hex')).toBe(compiledHash)
      expect(tagsOf(machine)).toMatchObject({ 'siftstep:definition': compiledHash })
      template.hasOutput('DefinitionHash', { Value: compiledHash })
      template.hasOutput('Architecture', { Value: 'arm64' })
    })

    it('has something for every placeholder', () => {
      const machine = propertiesOf(resources, 'AWS::StepFunctions::StateMachine')
      const named = new Set([...compiledText.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))
      expect(Object.keys(machine['DefinitionSubstitutions'] as JsonObject).sort()).toEqual([...named].sort())
      expect(machine['DefinitionSubstitutions']).toEqual({
        // a version, so that a run has one code from its start to its end
        ControlFunction: '${PipelineTasksControlFunctionCurrentVersion}',
        DataFunction: '${PipelineTasksDataFunctionCurrentVersion}',
        DataBucket: '${PipelineDataBucket}',
      })
    })

    it('is a standard machine that logs all but data, is traced, and encrypted', () => {
      const machine = propertiesOf(resources, 'AWS::StepFunctions::StateMachine')
      expect(machine).toMatchObject({
        StateMachineType: 'STANDARD',
        TracingConfiguration: { Enabled: true },
        EncryptionConfiguration: { Type: 'AWS_OWNED_KEY' },
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      })
      expect(propertiesOf(resources, 'AWS::Logs::LogGroup', 'MachineLog')).toMatchObject({
        LogGroupName: expect.stringMatching(/^\/aws\/vendedlogs\/states\/\$\{AWS::StackName\}\/Test-/),
        RetentionInDays: 14,
      })
    })

    it('has versions that stay, an alias runs start through, and outputs that a deployment is compared with', () => {
      expect(one(resources, 'AWS::StepFunctions::StateMachineVersion')).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      })
      expect(propertiesOf(resources, 'AWS::StepFunctions::StateMachineAlias')).toMatchObject({
        Name: 'live',
        RoutingConfiguration: [{ StateMachineVersionArn: '${PipelineMachineVersion.Arn}', Weight: 100 }],
      })
      for (const version of ofType(resources, 'AWS::Lambda::Version')) expect(version['DeletionPolicy']).toBe('Retain')
      expect(ofType(resources, 'AWS::Lambda::Version')).toHaveLength(2)
      const { Outputs } = template.toJSON() as { Outputs: { [name: string]: { Value: Json } } }
      const outputs = Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, JSON.stringify(Value)]))
      expect(outputs['Version']).toMatch(/^\{"Fn::GetAtt":\["PipelineMachineVersion\w+","Arn"\]\}$/)
      for (const role of ['MachineRole', 'ControlRole', 'DataRole', 'StartRole'])
        expect(outputs[role]).toMatch(/Fn::GetAtt.*Role\w+","Arn"/)
      expect(outputs['Engine']).toContain('PipelineTasksEngine')
      expect(outputs['Code']).toMatch(/^"control=[\w+/]{43}=,data=[\w+/]{43}=,start=[\w+/]{43}="$/)
    })
  })

  describe('functions', () => {
    it('run Node.js 24 on arm64, traced, into the log group of the pipeline', () => {
      const functions = ofType(resources, 'AWS::Lambda::Function')
      expect(functions.map(({ id }) => id)).toEqual(['PipelineTasksControlFunction', 'PipelineTasksDataFunction', 'PipelineStartsFunction'])
      for (const { Properties } of functions) {
        expect(Properties).toMatchObject({
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: 'index.handler',
          TracingConfig: { Mode: 'Active' },
          LoggingConfig: { LogGroup: '${PipelineLog}' },
        })
        expect((Properties['Environment'] as { Variables: JsonObject }).Variables).toMatchObject({
          POWERTOOLS_LOG_LEVEL: 'WARN',
          SIFTSTEP_BUCKET: '${PipelineDataBucket}',
        })
      }
      expect(propertiesOf(resources, 'AWS::Logs::LogGroup', 'PipelineLog')).toMatchObject({ RetentionInDays: 14 })
    })

    it('only those that work on rows carry the native engine', () => {
      expect(propertiesOf(resources, 'AWS::Lambda::Function', 'DataFunction')).toMatchObject({
        Layers: ['${PipelineTasksEngine}'],
        MemorySize: 1769,
        EphemeralStorage: { Size: 10_240 },
        Timeout: 900,
      })
      const control = propertiesOf(resources, 'AWS::Lambda::Function', 'ControlFunction')
      expect(control['Layers']).toBeUndefined()
      expect(control).toMatchObject({ MemorySize: 1024, Environment: { Variables: { SIFTSTEP_SERVICE: 'orders' } } })
      expect(propertiesOf(resources, 'AWS::Lambda::LayerVersion')).toMatchObject({
        CompatibleArchitectures: ['arm64'],
        CompatibleRuntimes: ['nodejs24.x'],
      })
    })
  })

  describe('starts', () => {
    it('a schedule with its time zone and start date sends its moment to the queue, or to the dead-letter queue', () => {
      expect(propertiesOf(resources, 'AWS::Scheduler::Schedule')).toMatchObject({
        ScheduleExpression: 'cron(0 8 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Zurich',
        StartDate: '2998-12-31T23:00:00.000Z',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: '${PipelineStartsQueue.Arn}',
          RoleArn: '${PipelineStartsScheduleRole.Arn}',
          DeadLetterConfig: { Arn: '${PipelineStartsDead.Arn}' },
          Input: '{"type":"schedule","scheduled_time":"<aws.scheduler.scheduled-time>"}',
        },
      })
    })

    it('a rule for each trigger sends to the queue, or to the dead-letter queue', () => {
      const rules = ofType(resources, 'AWS::Events::Rule').filter(({ id }) => /Trigger\d$/.test(id))
      expect(rules.map(({ Properties }) => Properties['EventPattern'])).toEqual([
        {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: ['acme-inbox'] }, object: { key: [{ wildcard: 'incoming/*.csv' }] } },
        },
        { source: ['acme.shop'], 'detail-type': ['order.shipped'], detail: { status: ['ok'] } },
      ])
      for (const { Properties } of rules) {
        expect(Properties['Targets']).toEqual([
          { Id: 'Starts', Arn: '${PipelineStartsQueue.Arn}', DeadLetterConfig: { Arn: '${PipelineStartsDead.Arn}' } },
        ])
      }
    })

    it('both queues are encrypted, take messages over TLS only, and of these rules only', () => {
      for (const queue of ['StartsQueue', 'StartsDead']) {
        expect(propertiesOf(resources, 'AWS::SQS::Queue', queue)).toMatchObject({
          SqsManagedSseEnabled: true,
          MessageRetentionPeriod: 1_209_600,
        })
        const statements = statementsOf(propertiesOf(resources, 'AWS::SQS::QueuePolicy', `${queue}Policy`))
        expect(statements).toEqual([
          expect.objectContaining({ Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': ['${PipelineStartsTrigger1.Arn}', '${PipelineStartsTrigger2.Arn}'] } },
          }),
        ])
      }
    })

    it('what waits its turn may wait long; what cannot be started is among the dead', () => {
      expect(propertiesOf(resources, 'AWS::SQS::Queue', 'StartsQueue')).toMatchObject({
        RedrivePolicy: { deadLetterTargetArn: '${PipelineStartsDead.Arn}', maxReceiveCount: 1000 },
        VisibilityTimeout: 6 * 60 + 60,
      })
    })

    it('the debounce is the time messages are gathered; one function at a time counts the runs under way', () => {
      expect(propertiesOf(resources, 'AWS::Lambda::EventSourceMapping')).toMatchObject({
        EventSourceArn: '${PipelineStartsQueue.Arn}',
        FunctionName: '${PipelineStartsFunction}',
        MaximumBatchingWindowInSeconds: 60,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      })
      const starter = propertiesOf(resources, 'AWS::Lambda::Function', 'StartsFunction')
      expect(starter).toMatchObject({ ReservedConcurrentExecutions: 1, Timeout: 60 })
      const { Variables } = starter['Environment'] as { Variables: { [name: string]: string } }
      expect(Variables['SIFTSTEP_STATE_MACHINE']).toBe('${PipelineMachineLive}')
      expect(JSON.parse(Variables['SIFTSTEP_STARTS'] ?? '')).toMatchObject({
        id: 'orders',
        max_active_runs: 2,
        schedule: { cron: '0 8 * * *' },
      })
    })
  })

  describe('watch', () => {
    const alarm = (name: string) => propertiesOf(resources, 'AWS::CloudWatch::Alarm', name)
    const OF_MACHINE = { Namespace: 'AWS/States', Dimensions: [{ Name: 'StateMachineArn', Value: '${PipelineMachine}' }] }
    const ABOVE = 'GreaterThanThreshold'
    const REACHED = 'GreaterThanOrEqualToThreshold'
    const BELOW = 'LessThanThreshold'

    it.each([
      ['Failed', { ...OF_MACHINE, MetricName: 'ExecutionsFailed', Statistic: 'Sum', ComparisonOperator: REACHED, Threshold: 1 }],
      [
        'InPart',
        {
          Namespace: 'Siftstep',
          MetricName: 'RunsInPart',
          Dimensions: [{ Name: 'service', Value: 'orders' }],
          Statistic: 'Sum',
          ComparisonOperator: REACHED,
          Threshold: 1,
        },
      ],
      ['TimedOut', { ...OF_MACHINE, MetricName: 'ExecutionsTimedOut', Statistic: 'Sum', ComparisonOperator: REACHED, Threshold: 1 }],
      ['Late', { ...OF_MACHINE, MetricName: 'ExecutionTime', Statistic: 'Maximum', ComparisonOperator: ABOVE, Threshold: 1_800_000 }],
      [
        'Quality',
        {
          Namespace: 'Siftstep',
          MetricName: 'QualityScore',
          Dimensions: [{ Name: 'service', Value: 'orders' }],
          Statistic: 'Minimum',
          ComparisonOperator: BELOW,
          Threshold: 0.9,
        },
      ],
      [
        'DeadStarts',
        {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: '${PipelineStartsDead.QueueName}' }],
          ComparisonOperator: REACHED,
          Threshold: 1,
        },
      ],
      [
        'StartsWait',
        {
          Namespace: 'Siftstep',
          MetricName: 'StartWait',
          Dimensions: [{ Name: 'service', Value: 'orders' }],
          // longer than a message is hidden from one telling to the next
          Period: 1800,
          ComparisonOperator: ABOVE,
          Threshold: 7200,
        },
      ],
    ])('%s goes off at once, and not when nothing happens', (name, expected) => {
      expect(alarm(name)).toMatchObject({ ...expected, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' })
    })

    it('Heartbeat goes off when no run succeeded for the expected time and an hour, and when nothing is known', () => {
      expect(alarm('Heartbeat')).toMatchObject({
        ...OF_MACHINE,
        MetricName: 'ExecutionsSucceeded',
        Period: 3600,
        EvaluationPeriods: 25,
        ComparisonOperator: BELOW,
        Threshold: 1,
        TreatMissingData: 'breaching',
      })
    })

    it('ErrorRate is the share of failed runs of a day', () => {
      const { Metrics, ...rest } = alarm('ErrorRate')
      expect(rest).toMatchObject({ ComparisonOperator: ABOVE, Threshold: 0.05, TreatMissingData: 'notBreaching' })
      const [share, ...metrics] = Metrics as unknown as {
        Expression: string
        MetricStat: { Metric: { MetricName: string }; Period: number }
      }[]
      expect(share?.Expression).toBe('(FILL(failed, 0) + FILL(timed_out, 0)) / (FILL(failed, 0) + FILL(timed_out, 0) + FILL(succeeded, 0))')
      expect(metrics.map(({ MetricStat: { Metric, Period } }) => [Metric.MetricName, Period])).toEqual([
        ['ExecutionsFailed', 86_400],
        ['ExecutionsTimedOut', 86_400],
        ['ExecutionsSucceeded', 86_400],
      ])
    })

    it('are as many as an estimate counts', () => {
      expect(ofType(resources, 'AWS::CloudWatch::Alarm')).toHaveLength(alarmsOf(definition))
    })

    it('notify the topic when they go off and when they are over; of a failed run its own message tells', () => {
      const alarms = ofType(resources, 'AWS::CloudWatch::Alarm')
      expect(alarms).toHaveLength(9)
      for (const { id, Properties } of alarms) {
        const told = ['AlarmActions', 'OKActions'].map((name) => Properties[name])
        expect(told).toEqual(
          /Alarms(Failed|TimedOut)$/.test(id) ? [undefined, undefined] : [['${PipelineAlarmTopic}'], ['${PipelineAlarmTopic}']],
        )
        expect(Properties['AlarmDescription']).toMatch(/^orders: .*\. Owner: data-team\.$/)
      }
    })

    it('the topic mails the addresses of the definition, and takes messages of alarms and failed runs, over TLS only', () => {
      expect(propertiesOf(resources, 'AWS::SNS::Subscription')).toEqual({
        Protocol: 'email',
        Endpoint: 'ops@example.com',
        TopicArn: '${PipelineAlarmTopic}',
      })
      expect(statementsOf(propertiesOf(resources, 'AWS::SNS::TopicPolicy'))).toEqual([
        expect.objectContaining({ Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '${AWS::AccountId}' } },
        }),
        // deliberately without a condition: EventBridge publishes to topics without telling whom it publishes for
        {
          Sid: 'Failures',
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: '${PipelineAlarmTopic}',
        },
      ])
    })

    it('each run that is stopped from outside is reported with what to do; a failure is mailed by the machine itself', () => {
      const notice = propertiesOf(resources, 'AWS::Events::Rule', 'FailureNotice')
      expect(notice['EventPattern']).toMatchObject({
        source: ['aws.states'],
        detail: { stateMachineArn: ['${PipelineMachine}'], status: ['TIMED_OUT', 'ABORTED'] },
      })
      const [target] = notice['Targets'] as unknown as { Arn: string; InputTransformer: { InputTemplate: string } }[]
      expect(target?.Arn).toBe('${PipelineAlarmTopic}')
      expect(target?.InputTransformer.InputTemplate).toContain('siftstep redrive <run> --on aws')
    })

    it('one dashboard shows its alarms, runs, rows, tasks and starts', () => {
      const body = String(propertiesOf(resources, 'AWS::CloudWatch::Dashboard')['DashboardBody'])
      for (const shown of [
        'ExecutionsFailed',
        'ExecutionTime',
        'QualityScore',
        'RowsQuarantined',
        'TaskRetries',
        'ConcurrentExecutions',
        '"alarms"',
        'StartsDead',
      ])
        expect(body).toContain(shown)
    })
  })

  it('costs can be separated by tags', () => {
    for (const { Properties, Type } of resources) {
      if (
        [
          'AWS::Lambda::Function',
          'AWS::StepFunctions::StateMachine',
          'AWS::SQS::Queue',
          'AWS::S3::Bucket',
          'AWS::CloudWatch::Alarm',
        ].includes(Type)
      )
        expect(tagsOf(Properties), Type).toMatchObject({
          'siftstep:pipeline': 'orders',
          'siftstep:owner': 'data-team',
          'siftstep:tags': 'sales nightly',
        })
    }
  })
})

describe('a plain pipeline', () => {
  it('has alarms for runs that fail, complete in part or hang, and nothing that starts runs', () => {
    const resources = resourcesOf(pipelineStack(PLAIN))
    expect(ofType(resources, 'AWS::CloudWatch::Alarm').map(({ id }) => id)).toEqual([
      'PipelineAlarmsFailed',
      'PipelineAlarmsInPart',
      'PipelineAlarmsTimedOut',
    ])
    for (const type of ['AWS::SQS::Queue', 'AWS::Scheduler::Schedule', 'AWS::Lambda::EventSourceMapping'])
      expect(ofType(resources, type)).toEqual([])
    expect(ofType(resources, 'AWS::Events::Rule').map(({ id }) => id)).toEqual(['PipelineFailureNotice'])
  })

  it('has one function more for a step that asks for memory, and x86_64 when set', () => {
    const big = PLAIN.replace('type: clean\n', 'type: clean\n    resources: {memory: 6GB}\n    timeout: 10m\n')
    const functions = ofType(resourcesOf(pipelineStack(big, { architecture: 'x86_64' })), 'AWS::Lambda::Function')
    expect(
      functions.map(({ id, Properties }) => [
        id.replace('PipelineTasks', ''),
        Properties['MemorySize'],
        Properties['Timeout'],
        Properties['Architectures'],
      ]),
    ).toEqual([
      ['ControlFunction', 1024, 900, ['x86_64']],
      ['DataFunction', 1769, 900, ['x86_64']],
      ['DataFunction7076', 7076, 900, ['x86_64']],
    ])
  })

  it('without versions and dashboard has neither', () => {
    const resources = resourcesOf(pipelineStack(PLAIN, { versions: false, dashboard: false }))
    const types = new Set(resources.map(({ Type }) => Type))
    for (const type of [
      'AWS::Lambda::Version',
      'AWS::StepFunctions::StateMachineVersion',
      'AWS::StepFunctions::StateMachineAlias',
      'AWS::CloudWatch::Dashboard',
    ])
      expect(types).not.toContain(type)
    expect(propertiesOf(resources, 'AWS::StepFunctions::StateMachine')['DefinitionSubstitutions']).toMatchObject({
      DataFunction: '${PipelineTasksDataFunction.Arn}',
    })
  })

  it('without a layer the engine is in the functions that need it, and in no other', () => {
    const [layered, whole] = [true, false].map((layer) => resourcesOf(pipelineStack(PLAIN, { layer })))
    const code = (resources: typeof layered, name: string) => propertiesOf(resources ?? [], 'AWS::Lambda::Function', name)['Code']
    expect((whole ?? []).map(({ Type }) => Type)).not.toContain('AWS::Lambda::LayerVersion')
    expect(propertiesOf(whole ?? [], 'AWS::Lambda::Function', 'DataFunction')['Layers']).toBeUndefined()
    expect(code(whole, 'ControlFunction')).toEqual(code(layered, 'ControlFunction'))
    if (existsSync(layerFolder(resolve(import.meta.dirname, '../../..'), 'arm64')))
      expect(code(whole, 'DataFunction')).not.toEqual(code(layered, 'DataFunction'))
  })

  it('a start date that is over is left out, as EventBridge Scheduler refuses it; a message nobody waits with is given up soon', () => {
    const resources = resourcesOf(
      pipelineStack(
        `${PLAIN}\nschedule: {every: 6h, start_date: 2020-01-01, inputs: {source: "s3://a-bucket/x/", output: "s3://b-bucket/y/"}}\n`,
      ),
    )
    const schedule = propertiesOf(resources, 'AWS::Scheduler::Schedule')
    expect(schedule).toMatchObject({ ScheduleExpression: 'rate(6 hours)', ScheduleExpressionTimezone: 'UTC' })
    expect(schedule['StartDate']).toBeUndefined()
    expect(propertiesOf(resources, 'AWS::SQS::Queue', 'StartsQueue')['RedrivePolicy']).toMatchObject({ maxReceiveCount: 10 })
    expect(propertiesOf(resources, 'AWS::Lambda::Function', 'StartsFunction')['ReservedConcurrentExecutions']).toBeUndefined()
  })

  it('a message that makes up for many moments, some at each telling, is not given up soon', () => {
    const schedule = 'schedule: {every: 6h, catchup: true, inputs: {source: "s3://a-bucket/x/", output: "s3://b-bucket/y/"}}'
    const resources = resourcesOf(pipelineStack(`${PLAIN}\n${schedule}\n`))
    expect(propertiesOf(resources, 'AWS::SQS::Queue', 'StartsQueue')['RedrivePolicy']).toMatchObject({ maxReceiveCount: 1000 })
  })

  it('expected more seldom than CloudWatch looks back, there is no heartbeat, and a note says so', () => {
    const stack = pipelineStack(`${PLAIN}\nmonitoring: {expect_every: 8d}\n`)
    expect(ofType(resourcesOf(stack), 'AWS::CloudWatch::Alarm').map(({ id }) => id)).toEqual([
      'PipelineAlarmsFailed',
      'PipelineAlarmsInPart',
      'PipelineAlarmsTimedOut',
    ])
    const reported = stack.pipeline.alarms.node.metadata.map(({ data }) => String(data)).join()
    expect(reported).toContain('CloudWatch evaluates at most seven days')
  })

  it('what is too long for AWS is reported before it is deployed', () => {
    const allowed = Array.from({ length: 300 }, (_, at) => `shop-${at}`)
    const trigger = `{type: event, event_type: sold, filter_criteria: {detail: {shop: [${allowed.join(', ')}]}}, inputs: {source: a, output: b}}`
    expect(() => pipelineStack(`${PLAIN}\ntriggers: [${trigger}]\n`)).toThrow(
      /plain: the pattern of trigger 1 is \d{4} characters long; EventBridge allows 2048: shorten its filter_criteria/,
    )
    const tidy = (at: number) => `  - {id: tidy_${at}, type: clean, fuse: false, with: {rules: [{deduplicate: {keys: auto}}]}}\n`
    const many = Array.from({ length: 60 }, (_, at) => tidy(at)).join('')
    expect(() =>
      pipelineStack(
        PLAIN.replace('  - id: publish\n    type: export\n    depends_on: [tidy]\n', `${many}  - id: publish\n    type: export\n`),
      ),
    ).toThrow(/the machine of plain takes \d{7} bytes of its template; CloudFormation allows 868928: split the pipeline/)
  })

  it('a definition with problems is reported with its places', () => {
    expect(() => pipelineStack(PLAIN.replace('type: export', 'type: exprot'))).toThrow(/pipeline\.yaml:\d+:\d+ .*exprot/)
  })
})
