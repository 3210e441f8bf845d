/**
 * An object was uploaded. S3 tells it over EventBridge, where keys stand as they are; or straight to the queue, where they are encoded
 * like form fields (`+` for a space, `%2B` for a plus). Source: S3 user guide, "EventBridge event message structure" and "Event message
 * structure". S3 tells at least once, and in no certain order.
 */
import type { S3Trigger } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { momentValues } from '../fill.ts'
import { matches } from '../match.ts'
import type { StartSettings } from '../settings.ts'
import type { StartEvent, StartKind } from '../kind.ts'
import { isData } from '#core/text/data-path.ts'
import { StartError } from '../start-error.ts'
import { asBusEvent, type BusEvent, momentOfEvent, ofTrigger } from './bus-event.ts'

/** As EventBridge would tell it. */
type Upload = BusEvent & JsonObject & { readonly detail: { readonly bucket: { readonly name: string }; readonly object: UploadedObject } }

type UploadedObject = JsonObject & {
  readonly key: string
  readonly size?: number
  readonly etag?: string
  readonly 'version-id'?: string
  /** Grows from one upload of a key to the next. */
  readonly sequencer?: string
}

export function uploadPattern({ bucket, prefix, suffix }: S3Trigger): JsonObject {
  const key = keyPattern(prefix, suffix)
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, ...(key === undefined ? {} : { object: { key: [key] } }) },
  }
}

/** A list in a pattern says "or", so that a beginning and an end are one wildcard; there are no wildcards in either. */
function keyPattern(prefix: string | undefined, suffix: string | undefined): JsonObject | undefined {
  if (prefix !== undefined && suffix !== undefined) return { wildcard: `${escaped(prefix)}*${escaped(suffix)}` }
  if (prefix !== undefined) return { prefix }
  return suffix === undefined ? undefined : { suffix }
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\')

export const uploadKind: StartKind = {
  parse: async (message, settings) => {
    const uploads = uploadsOf(message)
    if (uploads === undefined) return undefined
    const folders = uploads.filter(isFolder)
    const objects = uploads.filter((upload) => !isFolder(upload))
    const marks = objects.filter((upload) => isMark(upload, settings))
    const found = objects.filter((upload) => !marks.includes(upload)).map((upload) => ({ upload, events: occurrencesOf(upload, settings) }))
    const stray = found.find(({ events }) => events.length === 0)
    // an event trigger may wait for it
    if (stray !== undefined && asBusEvent(message) !== undefined) return undefined
    if (stray !== undefined) throw new StartError(`no trigger of ${settings.id} waits for ${uriOf(stray.upload)}`)
    return {
      events: found.flatMap(({ events }) => events),
      ignored: [
        ...folders.map((folder) => `${uriOf(folder)} is the mark of a folder, not data`),
        ...marks.map((mark) => `${uriOf(mark)} lies beside data and is none`),
      ],
    }
  },
}

const uriOf = ({ detail: { bucket, object } }: Upload) => `s3://${bucket.name}/${object.key}`

/** What the console of S3 makes for a folder: an object without content whose key ends with a slash. */
const isFolder = ({ detail: { object } }: Upload) => object.key.endsWith('/') && (object.size ?? 0) === 0

/**
 * What is written beside data where a trigger waits, such as by another pipeline that publishes there; a source would pass it over too.
 * A trigger whose suffix names it waits for it all the same.
 */
function isMark(upload: Upload, { triggers }: StartSettings): boolean {
  const { key } = upload.detail.object
  const waiting = triggers.filter((trigger): trigger is S3Trigger => trigger.type === 's3' && matches(uploadPattern(trigger), upload))
  const means = ({ prefix = '', suffix = '' }: S3Trigger) =>
    isData(key.slice(prefix.lastIndexOf('/') + 1)) || suffix.endsWith(lastName(key))
  return waiting.length > 0 && !waiting.some(means)
}

function uploadsOf(message: Json): readonly Upload[] | undefined {
  const event = asBusEvent(message)
  if (event !== undefined) return event.source === 'aws.s3' && event['detail-type'] === 'Object Created' ? [asUpload(event)] : undefined
  if (message === null || typeof message !== 'object') return undefined
  // what S3 sends when it is first told of the queue
  if ('Event' in message && message['Event'] === 's3:TestEvent') return []
  const records = 'Records' in message ? message['Records'] : undefined
  return Array.isArray(records) && records.every(isNotification) ? records.map((record) => asUpload(fromNotification(record))) : undefined
}

interface Notification {
  readonly eventTime: string
  readonly awsRegion?: string
  readonly responseElements?: { readonly [name: string]: string }
  readonly s3: {
    readonly bucket: { readonly name: string }
    readonly object: {
      readonly key: string
      readonly size?: number
      readonly eTag?: string
      readonly versionId?: string
      readonly sequencer?: string
    }
  }
}

const isNotification = (record: unknown): record is Notification =>
  record !== null && typeof record === 'object' && 's3' in record && 'eventTime' in record

function fromNotification({ eventTime, awsRegion = '', responseElements = {}, s3: { bucket, object } }: Notification): BusEvent {
  const { key, size, eTag, versionId, sequencer } = object
  return {
    id: responseElements['x-amz-request-id'] ?? `${eventTime} ${sequencer ?? ''}`,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    region: awsRegion,
    time: eventTime,
    detail: {
      bucket: { name: bucket.name },
      object: {
        key: decoded(key),
        ...(size === undefined ? {} : { size }),
        ...(eTag === undefined ? {} : { etag: eTag }),
        ...(versionId === undefined ? {} : { 'version-id': versionId }),
        ...(sequencer === undefined ? {} : { sequencer }),
      },
    },
  }
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    throw new StartError(`the key '${key}' is not encoded as S3 encodes keys`)
  }
}

