/** What the CDK app reads of deployed stacks, from an AWS of the tests. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { deployedSettings } from '#aws/cloud/deployed-settings.ts'
import { startAws, type TestAws } from '../../kit/aws-server.ts'

let aws: TestAws
beforeAll(async () => {
  aws = await startAws()
  aws.stacks.push(
    { name: 'siftstep-platform', outputs: { Emails: 'a@example.com', DataBucket: 'lake' } },
    { name: 'siftstep-sales', outputs: { Sources: 's3://a/,s3://b/', Architecture: 'arm64' } },
    { name: 'other', outputs: { Emails: 'b@example.com' } },
  )
})
afterAll(() => aws.close())
afterEach(() => vi.unstubAllEnvs())

const read = (account: string | undefined) => {
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value)
  return deployedSettings({ CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: 'eu-west-1' })
}

describe('the settings of deployed stacks', () => {
  it('are read from their outputs, with credentials', async () => {
    expect(await read('111111111111')).toEqual({
      settings: new Map([
        ['siftstep-platform', { emails: 'a@example.com' }],
        ['siftstep-sales', { sources: 's3://a/,s3://b/', arch: 'arm64' }],
      ]),
    })
  })

  it('are unknown without credentials, and no request is sent', async () => {
    const before = aws.calls.length
    expect(await read(undefined)).toEqual({ unknown: 'the app ran without AWS credentials' })
    expect(aws.calls).toHaveLength(before)
  })

  it('are unknown when the credentials are for another account than the deployment', async () => {
    expect(await read('222222222222')).toEqual({
      unknown: 'the credentials are for account 111111111111, not 222222222222: set AWS_PROFILE instead of --profile',
    })
  })

  it('are unknown when they may not be read', async () => {
    aws.refuse('DescribeStacks', 403, 'AccessDenied', 'User: x is not authorized')
    expect(await read('111111111111')).toEqual({ unknown: 'reading the stacks failed (AccessDenied: User: x is not authorized)' })
    aws.accept('DescribeStacks')
  })
})
