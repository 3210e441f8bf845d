// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import { Duration, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as s3 from 'aws-cdk-lib/aws-s3'
import {
  assertLambdas,
  FULL,
  ofType,
  one,
  PLAIN,
  pipelineStack,
  platformStack,
  propertiesOf,
  type Resource,
  resourcesOf,
  testApp,
} from './stacks.ts'

beforeAll(assertLambdas)

interface Statement {
  readonly Sid: string
  readonly Effect: string
  readonly Action: Json
  readonly Resource: Json
  readonly Condition?: Json
}

const statementsOf = (document: Json | undefined) => (document as unknown as { Statement: readonly Statement[] }).Statement

/** What a role may do, by Sid: `[actions, resources]`, and a condition. */
function permissions(resources: readonly Resource[], role: string): { readonly [sid: string]: Json } {
  const { Properties, id } = one(resources, 'AWS::IAM::Role', role)
  const inline = (Properties['Policies'] as unknown as readonly { PolicyDocument: Json }[]).map(({ PolicyDocument }) => PolicyDocument)
  const attached = ofType(resources, 'AWS::IAM::Policy').filter((policy) =>
    (policy.Properties['Roles'] as readonly string[]).includes(`\${${id}}`),
  )
  const all = [...inline, ...attached.map((policy) => policy.Properties['PolicyDocument'])].flatMap(statementsOf)
  return Object.fromEntries(
    all.map(({ Sid, Effect, Action, Resource: on, Condition }) => [
      Effect === 'Allow' ? Sid : `${Effect} ${Sid}`,
      { may: [Action].flat() as Json, on: [on].flat() as Json, ...(Condition === undefined ? {} : { when: Condition }) },
    ]),
  )
}

/** What was granted to a role of another construct, by Sid. */
function policyOf(resources: readonly Resource[], role: string) {
  const [policy] = ofType(resources, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith(`${role}DefaultPolicy`))
  return Object.fromEntries(
    statementsOf(policy?.Properties['PolicyDocument']).map(({ Sid, Action, Resource: on }) => [
      Sid,
      { may: [Action].flat(), on: [on].flat() },
    ]),
  )
}

const prefixes = (...given: string[]) => ({ StringLikeIfExists: { 's3:prefix': given } })
const S3 = 'arn:${AWS::Partition}:s3:::'
const BUCKET = '${PipelineDataBucket.Arn}'
const EXECUTIONS = 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${PipelineMachine.Name}'
const OBJECTS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
const LOGS = { may: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: ['${PipelineLog.Arn}'] }
const TRACES = { may: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], on: ['*'] }
const RUNS = {
  KeepRuns: { may: OBJECTS, on: [`${BUCKET}/runs/*`, `${BUCKET}/state/*`] },
  ListRuns: { may: ['s3:ListBucket'], on: [BUCKET], when: prefixes('runs/*', 'state/*') },
}
const NEVER = { 'Deny NeverStartOneself': { may: ['s3:PutObject'], on: [`${S3}acme-inbox/incoming/*.csv`] } }

