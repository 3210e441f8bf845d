/** The services the story asks, with the calls it needs. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { CreateQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

export type Services = ReturnType<typeof openServices>

const sleep = (milliseconds: number) => new Promise((later) => setTimeout(later, milliseconds))

/** Answers give a moment to the second, or more exactly. */
const secondOf = (moment: Date | undefined) => Math.floor((moment?.getTime() ?? 0) / 1000)

/** Asks again and again until the answer is there; fails after so many seconds. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    const answer = await ask()
    if (answer !== undefined) return answer
  }
  throw new Error(`${what}: nothing within ${seconds} seconds`)
}

export function openServices(env: { readonly [name: string]: string }) {
  const common = {
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  }
  const s3 = new S3Client({ ...common, forcePathStyle: true })
  const sfn = new SFNClient(common)
  const lambda = new LambdaClient(common)
  const sqs = new SQSClient(common)
  const sns = new SNSClient(common)
  const watch = new CloudWatchClient(common)
  const scheduler = new SchedulerClient(common)
  const stacks = new CloudFormationClient(common)

  const describe = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }))
  return {
    createBucket: async (bucket: string) => {
      await s3.send(new CreateBucketCommand({ Bucket: bucket }))
      await s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } }),
      )
    },
    put: (bucket: string, key: string, body: Uint8Array | string) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
    get: async (bucket: string, key: string): Promise<Uint8Array> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return (await Body?.transformToByteArray()) ?? new Uint8Array()
    },
    changedAt: async (bucket: string, key: string) =>
      secondOf((await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).LastModified),
    /** When each object of a prefix was written, once nothing is written any more. */
    settled: async (bucket: string, prefix: string): Promise<ReadonlyMap<string, number>> => {
      let before = ''
      return eventually(`an end to what is written to ${prefix}`, 60, async () => {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
        const found = new Map(Contents.map(({ Key = '', LastModified }) => [Key, secondOf(LastModified)]))
        const now = JSON.stringify([...found])
        const still = now === before
        before = now
        if (!still) await sleep(1500)
        return still ? found : undefined
      })
    },
    keys: async (bucket: string, prefix: string) => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
    },
    definition: async (stateMachineArn: string) => (await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition ?? '',
    start: async (stateMachineArn: string, name: string, input: unknown) =>
      (await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }))).executionArn ?? '',
    history: async (executionArn: string) =>
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, includeExecutionData: true }))).events ?? [],
    executions: async (stateMachineArn: string) => (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [],
    /** The execution once it is over. */
    ended: (executionArn: string): Promise<DescribeExecutionCommandOutput> =>
      eventually(`the end of ${executionArn}`, 600, async () => {
        const found = await describe(executionArn)
        return found.status === 'RUNNING' ? undefined : found
      }),
    invoke: async (name: string, payload: unknown): Promise<{ readonly error: boolean; readonly answer: unknown }> => {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(payload)) }),
      )
      return { error: FunctionError !== undefined, answer: JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null') }
    },
    /** A queue that is subscribed to a topic. */
    listen: async (topic: string, queue: string) => {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: queue }))
      const arn = `arn:aws:sqs:${common.region}:${env['CDK_DEFAULT_ACCOUNT']}:${queue}`
      await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: arn }))
      return (about: string) =>
        eventually(`a message about ${about}`, 60, async () => {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }))
          return Messages.map(({ Body = '' }) => Body).find((body) => body.includes(about))
        })
    },
    /** What EventBridge Scheduler does at a moment of a schedule; emulators do not fill in the moment. */
    strike: async (prefix: string, moment: string) => {
      const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}))
      const found = Schedules.find(({ Name }) => Name?.startsWith(prefix))
      if (found === undefined) throw new Error(`no schedule begins with ${prefix}`)
      const { Target, State } = await scheduler.send(
        new GetScheduleCommand({ Name: found.Name ?? '', GroupName: found.GroupName ?? 'default' }),
      )
      const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: Target?.Arn?.split(':').at(-1) ?? '' }))
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: (Target?.Input ?? '').replaceAll('<aws.scheduler.scheduled-time>', moment) }),
      )
      return `${found.Name} is ${State}`
    },
    /** Names of the stacks there are, and the outputs of one. AWS does not list deleted stacks without their ids; LocalStack does. */
    stacks: async () =>
      ((await stacks.send(new DescribeStacksCommand({}))).Stacks ?? []).flatMap(({ StackName = '', StackStatus }) =>
        StackStatus === 'DELETE_COMPLETE' ? [] : [StackName],
      ),
    outputs: async (StackName: string): Promise<{ readonly [name: string]: string }> => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName }))
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
    },
    alarms: async (prefix: string) => {
      const { MetricAlarms = [] } = await watch.send(new DescribeAlarmsCommand({}))
      return MetricAlarms.flatMap(({ AlarmName, AlarmActions = [], Threshold: threshold }) =>
        AlarmName?.startsWith(prefix) ? [{ name: AlarmName, actions: AlarmActions, threshold }] : [],
      )
    },
    ring: (alarm: string) =>
      watch.send(new SetAlarmStateCommand({ AlarmName: alarm, StateValue: 'ALARM', StateReason: 'the story rings it' })),
  }
}
