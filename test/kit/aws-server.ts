/**
 * Step Functions, CloudFormation and CloudWatch Logs on the loopback, as far as the command line asks them: machines are run by the
 * embedded engine, tasks by the real handler on a store in the test's S3. It rejects unknown requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { S3Client } from '@aws-sdk/client-s3'
import type { Compiled } from '#language/compiler/compile.ts'
import { functionsOf } from '#language/compiler/functions.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { s3Store } from '#io/store/s3.ts'
import { handle } from '#run/tasks/handler.ts'
import { startS3 } from './s3-server.ts'
import type { Json, JsonObject } from '#core/json.ts'

const REGION = 'eu-west-1'
const ACCOUNT = '111111111111'
const BUCKET = 'siftstep-data'
const MACHINE_ROLE = `arn:aws:iam::${ACCOUNT}:role/machine`

/** The machine of a version or an alias: `arn:…:stateMachine:NAME:7`. */
const unqualified = (arn: string) => arn.split(':').slice(0, 7).join(':')

interface Execution {
  readonly name: string
  readonly arn: string
  readonly machine: string
  readonly version: string | undefined
  readonly definition: string
  readonly input: string
  readonly started: number
  readonly events: HistoryEvent[]
  readonly stop: AbortController
  status: string
  stopped?: number
  error?: string | undefined
  cause?: string | undefined
  over: Promise<void>
}

interface MapRun {
  total: number
  succeeded: number
}

interface Stack {
  readonly name: string
  readonly outputs: { readonly [name: string]: string }
  /** Why it cannot be deleted. */
  readonly stays?: string
  /** As JSON. */
  readonly template?: string
  /** The types of its resources. */
  readonly resources?: readonly string[]
}

interface TestFunction {
  readonly CodeSha256: string
  readonly Role: string
  readonly Layers?: readonly { readonly Arn: string }[]
  readonly MemorySize?: number
  readonly Timeout?: number
}

export interface TestAws {
  /** What the command line needs to know, as variables of the environment. */
  readonly env: { readonly [name: string]: string }
  readonly bucket: string
  readonly s3: Awaited<ReturnType<typeof startS3>>
  readonly stacks: Stack[]
  /** Targets asked so far: `StartExecution`. */
  readonly calls: string[]
  readonly executions: ReadonlyMap<string, Execution>
  /** Numbers of the versions of every machine, the newest first. */
  versions: readonly number[]
  /** The version that each alias points to: ARNs. */
  readonly aliases: Map<string, string>
  /** Functions by name or by the ARN of a version, as Lambda describes them. */
  readonly functions: Map<string, TestFunction>
  /** Names of the secrets in Secrets Manager. */
  readonly secrets: Set<string>
  /** What Lambda says of the account. */
  account: JsonObject
  /** Lines of the log: what tasks would have written. */
  readonly lines: { readonly group: string; readonly message: string; readonly at: number }[]
  deploy(compiled: Compiled, environment?: string): void
  /** Called before each task; what it throws is the task's failure. */
  beforeTask: (event: TaskEvent) => void | Promise<void>
  /** Responds like MiniStack: histories without previous event ids and payloads, and unfiltered logs. */
  sparse: boolean
  /** Answers of targets that one test asks. */
  readonly answers: Map<string, (input: JsonObject) => Json | Promise<Json>>
  /** Overrides the responses of a target. */
  refuse(target: string, status: number, type: string, message: string): void
  /** Removes the override of a target. */
  accept(target: string): void
  close(): Promise<void>
}

/** What an emulator reports. */
const isRecorded = ({ type, stateEnteredEventDetails: entered, stateExitedEventDetails: exited }: HistoryEvent) =>
  !/^(TaskStarted|MapIteration\w+|MapStateStarted|MapStateSucceeded)$/.test(type) && !(entered ?? exited)?.name.endsWith('.item')

function sparse({ previousEventId: _, taskScheduledEventDetails: scheduled, ...event }: HistoryEvent, at: number) {
  const { parameters: __, ...rest } = scheduled ?? { parameters: '' }
  return { ...event, id: at + 1, ...(scheduled === undefined ? {} : { taskScheduledEventDetails: rest }) }
}