function asUpload(event: BusEvent): Upload {
  const { bucket, object } = event.detail as { bucket?: { name?: Json }; object?: { key?: Json } }
  if (typeof bucket?.name === 'string' && typeof object?.key === 'string') return event as Upload
  throw new StartError('the event tells of an upload, and not of which object in which bucket')
}

function occurrencesOf(upload: Upload, settings: StartSettings): readonly StartEvent[] {
  return settings.triggers.flatMap((trigger, at) =>
    trigger.type === 's3' && matches(uploadPattern(trigger), upload) ? [occurrenceOf(upload, trigger, at, settings)] : [],
  )
}

function occurrenceOf(upload: Upload, trigger: S3Trigger, at: number, { id, name }: StartSettings): StartEvent {
  const { bucket, object } = upload.detail
  const { key, size = 0, etag = '', 'version-id': version_id = '', sequencer } = object
  const uri = uriOf(upload)
  const logical_date = momentOfEvent(upload)
  const content = trigger.dedupe === 'etag' && etag !== '' ? `etag ${etag}` : `upload ${sequencer ?? (version_id || upload.id)}`
  return {
    identity: `${uri} ${content}${ofTrigger(at)}`,
    label: lastName(key),
    logical_date,
    values: {
      ...momentValues(logical_date),
      pipeline: { id, name },
      event: { uri, bucket: bucket.name, key, name: lastName(key), etag, size, version_id, time: upload.time },
    },
    inputs: trigger.inputs,
    collects: trigger.collects,
    group: `trigger ${at}`,
    // a run for many reads each object once; and where uploads are waited for, what was replaced meanwhile is no longer there
    ...(trigger.collects.length === 0 && trigger.debounce === undefined
      ? {}
      : { place: { key: `${uri}${ofTrigger(at)}`, order: `${orderOf(sequencer)} ${upload.time} ${upload.id}` } }),
    cause: { type: 's3', uri, etag, version_id, event_id: upload.id },
  }
}

/** Sequencers differ in length, and compare once the shorter is filled with zeros. Source: S3 user guide, "Event message structure". */
const orderOf = (sequencer = '') => sequencer.toUpperCase().padEnd(40, '0')

const lastName = (key: string) => key.split('/').findLast((part) => part !== '') ?? key
