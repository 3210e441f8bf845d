/**
 * An uploaded object. S3 reports it through EventBridge, with plain keys, or directly to the queue, with form-encoded keys (`+` for a
 * space, `%2B` for a plus). Sources: S3 user guide, "EventBridge event message structure" and "Event message structure". S3 delivers at
 * least once, in no certain order.
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

/** The form of EventBridge. */
type Upload = BusEvent & JsonObject & { readonly detail: { readonly bucket: { readonly name: string }; readonly object: UploadedObject } }

type UploadedObject = JsonObject & {
  readonly key: string
  readonly size?: number
  readonly etag?: string
  readonly 'version-id'?: string
  /** Increases from one upload of a key to the next. */
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

/** A list in a pattern means "or", so prefix and suffix become one wildcard; neither can contain wildcards. */
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
    // an event trigger may match it
    if (stray !== undefined && asBusEvent(message) !== undefined) return undefined
    if (stray !== undefined) throw new StartError(`no trigger of ${settings.id} matches ${uriOf(stray.upload)}`)
    return {
      events: found.flatMap(({ events }) => events),
      ignored: [
        ...folders.map((folder) => `${uriOf(folder)} is a folder marker, not data`),
        ...marks.map((mark) => `${uriOf(mark)} is a side file, not data`),
      ],
    }
  },
}

const uriOf = ({ detail: { bucket, object } }: Upload) => `s3://${bucket.name}/${object.key}`

/** The S3 console creates this for a folder: an empty object whose key ends with a slash. */
const isFolder = ({ detail: { object } }: Upload) => object.key.endsWith('/') && (object.size ?? 0) === 0

/**
 * Side files where a trigger waits, such as those of another pipeline that publishes there; a source would skip them too. A trigger
 * whose suffix names them still matches.
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
  // the test message of S3 for a new notification
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
    throw new StartError(`the key '${key}' is not a valid encoding of an S3 key`)
  }
}

function asUpload(event: BusEvent): Upload {
  const { bucket, object } = event.detail as { bucket?: { name?: Json }; object?: { key?: Json } }
  if (typeof bucket?.name === 'string' && typeof object?.key === 'string') return event as Upload
  throw new StartError('the upload event has no bucket or no object key')
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
    // a collected run reads each object once; where uploads arrive, a replaced object no longer exists
    ...(trigger.collects.length === 0 && trigger.debounce === undefined
      ? {}
      : { place: { key: `${uri}${ofTrigger(at)}`, order: `${orderOf(sequencer)} ${upload.time} ${upload.id}` } }),
    cause: { type: 's3', uri, etag, version_id, event_id: upload.id },
  }
}

/** Sequencers differ in length; they compare after the shorter is padded with zeros. Source: S3 user guide, "Event message structure". */
const orderOf = (sequencer = '') => sequencer.toUpperCase().padEnd(40, '0')

const lastName = (key: string) => key.split('/').findLast((part) => part !== '') ?? key
