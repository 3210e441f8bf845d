/** What S3 or its client says in words of its own is never copied into an error of a task: it can quote what it was given. */
import { describe, expect, it } from 'vitest'
import { s3Error } from '#io/s3/errors.ts'

const ABOUT = { role: 'source', bucket: 'b', key: 'in/a.csv', doing: 'reading', action: 's3:GetObject' } as const
const named = (name: string, more: object = {}) => Object.assign(new Error('the header "Bearer s3cret" is wrong'), { name, ...more })

describe('an error of S3 that nobody foresaw', () => {
  it.each([
    [
      'an answer that refuses',
      named('BrandNewRefusal', { $metadata: { httpStatusCode: 418 } }),
      'Data.Unreadable',
      'S3 rejected the request (BrandNewRefusal, status 418)',
    ],
    [
      'a name that is a sentence',
      named('odd: s3cret', { $metadata: { httpStatusCode: 418 } }),
      'Data.Unreadable',
      'S3 rejected the request (status 418)',
    ],
    [
      'a failure of the client',
      new TypeError('Headers.append: "s3cret" is an invalid header value'),
      'Engine.Bug',
      'reading s3://b/in/a.csv: unexpected error',
    ],
    ['no error at all', 's3cret', 'Engine.Bug', 'reading s3://b/in/a.csv: unexpected error'],
    ['nothing', undefined, 'Engine.Bug', 'reading s3://b/in/a.csv: unexpected error'],
    [
      'a service that is down',
      named('InternalError', { $metadata: { httpStatusCode: 500 } }),
      'Transient.Unavailable',
      '1 attempt (InternalError, status 500)',
    ],
    ['a connection that is refused', named('Error', { code: 'ECONNREFUSED' }), 'Transient.Unavailable', 'no response (ECONNREFUSED)'],
    ['no credentials', named('CredentialsProviderError'), 'Data.Unreadable', 'no AWS credentials found'],
  ])('%s', (_, error, name, words) => {
    const found = s3Error(error, ABOUT)
    expect(found.name).toBe(name)
    expect(found.message).toContain(words)
    expect(`${found.message} ${found.hint ?? ''}`).not.toContain('s3cret')
    // for the log of the task
    expect(found.cause).toBe(error)
  })
})
