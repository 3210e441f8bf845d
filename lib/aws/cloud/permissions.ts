/**
 * Who may do what: every statement of every role, each with its reason. Nothing else gives a permission; tests hold the templates to
 * exactly these.
 */
import { Aws } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Trigger } from '#language/definition/definition.ts'
import { explainWildcards } from './explain.ts'
import type { S3Location } from '#language/compiler/places.ts'

export interface Permission {
  /** The statement's Sid: what it is for, in a word or two. */
  readonly sid: string
  readonly reason: string
  readonly effect?: 'Deny'
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }
}

const LAMBDA = 'lambda.amazonaws.com'

/** A role that may do this, and nothing more. */
export function roleWith(scope: Construct, id: string, service: string, description: string, permissions: readonly Permission[]): iam.Role {
  const principal = new iam.ServicePrincipal(service)
  const role = new iam.Role(scope, id, {
    // services that act for whoever asks them must be asked by this account; Lambda has no such condition
    assumedBy: service === LAMBDA ? principal : principal.withConditions({ StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }),
    description,
    inlinePolicies: { Permissions: new iam.PolicyDocument({ statements: permissions.map(statementOf) }) },
  })
  explainWildcards(role, permissions)
  return role
}

export function statementOf({ sid, effect, actions, resources, conditions }: Permission): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    effect: effect === 'Deny' ? iam.Effect.DENY : iam.Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  })
}

export const writeLogs = (logGroup: string): Permission => ({
  sid: 'WriteLogs',
  reason: 'log lines of the functions, into the log group of the pipeline and no other',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [logGroup],
})

export const TRACE: Permission = {
  sid: 'Trace',
  reason: 'X-Ray takes segments for the account as a whole and knows no resources',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
}

export const TRACE_MACHINE: Permission = {
  ...TRACE,
  reason: 'X-Ray takes segments and gives sampling rules for the account as a whole and knows no resources',
  actions: [...TRACE.actions, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
}

/** `bucket` is an ARN. */
export const keepRuns = (bucket: string): readonly Permission[] => [
  {
    sid: 'KeepRuns',
    reason:
      'the store of runs: tasks read what tasks before them wrote, replace their own on a retry, and remove drafts; and what pipelines remember',
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [`${bucket}/runs/*`, `${bucket}/state/*`],
  },
  {
    sid: 'ListRuns',
    reason: 'listing the objects of a run; and S3 tells who may list that an object is missing, and anybody else that access is denied',
    actions: ['s3:ListBucket'],
    resources: [bucket],
    // the key of an object that is asked for is no prefix, so the condition must hold where there is none
    conditions: { StringLikeIfExists: { 's3:prefix': ['runs/*', 'state/*'] } },
  },
]

const bucketArn = (partition: string, { bucket }: S3Location) => `arn:${partition}:s3:::${bucket}`
const objectsArn = (partition: string, place: S3Location) => `${bucketArn(partition, place)}/${place.prefix}*`

export function readSources(partition: string, places: readonly S3Location[]): readonly Permission[] {
  if (places.length === 0) return []
  return [
    {
      sid: 'ReadSources',
      reason: 'the data the pipeline works on, below the prefixes it names',
      actions: ['s3:GetObject'],
      resources: places.map((place) => objectsArn(partition, place)),
    },
    ...listing(
      'ListSources',
      'finding the files of a source, and telling one that is missing from one that is forbidden',
      partition,
      places,
    ),
  ]
}

export function publishOutputs(partition: string, places: readonly S3Location[]): readonly Permission[] {
  if (places.length === 0) return []
  return [
    {
      sid: 'PublishOutputs',
      reason:
        'files of the output and its manifest, put into their place when the run has balanced; those of the run before are removed then',
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: places.map((place) => objectsArn(partition, place)),
    },
    ...listing('ListOutputs', 'seeing whether the output place holds files that are not ours', partition, places),
  ]
}

/** One statement for each bucket, because the condition is about its prefixes. */
function listing(sid: string, reason: string, partition: string, places: readonly S3Location[]): readonly Permission[] {
  const buckets = [...new Set(places.map(({ bucket }) => bucket))]
  return buckets.map((bucket, at) => ({
    sid: `${sid}${at === 0 ? '' : at + 1}`,
    reason,
    actions: ['s3:ListBucket'],
    resources: [bucketArn(partition, { bucket, prefix: '' })],
    conditions: {
      StringLikeIfExists: { 's3:prefix': places.filter((place) => place.bucket === bucket).map(({ prefix }) => `${prefix}*`) },
    },
  }))
}

/** `keys` are ARNs. */
export function useKeys(keys: readonly string[]): readonly Permission[] {
  if (keys.length === 0) return []
  return [
    {
      sid: 'UseKeys',
      reason: "buckets encrypted with keys of one's own are read and written with them, and what S3 does not ask for is not",
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: keys,
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } },
    },
  ]
}

