/**
 * Publishes below a prefix. Objects are written under names derived from their content; then one conditional put of `_manifest.json` makes
 * them the output; only then are the previous objects removed, once a catalog, if any, shows the new ones. If publishing is interrupted at any point, the prefix holds a whole output,
 * old or new, as its manifest says. What is being written or replaced is recorded first, so that the next run recognises what a killed run
 * left behind. If two runs publish at the same moment, the manifest of the second is rejected.
 */
import { randomBytes } from 'node:crypto'
import { TaskError } from '#core/errors/errors.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import type { Bucket } from '#io/s3/call.ts'
import { getObject, objectFacts, wholeOf } from '#io/s3/get.ts'
import { listObjects, removeObject } from '#io/s3/list.ts'
import { copyObject, MAX_COPIED, putBytes, putFile, putIf } from '#io/s3/put.ts'
import type { Appeared } from '#io/publish/appeared.ts'
import { isHiveFolder } from '#io/publish/hive.ts'
import {
  foreignFiles,
  isFileName,
  MANIFEST,
  type Manifest,
  manifestAfter,
  manifestText,
  type Mode,
  type NewFile,
  otherPipeline,
  parseManifest,
} from '#io/publish/manifest.ts'
import { addressOf } from './address.ts'

export interface S3Location {
  /** As the user wrote it. */
  readonly uri: string
  readonly bucket: Bucket
  /** Empty, or ends in a slash. */
  readonly prefix: string
}

/** Names that begin with a dot are not data. */
const PROBE = '.siftstep-probe-'
const PUBLISHING = '.siftstep-publishing/'

/** How many objects are copied at a time. */
const PARALLEL = 4

/** What a run is writing and replacing. It exists during publishing, and afterwards if the run was killed. */
interface Intent {
  readonly pipeline: string
  readonly names: readonly string[]
}

interface Found {
  readonly manifest: Manifest | undefined
  readonly text: string | undefined
  readonly etag: string | undefined
  /** Sizes of the existing objects, by name. */
  readonly sizes: ReadonlyMap<string, number>
  readonly intents: readonly { readonly key: string; readonly names: readonly string[] }[]
  /** Objects that this pipeline neither published nor was publishing. */
  readonly foreign: readonly string[]
}

export async function publishedTo(target: S3Location, pipeline: string): Promise<ReadonlySet<string>> {
  const names = async () => {
    const read = await readManifest(target)
    const own = read?.manifest.pipeline === pipeline ? read.manifest.files : []
    return [...own.map(({ name }) => name), ...(await readIntents(target, pipeline)).flatMap((intent) => intent.names)]
  }
  return new Set(
    await names().catch((error: TaskError) => {
      if (error.name === 'Output.Conflict' || error.name === 'Output.Unwritable') return []
      throw error
    }),
  )
}

export async function checkPlace(target: S3Location, pipeline: string): Promise<void> {
  const { bucket, prefix, uri } = target
  const { foreign } = await look(target, pipeline)
  if (foreign.length > 0) throw foreignFiles(uri, foreign)
  await checkWritable(bucket, prefix)
}

/** Whether a prefix may be written to, and removed from, is best found out before hours of work. */
export async function checkWritable(bucket: Bucket, prefix: string): Promise<void> {
  const probe = `${prefix}${PROBE}${randomBytes(6).toString('hex')}`
  await putBytes(bucket, probe, new Uint8Array())
  await removeObject(bucket, probe)
}

export async function publishTo(
  target: S3Location,
  given: readonly NewFile[],
  manifest: Manifest,
  { run, mode, appeared }: { readonly run: string; readonly mode: Mode; appeared?(appeared: Appeared): Promise<void> },
): Promise<void> {
  const { bucket, prefix, uri } = target
  const { pipeline } = manifest
  const found = await look(target, pipeline)
  const after = manifestAfter(found.manifest, manifest, mode, uri)
  const text = manifestText(after)
  const kept = new Set(after.files.map(({ name }) => name))
  const files = given.filter(({ name }) => kept.has(name))
  const foreign = found.foreign.filter((name) => !kept.has(name))
  if (foreign.length > 0) throw foreignFiles(uri, foreign)

  const intent = `${prefix}${PUBLISHING}${run}.json`
  const isNew = found.text !== text
  // if the manifest stays, another run that is publishing can still put its own; its objects must not be removed then
  const ended = found.intents.filter(({ key }) => isNew || key === intent)
  const replaced = [...(found.manifest?.files ?? []).map(({ name }) => name), ...ended.flatMap(({ names }) => names)].filter(
    (name) => !kept.has(name),
  )
  await putBytes(bucket, intent, Buffer.from(JSON.stringify({ pipeline, names: [...new Set([...kept, ...replaced])] } satisfies Intent)))
  await inParallel(files, PARALLEL, async (file) => {
    if (!(await holds(target, file, found))) await bring(bucket, `${prefix}${file.name}`, file)
  })

  if (isNew) {
    const condition = found.etag === undefined ? ({ IfNoneMatch: '*' } as const) : { IfMatch: found.etag }
    const { done } = await putIf(bucket, `${prefix}${MANIFEST}`, Buffer.from(text), condition)
    // rejected although it is ours: it was put, and the response was lost
    if (!done && (await readManifest(target))?.text !== text) throw overtaken(uri)
  }
  await appeared?.({
    manifest: after,
    isCurrent: async () => (await readManifest(target))?.text === text,
    write: (name, bytes) => putBytes(bucket, `${prefix}${name}`, bytes),
    remove: (name) => removeObject(bucket, `${prefix}${name}`),
  })
  const probes = [...found.sizes.keys()].filter((name) => name.startsWith(PROBE))
  const gone = [...new Set(replaced), ...probes].filter((name) => found.sizes.has(name))
  await inParallel(gone, PARALLEL, (name) => removeObject(bucket, `${prefix}${name}`))
  await assertWhole(target, files)
  for (const key of new Set([...ended.map(({ key: other }) => other), intent])) await removeObject(bucket, key)
}

