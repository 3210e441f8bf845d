/** A pipeline on AWS: everything a pipeline file needs there, as one construct for any CDK app. */
import { Aws, Duration, RemovalPolicy, Tags, Token } from 'aws-cdk-lib'
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Compiled } from '#language/compiler/compile.ts'
import { type FunctionKind, functionsOf, secretsOf } from '#language/compiler/functions.ts'
import { AlarmTopic } from './alarm-topic.ts'
import { Alarms } from './alarms.ts'
import { showInCatalog } from './catalog-permissions.ts'
import { dashboard } from './dashboard.ts'
import { assertKey, DataBucket, type StoreBucket } from './data-bucket.ts'
import { type MailTopics as MailTopicsNeeded, mailTopicsOf } from '#language/compiler/mail.ts'
import { failureNotice } from './failure-notice.ts'
import type { TaskMetric } from '#core/task/metrics.ts'
import { LIVE, Machine } from './machine.ts'
import { type IPipeline, ImportedPipeline } from './imported-pipeline.ts'
import { ownMetric, type RunMetric, runMetric } from './metrics.ts'
import {
  keepRuns,
  neverStartOneself,
  publishOutputs,
  readSecrets,
  readSources,
  sendMail,
  startRuns,
  TRACE,
  USE_NETWORK,
  useKeys,
  writeLogs,
} from './permissions.ts'
import type { Permission } from './permission.ts'
import { localAddresses } from '#language/compiler/only-local.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { triggersOnRuns } from '#language/definition/starts/run-keys.ts'
import { catalogTablesOf } from '#language/compiler/catalog-tables.ts'
import { type S3Location, placeIn, placesOf } from '#language/compiler/places.ts'
import { DefinitionError, readPipeline } from './read-pipeline.ts'
import { refuseToDeploy } from './refuse-to-deploy.ts'
import { MailTopics } from './mail-topics.ts'
import { networkOf } from './network.ts'
import type { PipelineProps } from './pipeline-props.ts'
import { grantAll } from './grant-all.ts'
import { secretsPrefix } from './settings.ts'
import { Starts, startsByItself } from './starts.ts'
import { TaskFunctions } from './task-functions.ts'
import { upstreamOf } from './upstream.ts'

/** Characters. Source: Tagging best practices, "Tag naming limits and requirements". */
const MAX_TAG_LENGTH = 256

const FIVE_MINUTES = Duration.minutes(5)

export class Pipeline extends Construct implements IPipeline {
  /** A pipeline that is deployed elsewhere, by its `StartArn`: the ARN of its machine, or of the alias that runs start through. */
  static fromArn(scope: Construct, id: string, arn: string): IPipeline {
    return new ImportedPipeline(scope, id, arn)
  }

