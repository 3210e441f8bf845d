/** The names that `{{ … }}` can read in the inputs of a scheduled or triggered run: its time, the pipeline, and the event. */
import { nearest } from '#core/text/nearest.ts'
import type { Trigger } from '../definition.ts'
import type { ProblemText } from '../problem.ts'
import type { ProblemCode } from '../problems.ts'

/** Types of values as inputs declare them; undefined if only the event shows it. */
export type ReadableType = 'string' | 'integer' | 'array' | undefined

export interface Readable {
  /** Names without `event.`, with their types. */
  readonly event: Readonly<Record<string, ReadableType>>
  /** Whether everything below `event.detail` can be read. */
  readonly detail: boolean
  /** Names with the same value for every event of the trigger. */
  readonly constant: readonly string[]
}

/** Names of every start. */
export const ALWAYS: readonly string[] = ['ds', 'ds_nodash', 'ts', 'pipeline.id', 'pipeline.name']

export const OF_SCHEDULE: Readable = { event: {}, detail: false, constant: ALWAYS }

const OF_UPLOAD: Readable = {
  event: {
    uri: 'string',
    bucket: 'string',
    key: 'string',
    name: 'string',
    etag: 'string',
    size: 'integer',
    version_id: 'string',
    time: 'string',
  },
  detail: false,
  constant: ['event.bucket', 'pipeline.id', 'pipeline.name'],
}

const OF_EVENT: Readable = {
  event: { id: 'string', time: 'string', source: 'string', detail_type: 'string', account: 'string', region: 'string' },
  detail: true,
  constant: ['pipeline.id', 'pipeline.name'],
}

const OF_PIPELINE: Readable = {
  event: { pipeline: 'string', run_id: 'string', status: 'string', time: 'string', output: 'string', outputs: 'array' },
  detail: false,
  constant: ['event.pipeline', 'pipeline.id', 'pipeline.name'],
}

/** By the type of the trigger. */
export const READABLE: { readonly [Type in Trigger['type']]: Readable } = { s3: OF_UPLOAD, event: OF_EVENT, pipeline: OF_PIPELINE }

export interface Read {
  readonly type: ReadableType
  /** Whether the value can differ between events. */
  readonly varies: boolean
}

/** Resolves the name between the brackets. */
export function readName(inner: string, readable: Readable): Read | (ProblemText & { readonly code: ProblemCode }) {
  const varies = !readable.constant.includes(inner)
  if (ALWAYS.includes(inner)) return { type: 'string', varies }
  const [, field = ''] = /^event\.(.+)$/.exec(inner) ?? []
  if (Object.hasOwn(readable.event, field)) return { type: readable.event[field], varies }
  if (readable.detail && /^detail(\.[\w-]+|\[\d+\])+$/.test(field)) return { type: undefined, varies }
  const names = [...ALWAYS, ...Object.keys(readable.event).map((name) => `event.${name}`), ...(readable.detail ? ['event.detail.…'] : [])]
  const meant = nearest(inner, names)
  return {
    code: 'unknown-name',
    what: inner === '' ? 'the brackets `{{ }}` are empty' : `\`${inner}\` is unknown when a run starts`,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}names here: ${names.join(', ')}`,
  }
}
