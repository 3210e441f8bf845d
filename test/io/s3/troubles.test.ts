/** What can go wrong between a run and S3: each is a sentence with a fix, nothing is lost, and transient errors are retried and counted. */
import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'
import type { S3Call, TestS3 } from '../../kit/s3-server.ts'
import { runDefinition, type TestRunOptions, workplace } from '../../kit/run-pipeline.ts'

const DEFINITION = `version: 1
id: sales
inputs: {source: {type: string, required: true}, to: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "{{ to }}", format: csv}}
  - {id: watch, type: monitor}
`
const ROWS = Array.from({ length: 2000 }, (_, at) => `${at}, name ${at} \n`).join('')

const place = workplace()
const before = { ...process.env }
let s3: S3Place
let server: TestS3
let number = 0
beforeAll(async () => {
  s3 = await openS3Place({ own: true })
  server = s3.server as TestS3
})
afterAll(async () => {
  await s3.close()
  for (const name of ['AWS_MAX_ATTEMPTS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_EC2_METADATA_DISABLED']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  place.clear()
})
beforeEach(() => {
  server.fix()
  server.objects.put(s3.bucket, 'in/sales.csv', Buffer.from(`id,name\n${ROWS}`))
})

/** A run from the bucket to the bucket. */
function run(more: Partial<TestRunOptions> & { readonly source?: string; readonly to?: string } = {}) {
  const own = `${++number}`
  const { source = `s3://${s3.bucket}/in/*.csv`, to = `s3://${s3.bucket}/out/${own}/`, ...options } = more
  return runDefinition(DEFINITION, { inputs: { source, to }, store: `${place.folder}/${own}`, ...options })
}

const reading = ({ name, key }: S3Call) => name === 'GetObject' && key === 'in/sales.csv'
const publishing = ({ name, key }: S3Call) => ['PutObject', 'UploadPart', 'CopyObject'].includes(name) && key.startsWith('out/')
const published = () => server.objects.keys(s3.bucket).filter((key) => key.startsWith(`out/${number}/`))

describe('what passes', () => {
  beforeAll(() => {
    process.env['AWS_MAX_ATTEMPTS'] = '4'
  })

  it.each([
    ['S3 asks to slow down', { status: 503, code: 'SlowDown' }],
    ['S3 fails', { status: 500, code: 'InternalError' }],
    ['the connection is cut before there is an answer', 'reset'],
    ['an answer is lost', 'lose'],
  ] as const)('%s, and the run succeeds; retries are counted', async (_, how) => {
    server.fail({ when: reading, times: 2, how })
    server.fail({ when: publishing, times: 2, how })
    const { status, ledger, object } = await run()
    expect(status).toBe('SUCCEEDED')
    expect(ledger).toMatchObject({ rows: { in: 2000, out: 2000 } })
    expect(published()).toHaveLength(2)
    expect(object<{ metrics: { retries: number } }>('metrics.json').metrics.retries).toBeGreaterThanOrEqual(4)
  })

  it('a body that breaks off is read on from there', async () => {
    server.fail({ when: reading, times: 3, how: 'truncate' })
    const { status, ledger } = await run()
    expect([status, ledger.rows.in]).toEqual(['SUCCEEDED', 2000])
  })
})

describe('what stays', () => {
  beforeAll(() => {
    process.env['AWS_MAX_ATTEMPTS'] = '2'
  })

  const refused = (status: number, code: string, more?: string) => () =>
    server.fail({ when: ({ bucket }) => bucket === s3.bucket, how: { status, code, ...(more === undefined ? {} : { more }) } })

  it.each([
    [
      'a token that has expired',
      refused(400, 'ExpiredToken'),
      'Data.Unreadable',
      'the credentials have expired',
      /aws sso login.*finished work is kept/,
    ],
    [
      'keys AWS does not know',
      refused(403, 'InvalidAccessKeyId'),
      'Data.Unreadable',
      'AWS rejected the credentials',
      /check AWS_ACCESS_KEY_ID/,
    ],
    [
      'a bucket in another region',
      refused(301, 'PermanentRedirect', '<Region>eu-central-1</Region>'),
      'Data.Unreadable',
      'is in the region eu-central-1, not in the region of the request',
      /set AWS_REGION=eu-central-1/,
    ],
    [
      'a permission that is not there',
      refused(403, 'AccessDenied'),
      'Data.Unreadable',
      'access denied: s3:GetObject on arn:aws:s3:::',
      /allow s3:GetObject on .*, and s3:ListBucket on/,
    ],
    ['throttling without end', refused(503, 'SlowDown'), 'Transient.Throttled', 'S3 throttled the request, 2 attempts', /fewer workers/],
  ])('%s', async (_, begin, error, sentence, fix) => {
    begin()
    const to = `${place.folder}/to`
    const found = await run({ to })
    expect([found.status, found.error]).toEqual(['FAILED', error])
    expect(found.cause).toContain(sentence)
    expect(found.hint).toMatch(fix)
    expect(existsSync(to)).toBe(false)
  })

  it('a bucket that is not there, to read from and to publish to', async () => {
    const source = await run({ source: 's3://no-such-bucket-here/in/*.csv' })
    expect(source).toMatchObject({
      status: 'FAILED',
      error: 'Data.NoSources',
      hint: expect.stringContaining('the AWS account'),
    })
    expect(source.cause).toContain('no such bucket: no-such-bucket-here')
    const target = await run({ to: 's3://no-such-bucket-here/out/' })
    expect([target.error, target.cause]).toEqual(['Output.Unwritable', expect.stringContaining('no such bucket: no-such-bucket-here')])
  })

  it('no credentials', async () => {
    const kept = { ...process.env }
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name]
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
    try {
      const found = await run({ to: `${place.folder}/to` })
      expect([found.status, found.error, found.cause]).toEqual([
        'FAILED',
        'Data.Unreadable',
        expect.stringContaining('no AWS credentials found'),
      ])
      expect(found.hint).toContain('set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    } finally {
      for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) delete process.env[name]
      Object.assign(process.env, kept)
    }
  })

  it('an object that was removed between its event and the run', async () => {
    server.objects.remove(s3.bucket, 'in/sales.csv')
    server.objects.put(s3.bucket, 'in/other.csv', Buffer.from('id\n1\n'))
    const found = await run({ source: `s3://${s3.bucket}/in/sales.csv` })
    server.objects.remove(s3.bucket, 'in/other.csv')
    expect([found.status, found.error]).toEqual(['FAILED', 'Data.NoSources'])
    expect(found.cause).toContain(`the source s3://${s3.bucket}/in/sales.csv does not exist`)
    expect(found.hint).toContain(`s3://${s3.bucket}/in/ contains other.csv`)
  })

  it.each([
    ['removed', 'Data.NoSources', (objects: TestS3['objects'], bucket: string): void => objects.remove(bucket, 'in/sales.csv')],
    [
      'replaced',
      'Data.SourceChanged',
      (objects: TestS3['objects'], bucket: string) => objects.put(bucket, 'in/sales.csv', Buffer.from('id,name\n1,a\n')),
    ],
  ] as const)('an object that is %s while the run reads it', async (_, error, change) => {
    const found = await run({ afterTask: ({ task }) => void (task === 'plan' && change(server.objects, s3.bucket)) })
    expect([found.status, found.error]).toEqual(['FAILED', error])
    expect(found.cause).toContain(`s3://${s3.bucket}/in/sales.csv`)
    expect(found.hint).toMatch(/run again when no program writes|check whether it was removed/)
    expect(published()).toEqual([])
  })

  it('an upload that was cut off before it was compressed to its end', async () => {
    server.objects.remove(s3.bucket, 'in/sales.csv')
    const whole = gzipSync(`id,name\n${ROWS}`)
    server.objects.put(s3.bucket, 'in/sales.csv.gz', whole.subarray(0, whole.length - 100))
    const found = await run({ source: `s3://${s3.bucket}/in/*.gz` })
    server.objects.remove(s3.bucket, 'in/sales.csv.gz')
    expect([found.status, found.error]).toEqual(['FAILED', 'Data.Unreadable'])
    expect(found.cause).toMatch(/sales\.csv\.gz/)
    expect(published()).toEqual([])
  })

  it('an upload of which S3 got other bytes than were sent is sent again', async () => {
    server.fail({ when: publishing, times: 1, how: { status: 400, code: 'BadDigest' } })
    const found = await run()
    expect(found.status).toBe('SUCCEEDED')
    expect(published()).toHaveLength(2)
  })
})