/** The metadata key for the checksum of an object's content. */
const SHA256 = 'siftstep-sha256'

/**
 * Whether the object exists with this content. Compares the size first, then the checksum, which was written with the object and is lost
 * when it is replaced.
 */
async function holds({ bucket, prefix }: S3Location, { name, bytes, sha256 }: NewFile, { sizes }: Found): Promise<boolean> {
  if (sizes.get(name) !== bytes) return false
  return (await objectFacts(bucket, `${prefix}${name}`))?.metadata[SHA256] === sha256
}

/** Throws Output.Conflict if an object of the output is gone: then the output is not what was published. */
async function assertWhole(target: S3Location, files: readonly NewFile[]): Promise<void> {
  const { sizes } = await listTarget(target)
  if (files.some(({ name, bytes }) => sizes.get(name) !== bytes)) throw overtaken(target.uri)
}

/** Sizes of the objects by name, those in folders of partitions among them; and all folders. */
async function listTarget({ bucket, prefix }: S3Location) {
  const top = await listObjects(bucket, prefix, { delimiter: '/' })
  const folders = top.folders.map((folder) => folder.slice(prefix.length, -1))
  const below = folders.some(isHiveFolder) ? (await listObjects(bucket, prefix)).objects : []
  const objects = [...top.objects, ...below.filter(({ key }) => key.includes('/', prefix.length) && isHiveFolder(key.slice(prefix.length)))]
  return { folders, sizes: new Map(objects.map(({ key, bytes }) => [key.slice(prefix.length), bytes])) }
}

async function look(target: S3Location, pipeline: string): Promise<Found> {
  const { uri } = target
  const read = await readManifest(target)
  if (read !== undefined && read.manifest.pipeline !== pipeline) throw otherPipeline(uri, read.manifest)
  const intents = await readIntents(target, pipeline)
  const { sizes, folders } = await listTarget(target)
  const ours = new Set([MANIFEST, ...(read?.manifest.files ?? []).map(({ name }) => name), ...intents.flatMap(({ names }) => names)])
  const isForeign = (name: string) => !ours.has(name) && !name.startsWith('.')
  const objects = [...sizes.keys()].filter(isForeign)
  // what is in a folder of partitions counts by itself: it is another's where something of it is
  const suspect = folders.filter((name) => !isHiveFolder(name) || objects.some((object) => object.startsWith(`${name}/`)))
  const others = new Set(await foreignFolders(target, suspect, pipeline))
  const isInOwn = (name: string) => isHiveFolder(name) && name.includes('/') && !others.has(name.slice(0, name.indexOf('/')))
  // an object with the name of the prefix represents the folder itself
  const foreign = [...objects.filter((name) => !isInOwn(name)), ...[...others].filter((name) => !isHiveFolder(name))]
  return { manifest: read?.manifest, text: read?.text, etag: read?.etag, sizes, intents, foreign: foreign.filter((name) => name !== '') }
}

/** All folders except those the pipeline also publishes to, such as one for quarantined rows. */
async function foreignFolders(target: S3Location, folders: readonly string[], pipeline: string): Promise<readonly string[]> {
  const named = await inParallel(folders, PARALLEL, async (name) => {
    if (name.startsWith('.')) return []
    const read = await readManifest({ ...target, prefix: `${target.prefix}${name}/` }).catch((error: TaskError) => {
      if (error.name === 'Output.Conflict') return undefined
      throw error
    })
    return read?.manifest.pipeline === pipeline ? [] : [name]
  })
  return named.flat()
}

async function readManifest({ bucket, prefix, uri }: S3Location) {
  const body = await getObject(bucket, `${prefix}${MANIFEST}`)
  if (body === undefined) return undefined
  const text = Buffer.from(await wholeOf(body)).toString('utf8')
  return { text, etag: body.etag, manifest: parseManifest(text, uri) }
}

async function readIntents({ bucket, prefix }: S3Location, pipeline: string): Promise<Found['intents']> {
  const { objects } = await listObjects(bucket, `${prefix}${PUBLISHING}`)
  const read = await inParallel(objects, PARALLEL, async ({ key }) => {
    const body = await getObject(bucket, key)
    const intent = body === undefined ? undefined : parseIntent(Buffer.from(await wholeOf(body)).toString('utf8'))
    return intent?.pipeline === pipeline ? [{ key, names: intent.names }] : []
  })
  return read.flat()
}

/** Undefined for a text that siftstep did not write. */
function parseIntent(text: string): Intent | undefined {
  try {
    const intent = JSON.parse(text) as Intent
    return Array.isArray(intent.names) && intent.names.every(isFileName) ? intent : undefined
  } catch {
    return undefined
  }
}

const overtaken = (uri: string) =>
  new TaskError('Output.Conflict', `cannot publish to ${uri}: another run published there at the same time`, {
    hint: 'its output was kept; run again to publish this one, and run only one pipeline at a time for each location',
  })

/** From bucket to bucket where it can be, else from this machine. */
export async function bring(bucket: Bucket, key: string, { uri, bytes, sha256, open }: NewFile): Promise<void> {
  const said = { [SHA256]: sha256 }
  if (uri !== null && /^s3:/i.test(uri) && bytes <= MAX_COPIED) return copyObject(bucket, key, addressOf(uri), said)
  const local = await open()
  try {
    await putFile(bucket, key, local.path, said)
  } finally {
    await local.release()
  }
}
