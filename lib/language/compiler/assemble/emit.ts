/** Parts of a machine that every assembler uses: expressions, payloads, tasks, maps. */
import type { PipelineFacts } from '#core/task/task.ts'
import { createHash } from 'node:crypto'
import type { Retry, Step } from '#language/definition/definition.ts'
import type { Catcher, MapState, Retrier, State, States, TaskState } from '#asl/machine/asl.ts'
import { expression as jsonata } from '#asl/machine/literal.ts'
import { TRANSIENT_ERRORS } from '#core/errors/errors.ts'
import { taskSpec, type TaskName } from '#core/task/tasks.ts'
import { functionPlaceholder } from '../functions.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** A chain of states: its start and its states. The last states lead to `next`. */
export interface Chain {
  readonly start: string
  readonly states: States
}

/** What the assemblers share. */
export interface Assembling {
  readonly pipeline: PipelineFacts
  /** Where an error leads at this level of the machine; empty within a parallel branch, which then fails as a whole. */
  readonly onError: readonly Catcher[]
}

const BUCKET = ['$', '{DataBucket}'].join('')

export function payload(
  { pipeline }: Assembling,
  task: TaskName,
  step: string,
  settings: Json,
  run = jsonata('$run'),
  item?: Json,
): JsonObject {
  return {
    task,
    run,
    pipeline: { ...pipeline },
    step,
    ...(item === undefined ? {} : { item }),
    attempt: jsonata('$states.context.State.RetryCount'),
    settings,
  }
}

/** The errors of `Transient`: those of tasks, and those of Lambda as a service and of Step Functions. */
const TRANSIENT = [
  ...TRANSIENT_ERRORS,
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'States.Timeout',
]

/**
 * Retrier for the concurrency limit of an account. Throttled invocations are queued, not failed: they are retried for more than a quarter
 * of an hour, independent of the retries of the step.
 */
const NO_ROOM: Retrier = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 2,
  MaxAttempts: 30,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
}

/** The retries of a call of the author's own function: exactly what is written, and nothing beside it. */
export function ownRetriers({ errors, max_attempts, interval, backoff_rate, max_delay, jitter }: Retry): readonly Retrier[] {
  if (max_attempts === 0) return []
  const longest = interval * backoff_rate ** (max_attempts - 1)
  return [
    {
      ErrorEquals: [...new Set(errors.flatMap((error) => (error === 'Transient' ? [...TRANSIENT, ...NO_ROOM.ErrorEquals] : [error])))],
      IntervalSeconds: Math.max(1, Math.round(interval)),
      MaxAttempts: max_attempts,
      BackoffRate: backoff_rate,
      ...(max_delay < longest ? { MaxDelaySeconds: Math.max(Math.round(max_delay), Math.round(interval) + 1) } : {}),
      ...(jitter === 'full' ? { JitterStrategy: 'FULL' as const } : {}),
    },
  ]
}

function retriers({ errors, max_attempts, interval, backoff_rate, max_delay, jitter }: Retry): readonly Retrier[] {
  if (max_attempts === 0) return [NO_ROOM]
  return [
    NO_ROOM,
    {
      ErrorEquals: [...new Set(errors.flatMap((error) => (error === 'Transient' ? TRANSIENT : [error])))],
      // ASL requires whole seconds, at least 1
      IntervalSeconds: Math.max(1, Math.round(interval)),
      MaxAttempts: max_attempts,
      BackoffRate: backoff_rate,
      MaxDelaySeconds: Math.max(Math.round(max_delay), Math.max(1, Math.round(interval)) + 1),
      JitterStrategy: jitter === 'full' ? 'FULL' : 'NONE',
    },
  ]
}

/** The limits a step sets for each of its tasks. */
export interface TaskLimits {
  /** Timeout in seconds. */
  readonly timeout: number
  readonly retry: Retry
  /** Bytes of memory (default: those of the function). */
  readonly memory?: number | undefined
}

/** The limits of tasks that are short and that no step sets. */
export const QUICK: TaskLimits = {
  timeout: 300,
  retry: { errors: ['Transient'], max_attempts: 3, interval: 2, backoff_rate: 2, max_delay: 60, jitter: 'full' },
}

