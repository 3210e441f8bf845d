/** Folders that stand for the buckets of upload triggers on this machine, and what a run reads in place of an address in them. */
import { join, relative, resolve, sep } from 'node:path'
import type { Json } from '#core/json.ts'
import type { S3Trigger } from '#language/definition/definition.ts'
import type { ServedPipeline } from './describe.ts'

/** A folder by the name of the bucket. */
export type Buckets = ReadonlyMap<string, string>

/** A folder that is watched for a trigger. */
export interface Watched {
  readonly pipeline: ServedPipeline
  readonly bucket: string
  /** The folder of the bucket, and the one below it that the prefix leads to. */
  readonly root: string
  readonly folder: string
  readonly prefix: string
  readonly suffix: string
  /** Seconds to wait for more files. */
  readonly wait: number
}

/**
 * What is to be watched. A bucket without a folder of its own is the folder the server started in, if the prefix leads to a folder below
 * it: nobody means all files there.
 */
export function watchedOf(pipeline: ServedPipeline, buckets: Buckets, cwd: string): readonly (Watched | { readonly problem: string })[] {
  const triggers = pipeline.settings.triggers.filter((trigger): trigger is S3Trigger => trigger.type === 's3')
  return triggers.map((trigger) => {
    const { bucket, prefix = '', suffix = '', debounce = 0 } = trigger
    const given = buckets.get(bucket)
    const below = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (given === undefined && below === '')
      return { problem: `${pipeline.id}: no folder stands for the bucket ${bucket}\n  hint: give one: --bucket ${bucket}=incoming` }
    const root = resolve(cwd, given ?? '.')
    const folder = join(root, ...below.split('/'))
    const target = pipeline.targets.find((one) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(one) && isBelow(resolve(cwd, one), folder))
    if (target !== undefined)
      return {
        problem: `${pipeline.id}: it writes to ${target}, below the folder it watches, ${shownIn(cwd, folder)}: a run would start the next\n  hint: write to another folder`,
      }
    return { pipeline, bucket, root, folder, prefix, suffix, wait: debounce }
  })
}

const isBelow = (path: string, folder: string) => `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
const shownIn = (cwd: string, path: string) => relative(cwd, path) || '.'

/** Replaces addresses in buckets by paths: a run on this machine reads the file itself. */
export const localValues =
  (buckets: Buckets, cwd: string) =>
  (value: Json): Json =>
    localValue(value, (address) => localPath(address, buckets, cwd))

function localValue(value: Json, local: (address: string) => string): Json {
  if (typeof value === 'string') return value.startsWith('s3://') ? local(value) : value
  if (Array.isArray(value)) return value.map((one) => localValue(one, local))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, localValue(one, local)]))
}

function localPath(address: string, buckets: Buckets, cwd: string): string {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(address) ?? []
  const folder = buckets.get(bucket)
  if (folder === undefined) return address
  const path = join(resolve(cwd, folder), ...key.split('/'))
  // a key may hold `..`, which leads out of the bucket nowhere
  return isBelow(path, resolve(cwd, folder)) ? shownIn(cwd, path) : address
}

/** All buckets of the pipelines by their folders: those that were given, and the current folder for the others. */
export function allBuckets(watched: readonly Watched[]): Buckets {
  return new Map(watched.map(({ bucket, root }) => [bucket, root]))
}
