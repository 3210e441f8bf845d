/** What the output of a failed CDK is explained as. */
import { expect, it } from 'vitest'
import { cdkFailure } from '#cli/aws/cdk.ts'

const ADVICE =
  'CloudTrail delivery can lag up to 15 minutes behind the failure; re-run `cdk diagnose` in a few minutes to check for additional control-plane errors (e.g. AccessDenied).'

it.each([
  ['User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole', 'AWS denied access'],
  ['AccessDenied: Access Denied', 'AWS denied access'],
  [`API: s3:CreateBucket AccessDeniedException\n${ADVICE}`, 'AWS denied access'],
  ['The security token included in the request is expired', 'the AWS credentials have expired'],
])('%s', (said, what) => {
  expect(cdkFailure(said, 'deploying')?.message).toBe(`deploying: ${what}`)
})

it('the advice that the CDK gives after every failure is no cause', () => {
  expect(cdkFailure(`CREATE_FAILED AWS::SQS::Queue the name is taken\n${ADVICE}`, 'deploying')).toBeUndefined()
})