export const limitsOf = ({ timeout, retry, resources }: Step): TaskLimits => ({ timeout, retry, memory: resources.memory })

export interface TaskOptions extends TaskLimits {
  readonly task: TaskName
  /** Whether it needs the native engine, although its task in general does not. */
  readonly engine?: boolean
  readonly payload: JsonObject
  readonly assign?: JsonObject
  /** What the state gives to the next one in place of nothing; JSONata. */
  readonly output?: string
  readonly onError?: readonly Catcher[]
}

/** Label of a map, which names its executions: unique among all states, at most 40 characters. */
export function label(name: string): string {
  const plain = name.replaceAll('.', '-')
  return plain.length <= 40 ? plain : `${plain.slice(0, 31)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

export const INVOKE = 'arn:aws:states:::lambda:invoke'

/** A task; without a next state it ends its scope. */
export function task(
  { task: name, engine, payload: body, timeout, retry, memory, assign, output, onError = [] }: TaskOptions,
  next: string | null,
): TaskState {
  return {
    Type: 'Task',
    Resource: INVOKE,
    Arguments: {
      FunctionName: functionPlaceholder((engine ?? taskSpec(name)?.engine === true) ? 'data' : 'control', memory),
      Payload: body,
    },
    TimeoutSeconds: timeout,
    ...(assign === undefined ? {} : { Assign: assign }),
    // results are in variables or in the store, never in the output of the state
    Output: jsonata(output ?? (next === null ? '$states.result.Payload' : '{}')),
    Retry: retriers(retry),
    ...(onError.length === 0 ? {} : { Catch: onError }),
    ...(next === null ? { End: true as const } : { Next: next }),
  }
}

export interface MapOptions extends TaskLimits {
  /** Name of the state and prefix of its variants. */
  readonly name: string
  readonly task: TaskName
  readonly step: string
  readonly settings: Json
  /** JSONata: the number of items, and whether the map is distributed. */
  readonly count: string
  readonly distributed: string
  readonly concurrency: string
  /** JSONata: key of the list of items in the store, for the distributed variant. */
  readonly items: string
  /** JSONata: prefix for the results of the distributed variant. */
  readonly results: string
}

/**
 * A map over `count` items, numbered from 0: inline, or distributed for many items, which then come from the store. A Choice decides at run
 * time, because only then the data is known.
 */
export function mapped(assembling: Assembling, options: MapOptions, next: string): Chain {
  const { name, task: taskName, step, settings, count, distributed, concurrency, items, results, timeout, retry, memory } = options
  const selector = { item: jsonata('$states.context.Map.Item.Value'), run: jsonata('$run'), settings }
  const child = (suffix: string) => ({
    StartAt: `${name}.${suffix}`,
    States: {
      [`${name}.${suffix}`]: task(
        {
          task: taskName,
          payload: payload(
            assembling,
            taskName,
            step,
            jsonata('$states.input.settings'),
            jsonata('$states.input.run'),
            jsonata('$states.input.item'),
          ),
          timeout,
          retry,
          memory,
        },
        null,
      ),
    },
  })
  const shared = {
    ItemSelector: selector,
    MaxConcurrency: jsonata(concurrency),
    Output: jsonata('{}'),
    ...(assembling.onError.length === 0 ? {} : { Catch: assembling.onError }),
    Next: next,
  }
  const inline: MapState = {
    Type: 'Map',
    Items: jsonata(`[0..${count} - 1]`),
    ...shared,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...child('item') },
  }
  const spread: MapState = {
    Type: 'Map',
    Label: label(name),
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: BUCKET, Key: jsonata(items) },
    },
    ...shared,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...child('child') },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: BUCKET, Prefix: jsonata(results) } },
  }
  const choice: State = {
    Type: 'Choice',
    Choices: [{ Condition: jsonata(distributed), Next: `${name}.distributed` }],
    Default: `${name}.inline`,
  }
  return { start: name, states: { [name]: choice, [`${name}.inline`]: inline, [`${name}.distributed`]: spread } }
}
