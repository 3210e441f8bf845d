/** The objects of the test server, and S3's rules for them. */
import { createHash } from 'node:crypto'

export class S3Failure extends Error {
  readonly status: number
  readonly code: string
  readonly more: string

  constructor(status: number, code: string, message: string = code, more = '') {
    super(message)
    this.status = status
    this.code = code
    this.more = more
  }
}

export interface StoredBody {
  readonly size: number
  read(start: number, end: number): Uint8Array
}

interface StoredObject extends StoredBody {
  readonly etag: string
  readonly metadata: { readonly [name: string]: string }
}

interface Condition {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
}

export type S3Objects = ReturnType<typeof objectsOf>

/** S3's minimum size of a part other than the last. */
const MIN_PART = 5 * 1024 * 1024

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()
const quoted = (hash: Buffer, suffix = '') => `"${hash.toString('hex')}${suffix}"`
const escaped = (text: string) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`)
const inByteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

export function objectsOf(page: number) {
  const buckets = new Map<string, Map<string, StoredObject>>()
  const reported = new Set<string>()
  const uploads = new Map<string, { bucket: string; key: string; metadata: StoredObject['metadata']; parts: Map<number, Uint8Array> }>()
  let begun = 0

  function inBucket(bucket: string): Map<string, StoredObject> {
    const found = buckets.get(bucket)
    if (found === undefined) throw new S3Failure(404, 'NoSuchBucket', 'The specified bucket does not exist')
    return found
  }
  function objectAt(bucket: string, key: string): StoredObject {
    const found = inBucket(bucket).get(key)
    if (found === undefined) throw new S3Failure(404, 'NoSuchKey', 'The specified key does not exist.')
    return found
  }
  function uploadOf(id: string) {
    const found = uploads.get(id)
    if (found === undefined) throw new S3Failure(404, 'NoSuchUpload')
    return found
  }
  function store(bucket: string, key: string, bytes: Uint8Array, etag: string, metadata: StoredObject['metadata'] = {}): string {
    inBucket(bucket).set(key, { size: bytes.length, etag, metadata, read: (start, end) => bytes.subarray(start, end) })
    return etag
  }

  return {
    createBucket: (bucket: string) => void (buckets.has(bucket) || buckets.set(bucket, new Map())),
    /** From now on the bucket sends uploads to EventBridge. */
    notifyEventBridge: (bucket: string) => void reported.add(bucket),
    notifications: (bucket: string) => {
      inBucket(bucket)
      return `<NotificationConfiguration>${reported.has(bucket) ? '<EventBridgeConfiguration/>' : ''}</NotificationConfiguration>`
    },
    /** All bytes of an object, and all keys of a bucket, for tests to look at. */
    bytes: (bucket: string, key: string) => {
      const object = objectAt(bucket, key)
      return Buffer.from(object.read(0, object.size))
    },
    keys: (bucket: string) => [...inBucket(bucket).keys()].sort(inByteOrder),
    unfinished: () => uploads.size,
    /** An object that is made as it is read. */
    generate: (bucket: string, key: string, size: number, read: StoredBody['read']) => {
      inBucket(bucket).set(key, { size, read, etag: quoted(md5(Buffer.from(`generated ${key} ${size}`))), metadata: {} })
    },

    put(
      bucket: string,
      key: string,
      bytes: Uint8Array,
      { ifMatch, ifNoneMatch }: Condition = {},
      metadata: StoredObject['metadata'] = {},
    ): string {
      const there = inBucket(bucket).get(key)
      if (ifNoneMatch === '*' && there !== undefined) throw new S3Failure(412, 'PreconditionFailed')
      if (ifMatch !== undefined && there === undefined) throw new S3Failure(404, 'NoSuchKey')
      if (ifMatch !== undefined && there?.etag !== ifMatch) throw new S3Failure(412, 'PreconditionFailed')
      return store(bucket, key, bytes, quoted(md5(bytes)), metadata)
    },
    read(bucket: string, key: string, range: string | undefined, { ifMatch }: Condition) {
      const object = objectAt(bucket, key)
      if (ifMatch !== undefined && ifMatch !== object.etag) throw new S3Failure(412, 'PreconditionFailed')
      const headers = { etag: object.etag, 'accept-ranges': 'bytes', ...object.metadata }
      const asked = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')
      if (asked === null) return { headers, body: object }
      const [start, end] = [Number(asked[1]), Math.min(object.size, Number(asked[2]) + 1)]
      if (start >= object.size) throw new S3Failure(416, 'InvalidRange')
      return {
        status: 206,
        headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${object.size}` },
        body: object,
        range: { start, end },
      }
    },
    copy(bucket: string, key: string, source: string, metadata?: StoredObject['metadata']): string {
      const [from = '', ...rest] = source.replace(/^\//, '').split('/')
      const object = objectAt(from, rest.join('/'))
      const bytes = object.read(0, object.size)
      return escaped(store(bucket, key, bytes, quoted(md5(bytes)), metadata ?? object.metadata))
    },
    remove: (bucket: string, key: string) => void inBucket(bucket).delete(key),

    list(
      bucket: string,
      { prefix, delimiter, most, token }: { prefix: string; delimiter: string | undefined; most: number; token: string | undefined },
    ): string {
      const entries = new Map<string, StoredObject | null>()
      for (const [key, object] of [...inBucket(bucket)].sort(([a], [b]) => inByteOrder(a, b))) {
        if (!key.startsWith(prefix)) continue
        const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
        if (cut < 0) entries.set(key, object)
        else entries.set(key.slice(0, cut + 1), null)
      }
      const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString()
      const left = [...entries].filter(([name]) => after === '' || inByteOrder(name, after) > 0)
      const shown = left.slice(0, Math.min(most, page))
      const next = left.length > shown.length ? Buffer.from(shown.at(-1)?.[0] ?? '').toString('base64url') : undefined
      const contents = shown.map(([name, object]) =>
        object === null
          ? `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`
          : `<Contents><Key>${escaped(name)}</Key><Size>${object.size}</Size><ETag>${escaped(object.etag)}</ETag></Contents>`,
      )
      const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
      return `<ListBucketResult><KeyCount>${shown.length}</KeyCount><IsTruncated>${next !== undefined}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`
    },

    begin(bucket: string, key: string, metadata: StoredObject['metadata'] = {}): string {
      inBucket(bucket)
      const id = `upload-${++begun}`
      uploads.set(id, { bucket, key, metadata, parts: new Map() })
      return id
    },
    part(id: string, number: number, bytes: Uint8Array): string {
      uploadOf(id).parts.set(number, bytes)
      return quoted(md5(bytes))
    },
    complete(id: string, named: readonly { number: number; etag: string }[]): string {
      const { bucket, key, metadata, parts } = uploadOf(id)
      const chosen = named.map(({ number, etag }, at) => {
        const bytes = parts.get(number)
        if (bytes === undefined || quoted(md5(bytes)) !== etag) throw new S3Failure(400, 'InvalidPart')
        if (bytes.length < MIN_PART && at < named.length - 1) throw new S3Failure(400, 'EntityTooSmall')
        return bytes
      })
      uploads.delete(id)
      const etag = quoted(md5(Buffer.concat(chosen.map(md5))), `-${chosen.length}`)
      return escaped(store(bucket, key, Buffer.concat(chosen), etag, metadata))
    },
    abort: (id: string) => void uploads.delete(id),
  }
}