describe('permissions of a pipeline with everything', () => {
  let resources: readonly Resource[]
  beforeAll(() => {
    resources = resourcesOf(pipelineStack(FULL))
  })

  const READS = {
    ReadSources: {
      may: ['s3:GetObject'],
      on: [`${S3}acme-inbox/incoming/*`, `${S3}lake/raw/orders/*`, `${S3}\${PipelineDataBucket}/incoming/*`],
    },
    ListSources: { may: ['s3:ListBucket'], on: [`${S3}acme-inbox`], when: prefixes('incoming/*') },
    ListSources2: { may: ['s3:ListBucket'], on: [`${S3}lake`], when: prefixes('raw/orders/*') },
    ListSources3: { may: ['s3:ListBucket'], on: [`${S3}\${PipelineDataBucket}`], when: prefixes('incoming/*') },
  }

  it('tasks that need secrets read those, and nobody else does', () => {
    const secret = `${PLAIN}  - {id: trace, type: lineage, with: {endpoint: "https://marquez.example.com", api_key: "\${secret.LINEAGE_KEY}"}}\n`
    const stack = resourcesOf(pipelineStack(secret, { environment: 'staging' }))
    expect(permissions(stack, 'ControlRole')['ReadSecrets']).toEqual({
      may: ['secretsmanager:GetSecretValue'],
      on: ['arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:siftstep/staging/LINEAGE_KEY-??????'],
    })
    expect(permissions(stack, 'DataRole')['ReadSecrets']).toBeUndefined()
    const environments = ofType(stack, 'AWS::Lambda::Function').map(
      ({ Properties }) => (Properties['Environment'] as { Variables: Json }).Variables,
    )
    expect(environments).toContainEqual(expect.objectContaining({ SIFTSTEP_SECRETS: 'siftstep/staging/' }))
  })

  it('tasks that publish may change exactly the tables of the Glue catalog that the definition names', () => {
    const glue = (of: string) => `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:${of}`
    const step = (id: string, database: string, table: string) =>
      `  - {id: ${id}, type: export, with: {to: "s3://lake/${id}/", catalog: {database: "${database}", table: "${table}"}}}\n`
    const more = step('one', 'analytics', 'sales') + step('two', 'analytics', 'visits') + step('three', 'raw', 't_{{ inputs.output }}')
    const stack = resourcesOf(pipelineStack(`${PLAIN}${more}`))
    expect(permissions(stack, 'ControlRole')['ShowInCatalog']).toEqual({
      may: ['glue:GetDatabase', 'glue:GetTable', 'glue:CreateTable', 'glue:UpdateTable'],
      on: ['catalog', 'database/analytics', 'database/raw', 'table/analytics/sales', 'table/analytics/visits', 'table/raw/*'].map(glue),
    })
    expect(permissions(stack, 'DataRole')['ShowInCatalog']).toBeUndefined()
  })

  it('data tasks keep runs and read the sources the definition names', () => {
    expect(permissions(resources, 'DataRole')).toEqual({ WriteLogs: LOGS, Trace: TRACES, ...RUNS, ...READS, ...NEVER })
  })

  it('control tasks also publish, to the outputs the definition names', () => {
    expect(permissions(resources, 'ControlRole')).toEqual({
      WriteLogs: LOGS,
      Trace: TRACES,
      ...RUNS,
      ...READS,
      ...NEVER,
      SendMail: { may: ['sns:Publish'], on: ['${PipelineAlarmTopic}'] },
      PublishOutputs: { may: OBJECTS, on: [`${S3}lake/processed/orders/*`, `${S3}\${PipelineDataBucket}/processed/orders/*`] },
      ListOutputs: { may: ['s3:ListBucket'], on: [`${S3}lake`], when: prefixes('processed/orders/*') },
      ListOutputs2: { may: ['s3:ListBucket'], on: [`${S3}\${PipelineDataBucket}`], when: prefixes('processed/orders/*') },
    })
  })

  it('the machine calls the functions that the definition names, and no others', () => {
    const calls = `version: 1
id: etl
steps:
  - {id: a, type: lambda, with: {function_name: extract-fn}}
  - {id: b, type: lambda, with: {function_name: "load-fn:live"}}
  - {id: c, type: lambda, with: {function_name: "arn:aws:lambda:eu-west-1:111111111111:function:other-fn"}}
`
    const stack = resourcesOf(pipelineStack(calls))
    expect(permissions(stack, 'MachineRole')['CallOwnFunctions']).toEqual({
      may: ['lambda:InvokeFunction'],
      on: [
        'arn:aws:lambda:eu-west-1:111111111111:function:other-fn',
        'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:extract-fn',
        'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:load-fn:live',
      ],
    })
    expect(permissions(resources, 'MachineRole')['CallOwnFunctions']).toBeUndefined()
  })

  it('the machine calls its functions, maps over lists of the store, and starts, follows and redrives children of its own', () => {
    expect(permissions(resources, 'MachineRole')).toEqual({
      RunTasks: { may: ['lambda:InvokeFunction'], on: ['${PipelineTasksControlFunction.Arn}:*', '${PipelineTasksDataFunction.Arn}:*'] },
      ReadItems: { may: ['s3:GetObject'], on: [`${BUCKET}/runs/*/data/*/items-*.json`] },
      WriteResults: {
        may: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        on: [`${BUCKET}/runs/*/data/*/results-*`],
      },
      DeliverLogs: {
        may: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        on: ['*'],
      },
      Trace: { may: [...TRACES.may, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], on: ['*'] },
      StartChildren: { may: ['states:StartExecution'], on: ['${PipelineMachine}'] },
      FollowChildren: { may: ['states:DescribeExecution', 'states:StopExecution'], on: [`${EXECUTIONS}:*`, `${EXECUTIONS}/*`] },
      RedriveChildren: { may: ['states:RedriveExecution'], on: [`${EXECUTIONS}/*`] },
    })
  })

  it('the keys a machine reads and writes itself are those the tasks make', () => {
    const text = JSON.stringify(one(resources, 'AWS::StepFunctions::StateMachine').Properties['DefinitionString'])
    const results = [...text.matchAll(/'runs\/' & \$run\.id & '(\/data\/[^']+)'/g)].map(([, key]) => key ?? '')
    expect(results.length).toBeGreaterThan(0)
    for (const key of results) expect(key).toMatch(/^\/data\/[a-z_]+\/results-[a-z]+$/)
  })

  it('what starts runs takes messages, remembers, and starts runs of the live version only', () => {
    expect(permissions(resources, 'StartsRole')).toEqual({
      WriteLogs: LOGS,
      Trace: TRACES,
      TakeStarts: {
        may: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
        on: ['${PipelineStartsQueue.Arn}'],
      },
      RememberStarts: { may: ['s3:GetObject', 's3:PutObject'], on: [`${BUCKET}/starts/orders/*`] },
      MissStarts: { may: ['s3:ListBucket'], on: [BUCKET], when: prefixes('starts/orders/*') },
      ...NEVER,
      StartRuns: {
        may: ['states:StartExecution'],
        on: ['${PipelineMachine}'],
        when: { StringEquals: { 'states:StateMachineQualifier': 'live' } },
      },
      CountRuns: { may: ['states:ListExecutions'], on: ['${PipelineMachine}'] },
      KnowRuns: { may: ['states:DescribeExecution'], on: [`${EXECUTIONS}:*`] },
    })
  })

  it('the schedule puts messages into two queues', () => {
    expect(permissions(resources, 'ScheduleRole')).toEqual({
      TellMoments: { may: ['sqs:SendMessage'], on: ['${PipelineStartsQueue.Arn}', '${PipelineStartsDead.Arn}'] },
    })
  })

  it('no other role, policy, or managed policy gives anything', () => {
    const names = ofType(resources, 'AWS::IAM::Role').map(({ id }) => id)
    expect(names.map((id) => id.replace('Pipeline', '')).sort()).toEqual([
      'MachineRole',
      'StartsRole',
      'StartsScheduleRole',
      'TasksControlRole',
      'TasksDataRole',
    ])
    expect(ofType(resources, 'AWS::IAM::Policy').map(({ id }) => id)).toEqual(['PipelineMachineChildren'])
    for (const { Properties } of ofType(resources, 'AWS::IAM::Role')) expect(Properties['ManagedPolicyArns']).toBeUndefined()
    expect(ofType(resources, 'AWS::IAM::ManagedPolicy')).toEqual([])
  })

  it('roles are for one service each, asked by this account where the service acts for others', () => {
    const trust = ofType(resources, 'AWS::IAM::Role').map(({ Properties }) => {
      const [{ Principal, Condition } = {} as { Principal?: Json; Condition?: Json }] = statementsOf(
        Properties['AssumeRolePolicyDocument'],
      ) as unknown as {
        Principal?: Json
        Condition?: Json
      }[]
      return [(Principal as { Service: string }).Service, Condition]
    })
    const ours = { StringEquals: { 'aws:SourceAccount': '${AWS::AccountId}' } }
    expect(trust).toEqual([
      ['lambda.amazonaws.com', undefined],
      ['lambda.amazonaws.com', undefined],
      ['states.amazonaws.com', ours],
      ['lambda.amazonaws.com', undefined],
      ['scheduler.amazonaws.com', ours],
    ])
  })
})

