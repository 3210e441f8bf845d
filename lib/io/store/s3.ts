/** A store in a bucket of S3. Files for native code live in a scratch folder until they are published. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createFile } from '#io/bytes/file.ts'
import { systemError } from '#core/errors/system-error.ts'
import { about, type Bucket, callExpecting } from '#io/s3/call.ts'
import { sharedClient } from '#io/s3/client.ts'
import { uriOf } from '#io/s3/errors.ts'
import { getObject, type ObjectBody, wholeOf } from '#io/s3/get.ts'
import { listObjects, removeObject } from '#io/s3/list.ts'
import { putBytes, putFile, putIf } from '#io/s3/put.ts'
import { objectSource } from '#io/s3/source.ts'
import { checkKey, inKeyOrder, missingObject } from './key.ts'
import type { Store } from './store.ts'

export interface S3StoreOptions {
  readonly bucket: string
  /** What every key starts with in the bucket, with or without its last slash; nothing when absent. */
  readonly prefix?: string | undefined
  /** The client made from the environment when absent: see `s3/client.ts`. */
  readonly client?: S3Client | undefined
  /** Parent of scratch folders (default: the system's temporary folder). */
  readonly scratch?: string | undefined
}

/** Opens the store. Nothing is asked of S3 before something is read or written. */
export function s3Store({ bucket: name, prefix = '', client, scratch = tmpdir() }: S3StoreOptions): Store {
  const base = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  const bucketNow = (): Bucket => ({ client: client ?? sharedClient(), name, role: 'store' })
  const place = (key: string) => `${base}${checkKey(key)}`

  async function folder(): Promise<{ readonly path: string; clear(): Promise<void> }> {
    const path = await mkdtemp(join(scratch, 'siftstep-store-')).catch((error: unknown) => {
      throw systemError(error, `writing ${scratch}`)
    })
    return { path: join(path, 'object'), clear: () => rm(path, { recursive: true, force: true }) }
  }

  return {
    async read(key) {
      const body = await getObject(bucketNow(), place(key))
      return body === undefined ? undefined : wholeOf(body)
    },
    write: (key, bytes) => putBytes(bucketNow(), place(key), bytesOf(bytes)),
    create: (key, bytes) => createObject(bucketNow(), place(key), bytesOf(bytes)),
    async list(start) {
      const { objects } = await listObjects(bucketNow(), `${base}${start}`)
      const found = objects.map(({ key, bytes }) => ({ key: key.slice(base.length), bytes }))
      // S3 orders by UTF-8, the other stores by UTF-16: they differ beyond the basic plane
      return found.sort((a, b) => inKeyOrder(a.key, b.key))
    },
    remove: (key) => removeObject(bucketNow(), place(key)),
    async open(key) {
      const source = await objectSource(bucketNow(), place(key))
      if (source === undefined) throw missingObject(key)
      return source
    },
    address: (key) => uriOf(name, place(key)),
    async openLocal(key) {
      const body = await getObject(bucketNow(), place(key))
      if (body === undefined) throw missingObject(key)
      const { path, clear } = await folder()
      try {
        await download(body, path)
      } catch (error) {
        await clear()
        throw error
      }
      return { path, release: clear }
    },
    async createLocal(key) {
      const goal = place(key)
      const { path, clear } = await folder()
      return {
        path,
        publish: async () => {
          await putFile(bucketNow(), goal, path)
          await clear()
        },
        discard: clear,
      }
    },
  }
}

const bytesOf = (bytes: Uint8Array | string) => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes)

async function download({ parts }: ObjectBody, path: string): Promise<void> {
  const sink = await createFile(path)
  try {
    for await (const part of parts) await sink.write(part)
  } finally {
    await sink.close()
  }
}

/** Whose object it is: a call whose answer is lost is made again, and must not take its own object for another's. */
const WRITER = 'siftstep-writer'

async function createObject(bucket: Bucket, key: string, bytes: Uint8Array): Promise<boolean> {
  const writer = randomUUID()
  const { done, attempts } = await putIf(bucket, key, bytes, { IfNoneMatch: '*' }, { [WRITER]: writer })
  if (done || attempts === 1) return done
  const reading = about(bucket, key, 'reading', 's3:GetObject')
  const head = await callExpecting(reading, ['NotFound'], () =>
    bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key })),
  )
  return 'Metadata' in head && head.Metadata?.[WRITER] === writer
}
