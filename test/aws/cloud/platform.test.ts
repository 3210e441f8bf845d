// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
import { Duration } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  assertLambdas,
  FULL,
  ofType,
  one,
  pipelineStack,
  platformStack,
  propertiesOf,
  resourcesOf,
  statementsOf,
  testApp,
} from './stacks.ts'

beforeAll(assertLambdas)

describe('the platform', () => {
  it('removes what is known of starts after 400 days, and the files of runs after the days that are set, and says so to the next deployment', () => {
    const stack = platformStack({ keepRuns: Duration.days(30) })
    const { LifecycleConfiguration } = propertiesOf(resourcesOf(stack), 'AWS::S3::Bucket', 'DataBucket')
    expect(LifecycleConfiguration).toMatchObject({
      Rules: [{}, { Prefix: 'starts/', ExpirationInDays: 400 }, { Prefix: 'runs/', ExpirationInDays: 30 }],
    })
    Template.fromStack(stack).hasOutput('KeepRunsDays', { Value: '30' })
  })

  it('has a bucket that is private, encrypted, over TLS only, stays, and sends events to EventBridge; and a topic', () => {
    const resources = resourcesOf(platformStack({ emails: ['a@example.com', 'b@example.com', 'a@example.com'] }))
    for (const name of ['DataBucket', 'DataAccessLogs']) {
      expect(one(resources, 'AWS::S3::Bucket', name)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
      expect(propertiesOf(resources, 'AWS::S3::Bucket', name)).toMatchObject({
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      })
      const [tls] = statementsOf(propertiesOf(resources, 'AWS::S3::BucketPolicy', `${name}Policy`))
      expect(tls).toMatchObject({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
    }
    expect(propertiesOf(resources, 'AWS::S3::Bucket', 'DataBucket')).toMatchObject({
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LoggingConfiguration: { DestinationBucketName: '${DataAccessLogs}' },
      LifecycleConfiguration: {
        Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }, { Prefix: 'starts/', ExpirationInDays: 400 }],
      },
    })
    expect(ofType(resources, 'AWS::SNS::Subscription').map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'a@example.com',
      'b@example.com',
    ])
    expect(resources.filter(({ Type }) => Type.startsWith('Custom::') || Type === 'AWS::Lambda::Function')).toEqual([])
  })

  it('is the same whether or not a pipeline is deployed with it: nothing of it comes or goes with one', () => {
    const alone = Template.fromStack(platformStack())
    const app = testApp()
    const platform = platformStack({}, app)
    pipelineStack(FULL, { dataBucket: platform.bucket, alarmTopic: platform.topic }, app)
    expect(alone.toJSON()).toEqual(Template.fromStack(platform).toJSON())
  })

  it('is what pipelines use when it is given; their own addresses have a topic beside it', () => {
    const app = testApp()
    const { bucket, topic } = platformStack({}, app)
    const resources = resourcesOf(pipelineStack(FULL, { dataBucket: bucket, alarmTopic: topic, service: 'orders-staging' }, app))
    expect(ofType(resources, 'AWS::S3::Bucket')).toEqual([])
    const { AlarmActions, AlarmDescription, Dimensions } = propertiesOf(resources, 'AWS::CloudWatch::Alarm', 'Quality')
    expect(AlarmActions).toEqual([expect.stringMatching(/^\$\{import Platform:.*AlarmTopic/), '${PipelineAlarmTopic}'])
    expect(AlarmDescription).toMatch(/^orders-staging: /)
    expect(Dimensions).toEqual([{ Name: 'service', Value: 'orders-staging' }])
  })
})