/** `prefix` is what the names begin with in Secrets Manager, which puts six characters of its own behind each. */
export function readSecrets(partition: string, prefix: string, names: readonly string[]): readonly Permission[] {
  if (names.length === 0) return []
  return [
    {
      sid: 'ReadSecrets',
      reason: 'the secrets the definition names, looked up by the tasks that need them; nobody else is given them',
      actions: ['secretsmanager:GetSecretValue'],
      resources: names.map((name) => `arn:${partition}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${prefix}${name}-??????`),
    },
  ]
}

/** What is written where uploads are waited for would start the next run, and that one the next. */
export function neverStartOneself(partition: string, triggers: readonly Trigger[]): readonly Permission[] {
  const watched = triggers.flatMap((trigger) => (trigger.type === 's3' ? [trigger] : []))
  if (watched.length === 0) return []
  return [
    {
      sid: 'NeverStartOneself',
      reason: 'a pipeline that writes where it waits for uploads would start itself for ever; whatever its inputs say, it cannot',
      effect: 'Deny',
      actions: ['s3:PutObject'],
      resources: watched.map(({ bucket, prefix = '', suffix = '' }) => `arn:${partition}:s3:::${bucket}/${prefix}*${suffix}`),
    },
  ]
}

/** `functions` are ARNs of the functions, or of all versions of each. */
export const runTasks = (functions: readonly string[]): Permission => ({
  sid: 'RunTasks',
  reason: 'the machine calls the functions of its pipeline; any version, so that a machine rolled back finds the version it was made for',
  actions: ['lambda:InvokeFunction'],
  resources: functions,
})

export const DELIVER_LOGS: Permission = {
  sid: 'DeliverLogs',
  reason: 'Step Functions sets up the delivery of its log with these, and they know no resources (Step Functions guide, "Logging")',
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  resources: ['*'],
}

/** What a Distributed Map reads and writes itself. `bucket` is an ARN. */
export const mapOverStore = (bucket: string): readonly Permission[] => [
  {
    sid: 'ReadItems',
    reason: 'the lists of items a distributed map goes through; the number of the run and the step are known only then',
    actions: ['s3:GetObject'],
    resources: [`${bucket}/runs/*/data/*/items-*.json`],
  },
  {
    sid: 'WriteResults',
    reason: 'where a distributed map keeps the results of its children',
    actions: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
    resources: [`${bucket}/runs/*/data/*/results-*`],
  },
]

/**
 * What a Distributed Map does with its children, which are executions of the machine itself. `executions` is the beginning of the ARNs
 * of the machine's executions; those of children go on with `/LABEL:NAME`.
 * Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
 */
export const runChildren = (machine: string, executions: string): readonly Permission[] => [
  {
    sid: 'StartChildren',
    reason: 'a distributed map starts an execution for each of its items',
    actions: ['states:StartExecution'],
    resources: [machine],
  },
  {
    sid: 'FollowChildren',
    reason: 'a distributed map watches its children and stops them with itself; their names are made when they start',
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [`${executions}:*`, `${executions}/*`],
  },
  {
    sid: 'RedriveChildren',
    reason: 'when a run is redriven, so are those of its children that failed',
    actions: ['states:RedriveExecution'],
    resources: [`${executions}/*`],
  },
]

/** `queue` is an ARN. */
export const takeStarts = (queue: string): Permission => ({
  sid: 'TakeStarts',
  reason: 'Lambda takes messages out of the queue of starts with the role of the function that gets them',
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
  resources: [queue],
})

/** `bucket` is an ARN. */
export const keepStartState = (bucket: string, pipeline: string): readonly Permission[] => [
  {
    sid: 'RememberStarts',
    reason: 'which events belong to which run, and the last moment of the schedule, so that nothing starts twice and nothing is missed',
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [`${bucket}/starts/${pipeline}/*`],
  },
  {
    sid: 'MissStarts',
    reason: 'S3 tells who may list that an object is missing, and anybody else that access is denied',
    actions: ['s3:ListBucket'],
    resources: [bucket],
    conditions: { StringLikeIfExists: { 's3:prefix': [`starts/${pipeline}/*`] } },
  },
]

/** `alias` is what runs must be started through; undefined when there is none. */
export const startRuns = (machine: string, executions: string, alias: string | undefined): readonly Permission[] => [
  {
    sid: 'StartRuns',
    reason: 'starting a run of the pipeline, of the version that is live',
    actions: ['states:StartExecution'],
    resources: [machine],
    // Step Functions judges aliases by the ARN of their machine. Source: its guide, "Authorization for versions and aliases".
    ...(alias === undefined ? {} : { conditions: { StringEquals: { 'states:StateMachineQualifier': alias } } }),
  },
  {
    sid: 'CountRuns',
    reason: 'counting the runs under way, for max_active_runs',
    actions: ['states:ListExecutions'],
    resources: [machine],
  },
  {
    sid: 'KnowRuns',
    reason: 'telling a run that was started before from a new one; their names are made when they start',
    actions: ['states:DescribeExecution'],
    resources: [`${executions}:*`],
  },
]

/** `queues` are ARNs. */
export const sendDueTimes = (queues: readonly string[]): Permission => ({
  sid: 'TellMoments',
  reason: 'the schedule puts its moments into the queue of starts, and those it cannot into the queue of the dead',
  actions: ['sqs:SendMessage'],
  resources: queues,
})
