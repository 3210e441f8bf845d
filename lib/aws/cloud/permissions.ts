/**
 * All permissions: every statement of every role, with its reason; that on the Glue catalog is in catalog-permissions.ts. No other code grants permissions; tests compare the templates with
 * exactly these.
 */
import { Aws, Token } from 'aws-cdk-lib'
import type { Permission } from './permission.ts'
import type { Trigger } from '#language/definition/definition.ts'
import type { S3Location } from '#language/compiler/places.ts'

export const writeLogs = (logGroup: string): Permission => ({
  sid: 'WriteLogs',
  reason: 'writes log lines of the functions to the log group of the pipeline',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [logGroup],
})

export const TRACE: Permission = {
  sid: 'Trace',
  reason: 'X-Ray accepts segments per account and has no resources',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
}

export const TRACE_MACHINE: Permission = {
  ...TRACE,
  reason: 'X-Ray accepts segments and returns sampling rules per account and has no resources',
  actions: [...TRACE.actions, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
}

/** Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC". */
export const USE_NETWORK: Permission = {
  sid: 'UseNetwork',
  reason: 'Lambda connects the functions to the VPC with their role; these actions have no resources that are known before',
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
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
    reason: 'lists the objects of a run; without this permission S3 reports a missing object as access denied',
    actions: ['s3:ListBucket'],
    resources: [bucket],
    // a request for an object has no prefix, so the condition must hold without one
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
      reason: 'reads the data of the pipeline, below the prefixes it names',
      actions: ['s3:GetObject'],
      resources: places.map((place) => objectsArn(partition, place)),
    },
    ...listing('ListSources', 'finds the files of a source, and distinguishes missing from forbidden ones', partition, places),
  ]
}

export function publishOutputs(partition: string, places: readonly S3Location[]): readonly Permission[] {
  if (places.length === 0) return []
  return [
    {
      sid: 'PublishOutputs',
      reason: 'publishes the files of the output and the manifest once the run has balanced, and removes those of the run before',
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: places.map((place) => objectsArn(partition, place)),
    },
    ...listing('ListOutputs', 'checks whether the output location contains other files', partition, places),
  ]
}

/** One statement per bucket, because the condition lists its prefixes. */
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

/** `keys` are ARNs. S3 uses a key in the region of its bucket, which is that of the key. */
export function useKeys(keys: readonly string[]): readonly Permission[] {
  const regionOf = (key: string) => (Token.isUnresolved(key) ? Aws.REGION : (key.split(':')[3] ?? ''))
  return [...new Set(keys.map(regionOf))].map((region, at) => ({
    sid: `UseKeys${at === 0 ? '' : at + 1}`,
    reason: 'reads and writes buckets encrypted with customer keys, only on behalf of S3',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [...new Set(keys.filter((key) => regionOf(key) === region))],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
  }))
}

/** `prefix` is the prefix of the names in Secrets Manager, which appends six characters to each. */
export function readSecrets(partition: string, prefix: string, names: readonly string[]): readonly Permission[] {
  if (names.length === 0) return []
  return [
    {
      sid: 'ReadSecrets',
      reason: 'reads the secrets that the definition names, in the tasks that use them',
      actions: ['secretsmanager:GetSecretValue'],
      resources: names.map((name) => `arn:${partition}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${prefix}${name}-??????`),
    },
  ]
}

/** `topics` are ARNs. */
export function sendMail(topics: readonly string[]): readonly Permission[] {
  if (topics.length === 0) return []
  return [
    {
      sid: 'SendMail',
      reason: 'publishes the messages of the pipeline to the topics that mail them',
      actions: ['sns:Publish'],
      resources: topics,
    },
  ]
}

/** Writing where a trigger waits for uploads would start the next run, and that one the next. */
export function neverStartOneself(partition: string, triggers: readonly Trigger[]): readonly Permission[] {
  const watched = triggers.flatMap((trigger) => (trigger.type === 's3' ? [trigger] : []))
  if (watched.length === 0) return []
  return [
    {
      sid: 'NeverStartOneself',
      reason: 'denies writing where the pipeline waits for uploads, whatever its inputs are: it would start itself forever',
      effect: 'Deny',
      actions: ['s3:PutObject'],
      resources: watched.map(({ bucket, prefix = '', suffix = '' }) => `arn:${partition}:s3:::${bucket}/${prefix}*${suffix}`),
    },
  ]
}