describe('permissions as printed', () => {
  it('places are granted beside those of the definition', () => {
    const resources = resourcesOf(pipelineStack(PLAIN, { sources: ['s3://lake/raw/'], outputs: ['s3://mart/clean'] }))
    expect(permissions(resources, 'DataRole')['ReadSources']).toEqual({
      may: ['s3:GetObject'],
      on: [`${S3}lake/raw/*`, `${S3}\${PipelineDataBucket}/incoming/*`],
    })
    expect(permissions(resources, 'ControlRole')['PublishOutputs']).toMatchObject({
      on: [`${S3}mart/clean*`, `${S3}\${PipelineDataBucket}/processed/plain/*`],
    })
    expect(permissions(resources, 'DataRole')['Deny NeverStartOneself']).toBeUndefined()
  })

  it('keys are used by what reads and publishes, and for S3 only', () => {
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    const resources = resourcesOf(pipelineStack(PLAIN, { keys: [key] }))
    for (const role of ['DataRole', 'ControlRole'])
      expect(permissions(resources, role)['UseKeys']).toEqual({
        may: ['kms:Decrypt', 'kms:GenerateDataKey'],
        on: [key],
        when: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
      })
    expect(permissions(resources, 'MachineRole')['UseKeys']).toBeUndefined()
    expect(() => pipelineStack(PLAIN, { keys: ['alias/lake'] })).toThrow("'alias/lake' is not the ARN of a KMS key")
  })

  it('the key of the data bucket is used by every role that reads or writes it, in the region of the key', () => {
    const key = 'arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    const app = testApp()
    const platform = platformStack({ dataKey: key }, app)
    const resources = resourcesOf(pipelineStack(FULL, { dataBucket: platform.bucket }, app))
    for (const role of ['ControlRole', 'DataRole', 'MachineRole', 'StartsRole'])
      expect(permissions(resources, role)['UseKeys']).toEqual({
        may: ['kms:Decrypt', 'kms:GenerateDataKey'],
        on: [key],
        when: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      })
    expect(permissions(resources, 'ScheduleRole')['UseKeys']).toBeUndefined()
    expect(propertiesOf(resourcesOf(platform), 'AWS::S3::Bucket', 'DataBucket')['BucketEncryption']).toEqual({
      ServerSideEncryptionConfiguration: [
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } },
      ],
    })
    expect(() => platformStack({ dataKey: 'alias/lake' })).toThrow("'alias/lake' is not the ARN of a KMS key")
  })

  it('a bucket of another app brings its key', () => {
    const app = testApp()
    const stack = new Stack(app, 'Lake')
    const encryptionKey = new kms.Key(stack, 'Key')
    const dataBucket = new s3.Bucket(stack, 'Bucket', { encryptionKey, encryption: s3.BucketEncryption.KMS }) as s3.IBucket
    const resources = resourcesOf(pipelineStack(PLAIN, { dataBucket, keys: ['arn:aws:kms:us-east-1:111111111111:key/1'] }, app))
    expect(permissions(resources, 'MachineRole')['UseKeys']).toMatchObject({ on: [expect.stringContaining('import Lake')] })
    expect(permissions(resources, 'DataRole')).toMatchObject({
      UseKeys: { on: ['arn:aws:kms:us-east-1:111111111111:key/1'] },
      UseKeys2: { on: [expect.stringContaining('import Lake')] },
    })
  })

  it('what is no place in S3 is reported', () => {
    expect(() => pipelineStack(PLAIN, { sources: ['lake/raw'] })).toThrow("'lake/raw' is not a location in S3: use s3://bucket/prefix")
  })

  it('without versions, functions are called and runs are started as they are', () => {
    const resources = resourcesOf(pipelineStack(FULL, { versions: false }))
    expect(permissions(resources, 'MachineRole')['RunTasks']).toMatchObject({
      on: ['${PipelineTasksControlFunction.Arn}', '${PipelineTasksDataFunction.Arn}'],
    })
    expect(permissions(resources, 'StartsRole')['StartRuns']).toEqual({ may: ['states:StartExecution'], on: ['${PipelineMachine}'] })
  })

  it('permissions that are too long for a role are in managed policies, which the role needs before it is used', () => {
    const places = Array.from({ length: 90 }, (_, at) => `s3://lake-${at}/a/prefix/of/usual/length/${at}/`)
    const resources = resourcesOf(pipelineStack(PLAIN, { sources: places, dashboard: false }))
    const { Properties } = one(resources, 'AWS::IAM::Role', 'DataRole')
    expect(Properties['Policies']).toBeUndefined()
    const policies = ofType(resources, 'AWS::IAM::ManagedPolicy').filter(({ id }) => id.includes('DataRolePolicy'))
    expect(Properties['ManagedPolicyArns']).toEqual(policies.map(({ id }) => `\${${id}}`))
    const documents = policies.map((policy) => policy.Properties['PolicyDocument'] ?? null)
    for (const document of documents) expect(JSON.stringify(document).length).toBeLessThan(6144)
    const all = documents.flatMap(statementsOf)
    expect(new Set(all.map(({ Sid }) => Sid)).size).toBe(all.length)
    const read = all.filter(({ Sid }) => Sid.startsWith('ReadSources')).flatMap(({ Resource: on }) => [on].flat())
    expect(read).toEqual([...places.map((place) => `${S3}${place.slice('s3://'.length)}*`), `${S3}\${PipelineDataBucket}/incoming/*`])
    const many = Array.from({ length: 400 }, (_, at) => `s3://lake-${at}/a/prefix/of/usual/length/${at}/`)
    expect(() => pipelineStack(PLAIN, { sources: many })).toThrow(
      /^ControlRole needs \d+ policies of 6144 characters; a role has at most 10: name fewer locations/,
    )
  })

  it('the construct lets other roles start runs and read the output, and gives its metrics', () => {
    const stack = pipelineStack(PLAIN, { outputs: ['s3://mart/clean/'], dashboard: false })
    const reader = new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() })
    stack.pipeline.grantReadOutput(reader)
    const starter = new iam.Role(stack, 'Starter', { assumedBy: new iam.AccountRootPrincipal() })
    stack.pipeline.grantStart(starter)
    const granted = (role: string) => Object.entries(policyOf(resources, role)).map(([sid, { may, on }]) => [sid, may, on])
    const resources = resourcesOf(stack)
    expect(granted('Reader')).toEqual([
      ['ReadSources', ['s3:GetObject'], [`${S3}mart/clean/*`, `${S3}\${PipelineDataBucket}/processed/plain/*`]],
      ['ListSources', ['s3:ListBucket'], [`${S3}mart`]],
      ['ListSources2', ['s3:ListBucket'], [`${S3}\${PipelineDataBucket}`]],
    ])
    expect(granted('Starter')).toEqual([
      ['StartRuns', ['states:StartExecution'], ['${PipelineMachine}']],
      ['CountRuns', ['states:ListExecutions'], ['${PipelineMachine}']],
      ['KnowRuns', ['states:DescribeExecution'], [`${EXECUTIONS}:*`]],
    ])
    expect(() => stack.pipeline.grantStart(new iam.ServicePrincipal('events.amazonaws.com'))).toThrow(/^StartRuns cannot be granted to/)
    const failed = stack.pipeline.metricOfRuns('ExecutionsFailed', { period: Duration.hours(1) })
    expect([failed.namespace, failed.metricName, failed.period.toHours(), failed.statistic]).toEqual([
      'AWS/States',
      'ExecutionsFailed',
      1,
      'Sum',
    ])
    const rows = stack.pipeline.metricOfTasks('RowsQuarantined')
    expect([rows.namespace, rows.metricName, rows.dimensions]).toEqual(['Siftstep', 'RowsQuarantined', { service: 'plain' }])
  })
})
