/** What `{{ … }}` reads in the inputs of a run that starts by itself: its moment, the pipeline, and the event that starts it. */
import { nearest } from '#core/text/nearest.ts'
import type { ProblemText } from '../problem.ts'
import type { ProblemCode } from '../problems.ts'

/** Types of values as inputs declare them; undefined where only the event can tell. */
export type ReadableType = 'string' | 'integer' | undefined

export interface Readable {
  /** Names without `event.`, with what they are. */
  readonly event: Readonly<Record<string, ReadableType>>
  /** Whether everything below `event.detail` can be read. */
  readonly detail: boolean
  /** Names that are the same for every event of the trigger. */
  readonly constant: readonly string[]
}

const ALWAYS: readonly string[] = ['ds', 'ds_nodash', 'ts', 'pipeline.id', 'pipeline.name']

export const OF_SCHEDULE: Readable = { event: {}, detail: false, constant: ALWAYS }

export const OF_UPLOAD: Readable = {
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

export const OF_EVENT: Readable = {
  event: { id: 'string', time: 'string', source: 'string', detail_type: 'string', account: 'string', region: 'string' },
  detail: true,
  constant: ['pipeline.id', 'pipeline.name'],
}

export interface Read {
  readonly type: ReadableType
  /** Whether it may be another value for the next event. */
  readonly varies: boolean
}

/** What a name between the brackets stands for. */
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
    what: inner === '' ? 'the brackets `{{ }}` are empty' : `\`${inner}\` is not known when a run starts`,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}names here: ${names.join(', ')}`,
  }
}
