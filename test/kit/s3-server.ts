/**
 * A small S3 on the loopback, in memory: what the project asks of S3, answered as S3 answers it, with errors on request. It refuses
 * what it does not know, so that a test cannot pass by accident.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { S3Failure, objectsOf, type S3Objects, type StoredBody } from './s3-objects.ts'

export interface S3Call {
  /** As AWS names it: `GetObject`. */
  readonly name: string
  readonly bucket: string
  readonly key: string
  readonly range: string | undefined
}

/** An injected error for matching calls: for `times` of them, or all if absent. */
export interface InjectedFailure {
  readonly when: (call: S3Call) => boolean
  readonly times?: number
  /**
   * An answer of S3’s; `reset`: no answer, nothing done; `lose`: done, but the answer is lost; `truncate`: half of the body, then the
   * connection ends.
   */
  readonly how:
    | 'reset'
    | 'lose'
    | 'truncate'
    | { readonly status: number; readonly code: string; readonly message?: string; readonly more?: string }
}

export interface TestS3 {
  readonly url: string
  /** What a client needs to know, as variables of the environment. */
  readonly env: { readonly [name: string]: string }
  readonly objects: S3Objects
  /** Every call so far, those that failed among them. */
  readonly calls: S3Call[]
  /** The access keys that signed them. */
  readonly accessKeys: ReadonlySet<string>
  fail(failure: InjectedFailure): void
  /** Removes all injected errors. */
  fix(): void
  close(): Promise<void>
}

export async function startS3(options: { readonly page?: number } = {}): Promise<TestS3> {
  const objects = objectsOf(options.page ?? 1000)
  const calls: S3Call[] = []
  const accessKeys = new Set<string>()
  let failures: { failure: InjectedFailure; left: number }[] = []

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent)
    const call = { name: nameOf(request, url, rest.join('/')), bucket, key: rest.join('/'), range: request.headers.range }
    calls.push(call)
    accessKeys.add(/Credential=([^/,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    const found = failures.find(({ failure, left }) => left > 0 && failure.when(call))
    if (found !== undefined) found.left--
    const how = found?.failure.how
    // what is sent is read to its end, as S3 does: a client that is cut off while it sends sees another error
    const body = await buffer(request)
    if (how === 'reset') return request.socket.destroy()
    try {
      if (typeof how === 'object') throw new S3Failure(how.status, how.code, how.message, how.more)
      assertWhole(request, body)
      const result = await perform(objects, call, request, url, body)
      if (how === 'lose') return request.socket.destroy()
      await send(response, result, call.name === 'HeadObject', how === 'truncate')
    } catch (error) {
      const failure = error instanceof S3Failure ? error : new S3Failure(500, 'TestServerBug', String(error))
      const text = `<?xml version="1.0"?><Error><Code>${failure.code}</Code><Message>${failure.message}</Message>${failure.more}</Error>`
      response.writeHead(failure.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) })
      response.end(call.name === 'HeadObject' ? undefined : text)
    }
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    objects,
    calls,
    accessKeys,
    fail: (failure) => failures.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY }),
    fix: () => {
      failures = []
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function nameOf(request: IncomingMessage, url: URL, key: string): string {
  const { method = '' } = request
  const has = (name: string) => url.searchParams.has(name)
  if (key === '')
    return method === 'PUT'
      ? 'CreateBucket'
      : method === 'GET' && url.searchParams.get('list-type') === '2'
        ? 'ListObjectsV2'
        : method === 'GET' && has('notification')
          ? 'GetBucketNotificationConfiguration'
          : `${method} bucket`
  if (method === 'PUT' && has('uploadId')) return 'UploadPart'
  if (method === 'PUT') return request.headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject'
  if (method === 'POST' && has('uploads')) return 'CreateMultipartUpload'
  if (method === 'POST' && has('uploadId')) return 'CompleteMultipartUpload'
  if (method === 'DELETE') return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
  return method === 'HEAD' ? 'HeadObject' : method === 'GET' ? 'GetObject' : `${method} object`
}

/** Like S3: rejects unsigned requests and verifies checksums. */
function assertWhole(request: IncomingMessage, body: Buffer): void {
  if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') !== true) throw new S3Failure(403, 'AccessDenied')
  if (String(request.headers['content-encoding'] ?? '').includes('aws-chunked'))
    throw new S3Failure(501, 'NotImplemented', 'chunked uploads')
  const sum = request.headers['x-amz-checksum-crc32']
  const found = Buffer.alloc(4)
  found.writeUInt32BE(crc32(body))
  if (sum !== undefined && found.toString('base64') !== sum) throw new S3Failure(400, 'BadDigest')
}

interface Result {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string }
  readonly xml?: string
  readonly body?: StoredBody
  readonly range?: { readonly start: number; readonly end: number }
}