/** `functions` are ARNs of the functions, or of all versions of each. */
export const runTasks = (functions: readonly string[]): Permission => ({
  sid: 'RunTasks',
  reason: 'calls the functions of the pipeline; any version, so that a rolled-back machine finds its version',
  actions: ['lambda:InvokeFunction'],
  resources: functions,
})

/** `names` are names of functions, also with a qualifier, or ARNs. */
export function callOwnFunctions(partition: string, names: readonly string[]): readonly Permission[] {
  if (names.length === 0) return []
  const arnOf = (name: string) =>
    name.startsWith('arn:') ? name : `arn:${partition}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${name}`
  return [
    {
      sid: 'CallOwnFunctions',
      reason: 'calls the functions that the definition names; they are not part of the deployment',
      actions: ['lambda:InvokeFunction'],
      resources: names.map(arnOf),
    },
  ]
}

export const DELIVER_LOGS: Permission = {
  sid: 'DeliverLogs',
  reason: 'Step Functions sets up log delivery with these actions, which have no resources (Step Functions guide, "Logging")',
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

/** Objects that a distributed map itself reads and writes. `bucket` is an ARN. */
export const mapOverStore = (bucket: string): readonly Permission[] => [
  {
    sid: 'ReadItems',
    reason: 'reads the item lists of distributed maps; run and step are known only at run time',
    actions: ['s3:GetObject'],
    resources: [`${bucket}/runs/*/data/*/items-*.json`],
  },
  {
    sid: 'WriteResults',
    reason: 'writes the results of the children of distributed maps',
    actions: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
    resources: [`${bucket}/runs/*/data/*/results-*`],
  },
]

/**
 * Actions of a distributed map on its children, which are executions of the same machine. `executions` is the prefix of the ARNs of
 * the machine's executions; those of children continue with `/LABEL:NAME`.
 * Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
 */
export const runChildren = (machine: string, executions: string): readonly Permission[] => [
  {
    sid: 'StartChildren',
    reason: 'starts an execution for each item of a distributed map',
    actions: ['states:StartExecution'],
    resources: [machine],
  },
  {
    sid: 'FollowChildren',
    reason: 'watches the children of a distributed map and stops them with it; their names are known only at run time',
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [`${executions}:*`, `${executions}/*`],
  },
  {
    sid: 'RedriveChildren',
    reason: 'redrives failed children together with their run',
    actions: ['states:RedriveExecution'],
    resources: [`${executions}/*`],
  },
]

/** `queue` is an ARN. */
export const takeStarts = (queue: string): Permission => ({
  sid: 'TakeStarts',
  reason: 'Lambda receives messages of the start queue with the role of the function',
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
  resources: [queue],
})

/** `bucket` is an ARN. */
export const keepStartState = (bucket: string, pipeline: string): readonly Permission[] => [
  {
    sid: 'RememberStarts',
    reason: 'records which events belong to which run, and the last scheduled time, so that nothing starts twice or is missed',
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [`${bucket}/starts/${pipeline}/*`],
  },
  {
    sid: 'MissStarts',
    reason: 'without this permission S3 reports a missing object as access denied',
    actions: ['s3:ListBucket'],
    resources: [bucket],
    conditions: { StringLikeIfExists: { 's3:prefix': [`starts/${pipeline}/*`] } },
  },
]

/** `alias` is the alias that runs must start through; undefined if there is none. */
export const startRuns = (machine: string, executions: string, alias: string | undefined): readonly Permission[] => [
  {
    sid: 'StartRuns',
    reason: 'starts runs of the pipeline, of the live version',
    actions: ['states:StartExecution'],
    resources: [machine],
    // Step Functions authorizes aliases by the ARN of their machine. Source: its guide, "Authorization for versions and aliases".
    ...(alias === undefined ? {} : { conditions: { StringEquals: { 'states:StateMachineQualifier': alias } } }),
  },
  {
    sid: 'CountRuns',
    reason: 'counts the running executions, for max_active_runs',
    actions: ['states:ListExecutions'],
    resources: [machine],
  },
  {
    sid: 'KnowRuns',
    reason: 'distinguishes a run started before from a new one; names are known only at run time',
    actions: ['states:DescribeExecution'],
    resources: [`${executions}:*`],
  },
]

/** `queues` are ARNs. */
export const sendDueTimes = (queues: readonly string[]): Permission => ({
  sid: 'TellMoments',
  reason: 'the schedule sends its times to the start queue, and those it cannot deliver to the dead-letter queue',
  actions: ['sqs:SendMessage'],
  resources: queues,
})
