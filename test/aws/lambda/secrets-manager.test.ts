/** Secrets as a Lambda looks them up, from a server that answers as Secrets Manager does. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { secretsManager } from '#aws/lambda/secrets-manager.ts'

const ENVIRONMENT = ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_MAX_ATTEMPTS']
const asked: string[] = []
let server: Server

const ANSWERS: { readonly [name: string]: readonly [status: number, body: object] } = {
  'siftstep/KEY': [200, { Name: 'siftstep/KEY', SecretString: 'k-1' }],
  'siftstep/BYTES': [200, { Name: 'siftstep/BYTES', SecretBinary: 'AAAA' }],
  'siftstep/GONE': [400, { __type: 'ResourceNotFoundException', Message: "can't find it" }],
  'siftstep/CLOSED': [
    400,
    { __type: 'AccessDeniedException', Message: 'User: arn:aws:x is not authorized to perform: kms:Decrypt because of s3cret' },
  ],
  'siftstep/DELETED': [400, { __type: 'InvalidRequestException', Message: 'marked for deletion: s3cret' }],
  'siftstep/BUSY': [400, { __type: 'ThrottlingException', Message: 'slow down' }],
  'siftstep/DOWN': [500, { __type: 'InternalServiceError', Message: 'down: s3cret' }],
  'siftstep/ODD': [418, { __type: 'BrandNewException', Message: 'your key s3cret is odd' }],
  'siftstep/NAME': [400, { __type: 'InvalidParameterException', Message: 'the name s3cret is wrong' }],
  'siftstep/LOCKED': [400, { __type: 'DecryptionFailure', Message: 'no key s3cret' }],
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      const { SecretId: id } = JSON.parse(body) as { SecretId: string }
      asked.push(`${request.headers['x-amz-target']} ${id}`)
      const [status, answer] = ANSWERS[id] ?? [404, {}]
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const values = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'eu-central-1', 'test', 'test', '1']
  for (const [at, name] of ENVIRONMENT.entries()) vi.stubEnv(name, values[at])
})

afterAll(() => {
  server.close()
  vi.unstubAllEnvs()
})

const secret = secretsManager('siftstep/')

it('is the text of the secret, asked for each time', async () => {
  expect([await secret('KEY'), await secret('KEY')]).toEqual(['k-1', 'k-1'])
  expect(asked).toEqual(Array(2).fill('secretsmanager.GetSecretValue siftstep/KEY'))
})

it.each([
  [
    'GONE',
    'Definition.MissingSecret',
    'Secrets Manager has no secret siftstep/GONE in this account and region',
    'aws secretsmanager create-secret --name siftstep/GONE --secret-string …',
  ],
  [
    'CLOSED',
    'Definition.MissingSecret',
    'the function may not read the secret siftstep/CLOSED: kms:Decrypt is not allowed',
    'deploy the pipeline again',
  ],
  ['BYTES', 'Definition.MissingSecret', 'the secret siftstep/BYTES holds no text', 'as text'],
  [
    'DELETED',
    'Definition.MissingSecret',
    'the secret cannot be read in its current state, for example because it is marked for deletion',
    'restore-secret cancels',
  ],
  ['BUSY', 'Transient.Throttled', 'reading the secret siftstep/BUSY: Secrets Manager throttled the request', undefined],
  [
    'DOWN',
    'Transient.Unavailable',
    'reading the secret siftstep/DOWN: unexpected response from Secrets Manager (InternalServiceError, 500)',
    undefined,
  ],
  [
    'ODD',
    'Definition.MissingSecret',
    'reading the secret siftstep/ODD: Secrets Manager rejected the request (BrandNewException, 418)',
    'aws secretsmanager get-secret-value',
  ],
  ['NAME', 'Definition.MissingSecret', 'Secrets Manager rejected the name siftstep/NAME', 'use letters, digits'],
  ['LOCKED', 'Definition.MissingSecret', 'Secrets Manager cannot decrypt it', 'enable the KMS key'],
])('%s is reported as %s', async (name, error, message, hint) => {
  const failure = await secret(name).then(
    () => undefined,
    (found: unknown) => found as Error & { hint?: string },
  )
  expect(failure?.name).toBe(error)
  expect(failure?.message).toContain(message)
  // what Secrets Manager said is for the log only
  expect(`${failure?.message} ${failure?.hint}`).not.toContain('s3cret')
  if (hint === undefined) expect(failure?.hint).toBeUndefined()
  else expect(failure?.hint).toContain(hint)
})

it('says by a code alone that nothing answers', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:1')
  const failure = await secret('KEY').catch((found: unknown) => found as Error)
  expect(failure).toMatchObject({
    name: 'Transient.Unavailable',
    message: 'reading the secret siftstep/KEY: connection refused (ECONNREFUSED)',
  })
})