export async function startAws(): Promise<TestAws> {
  const s3 = await startS3()
  s3.objects.createBucket(BUCKET)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const objects = new S3Client({ endpoint: s3.url, region: REGION, forcePathStyle: true, credentials })
  const store = s3Store({ bucket: BUCKET, client: objects })
  const machines = new Map<string, string>()
  const executions = new Map<string, Execution>()
  const mapRuns = new Map<string, MapRun>()
  const refusals = new Map<string, { status: number; type: string; message: string }>()

  const aws: TestAws = {
    env: {},
    bucket: BUCKET,
    s3,
    stacks: [],
    calls: [],
    executions,
    versions: [],
    aliases: new Map(),
    functions: new Map(),
    secrets: new Set(),
    account: {},
    lines: [],
    answers: new Map(),
    deploy(compiled, environment) {
      const suffix = environment === undefined ? '' : `-${environment}`
      const { id } = compiled.definition
      const arn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${id}${suffix}`
      machines.set(
        arn,
        compiled.text
          // names are opaque, like those CloudFormation generates
          .replaceAll(/\$\{(\w+Function\d*)\}/g, (_, name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:stack-${name.length}:3`)
          .replaceAll(/\$\{DataBucket\}/g, BUCKET),
      )
      aws.stacks.push({
        name: `siftstep-${id.replaceAll('_', '-')}${suffix}`,
        outputs: {
          PipelineId: id,
          DefinitionHash: compiled.hash,
          StateMachine: arn,
          StartArn: arn,
          DataBucket: BUCKET,
          LogGroup: `log-${id}`,
          Architecture: 'x86_64',
          MachineRole: MACHINE_ROLE,
          Functions: functionsOf(compiled.machine)
            .map(({ name }) => `${name}=stack-${name.length}`)
            .join(','),
        },
      })
    },
    beforeTask: () => {},
    sparse: false,
    refuse: (target, status, type, message) => void refusals.set(target, { status, type, message }),
    accept: (target) => void refusals.delete(target),
    close: async () => {
      for (const { stop } of executions.values()) stop.abort()
      await Promise.all([...executions.values()].map(({ over }) => over))
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await s3.close()
    },
  }

  function start(qualified: string, name: string, input: string): Execution {
    const machine = unqualified(qualified)
    const version = aws.aliases.get(qualified) ?? (qualified === machine ? undefined : qualified)
    const definition = machines.get(machine)
    if (definition === undefined) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machine}'`)
    const arn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`
    if (executions.has(arn)) throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`)
    const found: Execution = {
      name,
      arn,
      machine,
      version,
      definition,
      input,
      started: Date.now(),
      events: [],
      stop: new AbortController(),
      status: 'RUNNING',
      over: Promise.resolve(),
    }
    executions.set(arn, found)
    found.over = run(found)
    return found
  }

  async function run(found: Execution): Promise<void> {
    let items = 0
    const execution = await execute(JSON.parse(found.definition) as Machine, JSON.parse(found.input) as Json, {
      invoke: async ({ payload }) => {
        const event = payload as unknown as TaskEvent
        await aws.beforeTask(event)
        aws.lines.push({
          group: `log-${event.pipeline.id}`,
          at: Date.now(),
          message: JSON.stringify({
            level: 'INFO',
            message: 'task done',
            timestamp: new Date().toISOString(),
            run: event.run.id,
            step: event.step,
            task: event.task,
            seconds: 0.1,
          }),
        })
        return (await handle(event, { store, memory: 500_000_000 })) as Json
      },
      objects: {
        get: async (_bucket, key) => {
          const bytes = (await store.read(key)) ?? new Uint8Array()
          items = (JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown[]).length
          return bytes
        },
        put: (_bucket, key, bytes) => store.write(key, bytes),
      },
      clock: systemClock,
      random: Math.random,
      execution: { id: found.arn, name: found.name, startTime: new Date(found.started), roleArn: 'arn:role' },
      stateMachine: { id: found.machine, name: found.machine.split(':').at(-1) ?? '' },
      signal: found.stop.signal,
      onEvent: (event, child) => {
        if (child === undefined) found.events.push(event)
        if (child === undefined && event.mapRunStartedEventDetails !== undefined)
          mapRuns.set(event.mapRunStartedEventDetails.mapRunArn, { total: 0, succeeded: 0 })
        const own = child === undefined ? undefined : mapRuns.get(child.mapRunArn)
        if (own !== undefined) own.total = items
        if (own !== undefined && event.type === 'ExecutionSucceeded') own.succeeded++
      },
    })
    found.status = execution.status
    found.stopped = Date.now()
    if (execution.status === 'FAILED') Object.assign(found, { error: execution.error, cause: execution.cause })
  }

  const described = ({ name, arn, machine, version, status, started, stopped, input, error, cause }: Execution): Json => ({
    name,
    executionArn: arn,
    stateMachineArn: machine,
    ...(version === undefined ? {} : { stateMachineVersionArn: version }),
    status,
    startDate: started / 1000,
    ...(stopped === undefined ? {} : { stopDate: stopped / 1000 }),
    input,
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  })
  const executionOf = (arn: Json | undefined) => {
    const found = executions.get(String(arn))
    if (found === undefined) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`)
    return found
  }

  const TARGETS: { readonly [target: string]: (input: JsonObject) => Json } = {
    StartExecution: ({ stateMachineArn, name, input }) => {
      const { arn, started } = start(String(stateMachineArn), String(name), String(input))
      return { executionArn: arn, startDate: started / 1000 }
    },
    StopExecution: ({ executionArn }) => {
      executionOf(executionArn).stop.abort()
      return { stopDate: Date.now() / 1000 }
    },
    DescribeExecution: ({ executionArn }) => described(executionOf(executionArn)),
    DescribeStateMachineForExecution: ({ executionArn }) => ({ definition: executionOf(executionArn).definition }),
    DescribeStateMachine: ({ stateMachineArn }) => ({
      definition: machines.get(unqualified(String(stateMachineArn))) ?? '',
      roleArn: MACHINE_ROLE,
    }),
    DescribeStateMachineAlias: ({ stateMachineAliasArn }) => ({
      routingConfiguration: [{ stateMachineVersionArn: aws.aliases.get(String(stateMachineAliasArn)) ?? '', weight: 100 }],
    }),
    UpdateStateMachineAlias: ({ stateMachineAliasArn, routingConfiguration }) => {
      const [{ stateMachineVersionArn }] = routingConfiguration as unknown as [{ stateMachineVersionArn: string }]
      aws.aliases.set(String(stateMachineAliasArn), stateMachineVersionArn)
      return { updateDate: 1 }
    },
    ListExecutions: ({ stateMachineArn, statusFilter, maxResults }) => ({
      executions: [...executions.values()]
        .filter(({ machine, status }) => machine === stateMachineArn && (statusFilter === undefined || status === statusFilter))
        .sort((a, b) => b.started - a.started)
        .slice(0, Number(maxResults ?? 100))
        .map(described),
    }),
    GetExecutionHistory: ({ executionArn, nextToken, maxResults }) => {
      const from = Number(nextToken ?? 0)
      const whole = executionOf(executionArn).events
      const events = aws.sparse ? whole.filter(isRecorded).map(sparse) : whole
      const page = events.slice(from, from + Number(maxResults ?? 100))
      const next = from + page.length
      const asSent = page.map((event) => ({ ...event, timestamp: Date.parse(event.timestamp) / 1000 }))
      return { events: asSent as unknown as Json, ...(next < events.length ? { nextToken: String(next) } : {}) }
    },
    ListStateMachineVersions: ({ stateMachineArn, maxResults }) => ({
      stateMachineVersions: aws.versions
        .slice(0, Number(maxResults))
        .map((number) => ({ stateMachineVersionArn: `${String(stateMachineArn)}:${number}`, creationDate: 1 })),
    }),
    DescribeMapRun: ({ mapRunArn }) => ({ itemCounts: { ...(mapRuns.get(String(mapRunArn)) ?? { total: 0, succeeded: 0 }) } }),
    DescribeSecret: ({ SecretId }) => {
      if (!aws.secrets.has(String(SecretId))) throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the secret.")
      return { Name: String(SecretId) }
    },
    FilterLogEvents: ({ logGroupName, filterPattern }) => {
      const wanted = [...String(filterPattern).matchAll(/\$\.(\w+) = "([^"]*)"/g)]
      const fits = (message: string) => wanted.every(([, field = '', value]) => (JSON.parse(message) as JsonObject)[field] === value)
      return {
        events: (aws.sparse ? [{ group: String(logGroupName), message: 'START RequestId: 1', at: 0 }, ...aws.lines] : aws.lines)
          .filter(({ group, message }) => group === logGroupName && (aws.sparse || fits(message)))
          .map(({ message, at }) => ({ message, timestamp: at })),
      }
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const target =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    const [, called] = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/.exec(request.url ?? '') ?? []
    const isAccount = /^\/2016-08-19\/account-settings\/?$/.test(request.url ?? '')
    const action =
      called !== undefined
        ? 'GetFunctionConfiguration'
        : isAccount
          ? 'GetAccountSettings'
          : target === ''
            ? (new URLSearchParams(body).get('Action') ?? '')
            : target
    aws.calls.push(action)
    const refusal = refusals.get(action)
    try {
      if (refusal !== undefined) throw new ServiceError(refusal.type, refusal.message, refusal.status)
      if (called !== undefined) {
        const found = aws.functions.get(decodeURIComponent(called))
        const missing = { Type: 'User', Message: `Function not found: ${called}` }
        response.writeHead(found === undefined ? 404 : 200, {
          'content-type': 'application/json',
          ...(found === undefined ? { 'x-amzn-errortype': 'ResourceNotFoundException' } : {}),
        })
        response.end(JSON.stringify(found ?? missing))
        return
      }
      if (isAccount) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(aws.account))
        return
      }
      if (target === '') {
        const xml = stackAnswer(action, new URLSearchParams(body), aws.stacks)
        response.writeHead(200, { 'content-type': 'text/xml' }).end(xml)
        return
      }
      const known = aws.answers.get(target) ?? TARGETS[target]
      if (known === undefined) throw new Error(`the test's AWS does not know ${target}`)
      const json = JSON.stringify(await known(JSON.parse(body) as JsonObject))
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(json)
    } catch (error) {
      const { type = 'InternalFailure', status = 500 } = error as Partial<ServiceError>
      const { message } = error as Error
      if (target === '' && called === undefined && !isAccount)
        response
          .writeHead(status, { 'content-type': 'text/xml' })
          .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error></ErrorResponse>`)
      else response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type: type, message }))
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return Object.assign(aws, {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_MAX_ATTEMPTS: '1',
    },
  })
}

class ServiceError extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}

/** The XML of CloudFormation. */
function stackAnswer(action: string, form: URLSearchParams, stacks: Stack[]): string {
  const name = form.get('StackName')
  if (action === 'DeleteStack') {
    stacks.splice(0, stacks.length, ...stacks.filter((stack) => stack.name !== name || stack.stays !== undefined))
    return '<DeleteStackResponse><ResponseMetadata/></DeleteStackResponse>'
  }
  if (action === 'GetTemplate') {
    const { template } = stacks.find((stack) => stack.name === name) ?? {}
    if (template === undefined) throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`)
    const body = template.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return `<GetTemplateResponse><GetTemplateResult><TemplateBody>${body}</TemplateBody></GetTemplateResult></GetTemplateResponse>`
  }
  if (action === 'DescribeStackResources') {
    const { resources = [] } = stacks.find((stack) => stack.name === name) ?? {}
    const members = resources.map(
      (type) => `<member><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
    )
    return `<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources>${members.join('')}</StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>`
  }
  if (action !== 'DescribeStacks') throw new Error(`the test's AWS does not know ${action}`)
  const found = stacks.filter((stack) => name === null || stack.name === name)
  if (name !== null && found.length === 0) throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`)
  const members = found.map(({ name: own, outputs, stays }) => {
    const pairs = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    const status =
      stays === undefined
        ? '<StackStatus>CREATE_COMPLETE</StackStatus>'
        : `<StackStatus>DELETE_FAILED</StackStatus><StackStatusReason>${stays}</StackStatusReason>`
    const id = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${own}/1`
    return `<member><StackId>${id}</StackId><StackName>${own}</StackName>${status}<CreationTime>2026-11-21T08:00:00Z</CreationTime><Outputs>${pairs.join('')}</Outputs></member>`
  })
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks>${members.join('')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`
}
