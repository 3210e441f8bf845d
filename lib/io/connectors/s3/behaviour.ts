/** Operations on objects in buckets. */
import type { Bucket } from '#io/s3/call.ts'
import { sharedClient } from '#io/s3/client.ts'
import type { Role } from '#io/s3/errors.ts'
import { removeObject } from '#io/s3/list.ts'
import { objectSource } from '#io/s3/source.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { FileConnector } from '../connector.ts'
import { listPattern, lookAt } from './list.ts'
import { addressOf } from './address.ts'
import { bring, checkPlace, checkWritable, type S3Location, publishedTo, publishTo } from './publish.ts'

const bucketOf = (name: string, role: Role): Bucket => ({ client: sharedClient(), name, role })

function placeOf(uri: string): S3Location {
  const { bucket, key } = addressOf(uri)
  return { uri, bucket: bucketOf(bucket, 'output'), prefix: key === '' || key.endsWith('/') ? key : `${key}/` }
}

export const s3Connector: FileConnector = {
  holds: 'files',
  list: (pattern) => {
    const { bucket, key } = addressOf(pattern)
    return listPattern(bucketOf(bucket, 'source'), key)
  },
  look: async (pattern) => {
    const { bucket, key } = addressOf(pattern)
    return lookAt(bucketOf(bucket, 'source'), key)
  },
  open: async (uri) => {
    const { bucket, key } = addressOf(uri)
    const source = await objectSource(bucketOf(bucket, 'source'), key)
    if (source !== undefined) return source
    throw new TaskError('Data.NoSources', `reading ${uri}: no such object`, { hint: 'check whether it was removed after it was found' })
  },
  published: async (target, pipeline) => publishedTo(placeOf(target), pipeline),
  checkFile: async (uri) => {
    const { bucket, key } = addressOf(uri)
    await checkWritable(bucketOf(bucket, 'output'), key.slice(0, key.lastIndexOf('/') + 1))
  },
  writeFile: async (uri, file) => {
    const { bucket, key } = addressOf(uri)
    await bring(bucketOf(bucket, 'output'), key, file)
  },
  remove: async (uri) => {
    const { bucket, key } = addressOf(uri)
    await removeObject(bucketOf(bucket, 'output'), key)
  },
  target: {
    check: async (target, { pipeline }) => checkPlace(placeOf(target), pipeline),
    publish: async (target, { files, manifest, ...about }) => {
      await publishTo(placeOf(target), files, manifest, about)
      return undefined
    },
  },
}