  readonly compiled: Compiled
  readonly machine: Machine
  readonly tasks: TaskFunctions
  readonly starts: Starts | undefined
  readonly alarms: Alarms
  readonly bucket: s3.IBucket
  readonly logGroup: logs.LogGroup
  /** Name of the pipeline in log lines, metrics and alarms. */
  readonly service: string
  /** Locations it may publish to. */
  private readonly outputPlaces: readonly S3Location[]
  /** ARNs of the keys of its buckets. */
  private readonly keys: readonly string[]

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id)
    this.compiled = readPipeline(props)
    const upstream = upstreamOf(this.compiled.definition, props)
    const { definition, machine, hash } = this.compiled
    const { architecture = 'arm64', versions = true, layer = true, service = definition.id, roles = {}, tags = {} } = props
    const network = networkOf(props)
    if (props.boundary !== undefined) iam.PermissionsBoundary.of(this).apply(props.boundary)
    this.service = service
    const prefix = secretsPrefix(props.environment)
    const secrets = secretsOf(machine)
    const { level: logLevel, retention_days, sampling_rate: logSampling } = definition.monitoring.logs
    const retention = props.logRetention ?? (retention_days as logs.RetentionDays)
    const { removalPolicy: logsRemoval = RemovalPolicy.DESTROY } = props
    this.bucket = props.dataBucket ?? ownBucket(this, props)
    const bucket = { name: this.bucket.bucketName, arn: this.bucket.bucketArn, key: this.bucket.encryptionKey?.keyArn }
    this.keys = [...(props.keys ?? []).map(assertKey), ...(bucket.key === undefined ? [] : [bucket.key])]
    this.outputPlaces = [
      ...placesOf(this.compiled).outputs,
      ...(props.outputs ?? []).flatMap(assertPlace),
      { bucket: bucket.name, prefix: `processed/${definition.id}/` },
    ]
    // a bucket of this app gets its name when it is deployed
    const loops = Token.isUnresolved(bucket.name) ? [] : triggersOnRuns(definition, this.compiled.map, props.file, bucket.name)
    if (loops.length > 0) throw new DefinitionError(loops)
    for (const problem of localAddresses(this.compiled, props.file)) refuseToDeploy(this, 'LocalAddress', formatProblem(problem))
    this.logGroup = new logs.LogGroup(this, 'Log', { retention, removalPolicy: logsRemoval })
    const mail = mailTopicsOf(this.compiled)
    const topics = this.topics(props, mail)
    const mailed = new MailTopics(
      this,
      'Mail',
      mail.lists,
      topics.own === undefined ? new Map() : new Map([[mail.failures.join(','), topics.own]]),
    ).arns
    if (mail.unknown.length > 0)
      refuseToDeploy(
        this,
        'MailAddresses',
        `the addresses of ${mail.unknown.join(', ')} are known only in a run, and a topic must know them before: write them, or set \`smtp\``,
      )
    this.tasks = new TaskFunctions(this, 'Tasks', {
      functions: functionsOf(machine),
      architecture,
      service,
      bucket: bucket.name,
      logGroup: this.logGroup,
      logLevel,
      logSampling,
      layer,
      versions,
      network,
      roles,
      assets: this.compiled.assets,
      ...(secrets.control.length + secrets.data.length === 0 ? {} : { secretsPrefix: prefix }),
      ...(mail.lists.size === 0 && Object.keys(definition.notifications).length === 0
        ? {}
        : { messages: { topics: mailed, on: ` --on aws${props.environment === undefined ? '' : ` --env ${props.environment}`}` } }),
      permissions: this.permissions(props, bucket, upstream.read, Object.values(mailed), (kind) =>
        readSecrets(Aws.PARTITION, prefix, secrets[kind]),
      ),
    })
    this.machine = new Machine(this, 'Machine', {
      compiled: this.compiled,
      functions: this.tasks.arns,
      callable: this.tasks.callable,
      bucket,
      retention,
      versions,
      role: roles.machine,
      removalPolicy: logsRemoval,
    })
    const common = { definition, service, machine: this.machine, bucket, architecture, logGroup: this.logGroup, logLevel, network, roles }
    this.starts = startsByItself(definition)
      ? new Starts(this, 'Starts', { ...common, machines: upstream.machines, now: new Date() })
      : undefined
    const watched = { definition, service, machine: this.machine.machine, starts: this.starts }
    this.alarms = new Alarms(this, 'Alarms', { ...watched, topics: topics.all })
    const noticed = { definition, machine: this.machine, environment: props.environment }
    // what the machine mails itself is not mailed twice; it cannot mail of a run that was stopped from outside
    const stopped = ['TIMED_OUT', 'ABORTED'] as const
    const mailsFailures = topics.own !== undefined && mail.failures.length > 0
    failureNotice(this, 'FailureNotice', { ...noticed, topics: topics.all, statuses: mailsFailures ? stopped : ['FAILED', ...stopped] })
    if (mailsFailures && topics.given.length > 0)
      failureNotice(this, 'FailureNoticeGiven', { ...noticed, topics: topics.given, statuses: ['FAILED'] })
    if (props.dashboard ?? true) {
      dashboard(this, 'Dashboard', { ...watched, functions: this.tasks.functions, alarms: this.alarms.all, logGroup: this.logGroup })
    }
    this.tag(hash)
    for (const [name, value] of Object.entries(tags)) Tags.of(this).add(name, value)
  }

  /** The ARN of the machine, as events about its runs have it. */
  get machineArn(): string {
    return this.machine.machine.stateMachineArn
  }

  /** What runs are started with. */
  get startArn(): string {
    return this.machine.startArn
  }

  /** Lets a role or user start runs of the live version, and see whether they have ended. */
  grantStart(grantee: iam.IGrantable): void {
    const { machine, executions, alias } = this.machine
    grantAll(grantee, startRuns(machine.stateMachineArn, executions, alias === undefined ? undefined : LIVE))
  }

  /** Lets a role or user read what the pipeline publishes. */
  grantReadOutput(grantee: iam.IGrantable): void {
    grantAll(grantee, [...readSources(Aws.PARTITION, this.outputPlaces), ...useKeys(this.keys)])
  }

  /** A metric of runs, such as `ExecutionsFailed` (default: the sum of 5 minutes). */
  metricOfRuns(name: RunMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return runMetric(this.machine.machine, name, FIVE_MINUTES).with(options)
  }

  /** A metric of rows and tasks, such as `RowsQuarantined` (default: the sum of 5 minutes). */
  metricOfTasks(name: TaskMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return ownMetric(this.service, name, FIVE_MINUTES).with(options)
  }

  private permissions(
    { sources = [], vpc }: PipelineProps,
    bucket: StoreBucket,
    upstream: readonly string[],
    topics: readonly string[],
    secrets: (kind: FunctionKind) => readonly Permission[],
  ): { control: readonly Permission[]; data: readonly Permission[] } {
    const { definition } = this.compiled
    const known = placesOf(this.compiled)
    const own = ['incoming/', ...upstream.map((pipeline) => `processed/${pipeline}/`)]
    const reads: readonly S3Location[] = [
      ...known.sources,
      ...sources.flatMap(assertPlace),
      ...own.map((prefix) => ({ bucket: bucket.name, prefix })),
    ]
    const both = [
      writeLogs(this.logGroup.logGroupArn),
      TRACE,
      ...keepRuns(bucket.arn),
      ...readSources(Aws.PARTITION, reads),
      ...useKeys(this.keys),
      ...neverStartOneself(Aws.PARTITION, definition.triggers),
      ...(vpc === undefined ? [] : [USE_NETWORK]),
    ]
    return {
      data: [...both, ...secrets('data')],
      control: [
        ...both,
        ...secrets('control'),
        ...sendMail(topics),
        ...publishOutputs(Aws.PARTITION, this.outputPlaces),
        ...showInCatalog(Aws.PARTITION, catalogTablesOf(this.compiled)),
      ],
    }
  }

  /** ARNs of the topics of alarms and failures: the given one, and a new one for the addresses of the definition. */
  private topics({ alarmTopic }: PipelineProps, { failures }: MailTopicsNeeded) {
    const given = alarmTopic === undefined ? [] : [alarmTopic.topicArn]
    const own = failures.length === 0 && given.length > 0 ? undefined : new AlarmTopic(this, 'Alarm', failures).topic.topicArn
    return { given, own, all: [...given, ...(own === undefined ? [] : [own])] }
  }

  /** Tags for cost allocation. */
  private tag(hash: string): void {
    const { id, owner, tags } = this.compiled.definition
    Tags.of(this).add('siftstep:pipeline', id)
    if (owner !== undefined) Tags.of(this).add('siftstep:owner', owner)
    if (tags.length > 0) Tags.of(this).add('siftstep:tags', tags.join(' ').slice(0, MAX_TAG_LENGTH))
    // only on the machine: on everything, a changed description would update every resource
    Tags.of(this.machine.machine).add('siftstep:definition', hash)
  }
}

function ownBucket(scope: Construct, { keepRuns, dataKey: encryptionKey, removalPolicy }: PipelineProps): s3.IBucket {
  return new DataBucket(scope, 'Data', { keepRuns, encryptionKey, removalPolicy }).bucket
}

function assertPlace(uri: string): readonly S3Location[] {
  const places = placeIn(uri)
  if (places.length === 0) throw new Error(`'${uri}' is not a location in S3: use s3://bucket/prefix`)
  return places
}
