/** What an address of S3 means. */
import { TaskError } from '#core/errors/errors.ts'

export interface Address {
  readonly bucket: string
  /** What stands behind the bucket and its slash; a key, or the start of keys. */
  readonly key: string
}

/** Definition.InvalidSetting for what cannot be an address. The key is taken as it stands: nothing in it is decoded. */
export function addressOf(uri: string): Address {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(uri) ?? []
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return { bucket, key }
  throw new TaskError('Definition.InvalidSetting', `${uri} is no address in S3: ${JSON.stringify(bucket)} cannot be the name of a bucket`, {
    hint: 'write s3://bucket/key; a bucket has 3 to 63 small letters, digits, dots and hyphens',
  })
}