async function perform(
  objects: S3Objects,
  { name, bucket, key, range }: S3Call,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Promise<Result> {
  const text = (header: string) => request.headers[header] as string | undefined
  const query = (field: string) => url.searchParams.get(field) ?? undefined
  const condition = { ifMatch: text('if-match'), ifNoneMatch: text('if-none-match') }
  const metadata = Object.fromEntries(Object.entries(request.headers).filter(([header]) => header.startsWith('x-amz-meta-'))) as Record<
    string,
    string
  >
  switch (name) {
    case 'CreateBucket':
      objects.createBucket(bucket)
      return {}
    case 'GetBucketNotificationConfiguration':
      return { xml: objects.notifications(bucket) }
    case 'ListObjectsV2':
      return {
        xml: objects.list(bucket, {
          prefix: query('prefix') ?? '',
          delimiter: query('delimiter'),
          most: Number(query('max-keys') ?? 1000),
          token: query('continuation-token'),
        }),
      }
    case 'GetObject':
    case 'HeadObject':
      return objects.read(bucket, key, range, condition)
    case 'PutObject':
      return { headers: { etag: objects.put(bucket, key, body, condition, metadata) } }
    case 'CopyObject': {
      const own = text('x-amz-metadata-directive') === 'REPLACE' ? metadata : undefined
      const etag = objects.copy(bucket, key, decodeURIComponent(text('x-amz-copy-source') ?? ''), own)
      return { xml: `<CopyObjectResult><ETag>${etag}</ETag></CopyObjectResult>` }
    }
    case 'CreateMultipartUpload':
      return {
        xml: `<InitiateMultipartUploadResult><UploadId>${objects.begin(bucket, key, metadata)}</UploadId></InitiateMultipartUploadResult>`,
      }
    case 'UploadPart':
      return { headers: { etag: objects.part(query('uploadId') ?? '', Number(query('partNumber')), body) } }
    case 'CompleteMultipartUpload': {
      const parts = [...body.toString().matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
        number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
        etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
      }))
      return {
        xml: `<CompleteMultipartUploadResult><ETag>${objects.complete(query('uploadId') ?? '', parts)}</ETag></CompleteMultipartUploadResult>`,
      }
    }
    case 'AbortMultipartUpload':
      objects.abort(query('uploadId') ?? '')
      return { status: 204 }
    case 'DeleteObject':
      objects.remove(bucket, key)
      return { status: 204 }
    default:
      throw new S3Failure(501, 'NotImplemented', name)
  }
}

const PIECE = 1 << 16

async function send(
  response: ServerResponse,
  { status = 200, headers = {}, xml, body, range }: Result,
  isHead: boolean,
  truncate: boolean,
): Promise<void> {
  if (body === undefined) {
    const text = xml === undefined ? '' : `<?xml version="1.0" encoding="UTF-8"?>${xml}`
    response.writeHead(status, {
      ...headers,
      ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(text), 'content-type': 'application/xml' }),
    })
    response.end(text)
    return
  }
  const { start, end } = range ?? { start: 0, end: body.size }
  response.writeHead(status, { ...headers, 'content-length': end - start })
  if (isHead) return void response.end()
  const closed = new Promise((resolve) => response.once('close', resolve))
  const last = truncate ? start + Math.floor((end - start) / 2) : end
  for (let at = start; at < last && !response.destroyed; at += PIECE) {
    const isRoom = response.write(body.read(at, Math.min(last, at + PIECE)))
    if (!isRoom) await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))])
  }
  if (truncate) response.socket?.end()
  else response.end()
}
