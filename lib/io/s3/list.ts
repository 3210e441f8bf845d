/** Lists and removes objects in a bucket. */
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { about, type Bucket, call } from './call.ts'

export interface ListedObject {
  readonly key: string
  readonly bytes: number
  readonly etag: string
}

export interface Listing {
  readonly objects: readonly ListedObject[]
  /** With a delimiter: the prefixes of the keys that are not listed, up to the delimiter. */
  readonly folders: readonly string[]
}

/** Every object whose key starts with the prefix; with a delimiter, only keys without it in the rest of the key. */
export async function listObjects(
  bucket: Bucket,
  prefix: string,
  options: { readonly delimiter?: '/'; readonly most?: number } = {},
): Promise<Listing> {
  const { delimiter, most = Number.POSITIVE_INFINITY } = options
  const objects: ListedObject[] = []
  const folders: string[] = []
  let token: string | undefined
  do {
    const input = {
      Bucket: bucket.name,
      Prefix: prefix,
      ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
      ...(most < 1000 ? { MaxKeys: most } : {}),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    }
    const page = await call(about(bucket, null, 'listing', 's3:ListBucket'), () => bucket.client.send(new ListObjectsV2Command(input)))
    for (const { Key: key, Size: bytes, ETag: etag } of page.Contents ?? [])
      if (key !== undefined) objects.push({ key, bytes: bytes ?? 0, etag: etag ?? '' })
    for (const { Prefix: folder } of page.CommonPrefixes ?? []) if (folder !== undefined) folders.push(folder)
    token = page.IsTruncated === true && objects.length + folders.length < most ? page.NextContinuationToken : undefined
  } while (token !== undefined)
  return { objects, folders }
}

/** Removes an object. A missing object is not an error. */
export async function removeObject(bucket: Bucket, key: string): Promise<void> {
  await call(about(bucket, key, 'removing', 's3:DeleteObject'), () =>
    bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: key })),
  )
}
