/** Parses addresses of S3. */
import { TaskError } from '#core/errors/errors.ts'

export interface Address {
  readonly bucket: string
  /** What follows the bucket and its slash: a key, or a key prefix. */
  readonly key: string
}

/** Throws Definition.InvalidSetting for an invalid address. The key is used unchanged, without decoding. */
export function addressOf(uri: string): Address {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(uri) ?? []
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return { bucket, key }
  const at = bucket.lastIndexOf('@')
  if (at >= 0) {
    const without = `s3://${bucket.slice(at + 1)}/${key}`
    throw new TaskError(
      'Definition.InvalidSetting',
      `an address of S3 holds no keys: there are some before the @ of …@${without.slice(5)}`,
      {
        hint: `write ${without}; keys come from a role, AWS_PROFILE or the environment`,
      },
    )
  }
  throw new TaskError('Definition.InvalidSetting', `invalid S3 address ${uri}: ${JSON.stringify(bucket)} is not a valid bucket name`, {
    hint: 'write s3://bucket/key; a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens',
  })
}
