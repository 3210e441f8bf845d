/** A bucket for tests: of the emulator that AWS_ENDPOINT_URL names, else of the small server. */
import { randomBytes } from 'node:crypto'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { sharedClient } from '#io/s3/client.ts'
import { startS3, type TestS3 } from './s3-server.ts'

export interface S3Place {
  readonly bucket: string
  /** The small server, for tests that make it fail; undefined when an emulator is used. */
  readonly server: TestS3 | undefined
  close(): Promise<void>
}

/** Until it is closed the environment of this process leads to the server. */
export async function openS3Place(options: { readonly page?: number; readonly own?: boolean } = {}): Promise<S3Place> {
  const bucket = `siftstep-test-${randomBytes(6).toString('hex')}`
  const emulator = process.env['AWS_ENDPOINT_URL']
  if (emulator !== undefined && options.own !== true) {
    await sharedClient().send(new CreateBucketCommand({ Bucket: bucket }))
    return { bucket, server: undefined, close: async () => {} }
  }
  const server = await startS3(options)
  const before = Object.fromEntries(Object.keys(server.env).map((name) => [name, process.env[name]]))
  Object.assign(process.env, server.env)
  server.objects.createBucket(bucket)
  return {
    bucket,
    server,
    close: async () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await server.close()
    },
  }
}
