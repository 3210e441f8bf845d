/** Sources in a bucket: an object, everything below a prefix, or a glob pattern. The same patterns match the same files as in a folder. */
import picomatch from 'picomatch'
import type { Bucket } from '#io/s3/call.ts'
import { uriOf } from '#io/s3/errors.ts'
import { objectFacts } from '#io/s3/get.ts'
import { type ListedObject, listObjects } from '#io/s3/list.ts'
import type { ListedFile, Seen } from '../connector.ts'
import { seenFiles } from '../seen-files.ts'
import { isData } from '#core/text/data-path.ts'
import { byCodePoint, isManifest, noData, noMatch, noSuchFile, type Surroundings } from '../not-found.ts'

/** The characters that begin the dynamic part of a pattern. */
const MAGIC = /[*?[\]{}()!+@\\]/

export async function listPattern(bucket: Bucket, pattern: string): Promise<readonly ListedFile[]> {
  const uri = uriOf(bucket.name, pattern)
  const listed = (objects: readonly ListedObject[]) =>
    [...objects]
      .sort((a, b) => byCodePoint(a.key, b.key))
      .map(({ key, bytes, etag }) => ({ uri: uriOf(bucket.name, key), bytes, version: etag }))
  if (pattern === '' || pattern.endsWith('/')) {
    const found = await below(bucket, pattern)
    if (found.some(isObject)) return listed(dataBelow(found, pattern, uri))
    throw noSuchFile(uri, lastOf(pattern.slice(0, -1)), await around(bucket, folderOf(pattern.slice(0, -1))), HINT)
  }
  const facts = await objectFacts(bucket, pattern)
  if (facts !== undefined) return [{ uri, bytes: facts.size, version: facts.etag }]
  if (!isDynamic(pattern)) {
    const found = await below(bucket, `${pattern}/`)
    if (found.some(isObject)) return listed(dataBelow(found, `${pattern}/`, uri))
    throw noSuchFile(uri, lastOf(pattern), await around(bucket, folderOf(pattern)), HINT)
  }
  const matches = matching(await candidates(bucket, pattern), pattern)
  if (matches.length === 0) throw noMatch(uri, await around(bucket, folderOf(fixedStart(pattern))))
  return listed(matches)
}

/** Objects that a look lists at most: one answer of S3. */
const MAX_SEEN = 1000

/** What is there, of which at most one page is listed: a bucket can hold millions of objects. Throws as listing does. */
export async function lookAt(bucket: Bucket, pattern: string): Promise<Seen> {
  const { objects } = await listObjects(bucket, fixedStart(pattern), { most: MAX_SEEN })
  if (objects.length < MAX_SEEN) return seenFiles(await listPattern(bucket, pattern))
  return { found: `at least ${MAX_SEEN.toLocaleString('en')} objects that start like it` }
}

const HINT = 'check the address; `aws s3 ls` lists the objects'

/** Like tinyglobby for files: `*` stays within a folder, and names that begin with a dot must be given explicitly. */
const isDynamic = (pattern: string) => picomatch.scan(pattern).isGlob || /\\|[[{(]/.test(pattern)

/** An object whose key ends in a slash represents a folder. */
const isObject = ({ key }: ListedObject) => !key.endsWith('/')

const below = async (bucket: Bucket, prefix: string) => (await listObjects(bucket, prefix)).objects

function dataBelow(objects: readonly ListedObject[], prefix: string, uri: string): readonly ListedObject[] {
  const data = objects.filter((object) => isObject(object) && isData(object.key.slice(prefix.length)))
  if (data.length === 0) throw noData(uri)
  return data
}

/** Lists only what begins like the pattern, and descends into folders only where the pattern does. */
async function candidates(bucket: Bucket, pattern: string): Promise<readonly ListedObject[]> {
  const start = fixedStart(pattern)
  const rest = pattern.slice(start.length)
  const isFlat = !/[/(\\]|\*\*/.test(rest)
  return (await listObjects(bucket, start, isFlat ? { delimiter: '/' } : {})).objects
}

function matching(objects: readonly ListedObject[], pattern: string): readonly ListedObject[] {
  const matches = picomatch(pattern, { dot: false, posix: true })
  return objects.filter((object) => isObject(object) && matches(object.key) && !isManifest(lastOf(object.key)))
}

function fixedStart(pattern: string): string {
  const at = pattern.search(MAGIC)
  return at < 0 ? pattern : pattern.slice(0, at)
}

const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1)
const lastOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)

/** Used for a message only: if this listing fails, the message goes without it. */
async function around(bucket: Bucket, prefix: string): Promise<Surroundings> {
  const folder = uriOf(bucket.name, prefix)
  try {
    const { objects, folders } = await listObjects(bucket, prefix, { delimiter: '/', most: 1000 })
    const names = [...objects.filter(isObject).map(({ key }) => lastOf(key)), ...folders.map((name) => lastOf(name.slice(0, -1)))]
    return { folder, names: names.length === 0 && prefix !== '' ? undefined : names }
  } catch {
    return { folder, names: undefined }
  }
}
