// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
/** A pipeline in an account with rules of its own: roles, boundary, key, network, logs, tags; and one that is deployed elsewhere. */
import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Pipeline } from '#aws/cloud/pipeline.ts'
import { assertLambdas, FULL, ofType, one, PLAIN, pipelineStack, type Resource, resourcesOf, statementsOf, testApp } from './stacks.ts'

beforeAll(assertLambdas)

const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:sales'
const propertyOf = (resources: readonly Resource[], type: string, name: string) =>
  ofType(resources, type).map(({ Properties }) => Properties[name])

/** A stack that has what a pipeline is given. */
function ownerIn(app: App): Stack {
  const stack = new Stack(app, 'Owner')
  new sqs.Queue(stack, 'Own')
  return stack
}

function inVpc(more: { subnets?: ec2.SubnetSelection; group?: string } = {}) {
  const app = testApp()
  const network = ownerIn(app)
  const vpc = ec2.Vpc.fromVpcAttributes(network, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdefa', 'subnet-0123456789abcdefb'],
    isolatedSubnetIds: ['subnet-0123456789abcdefc', 'subnet-0123456789abcdefd'],
  })
  const securityGroups = more.group === undefined ? undefined : [ec2.SecurityGroup.fromSecurityGroupId(network, 'Group', more.group)]
  return resourcesOf(pipelineStack(FULL, { vpc, subnets: more.subnets, securityGroups }, app))
}

describe('roles', () => {
  it('that are given get the permissions, and none is made for them', () => {
    const app = testApp()
    const owner = ownerIn(app)
    const role = (name: string) => iam.Role.fromRoleArn(owner, name, `arn:aws:iam::111111111111:role/${name}`)
    const names = ['data', 'control', 'machine', 'start', 'schedule'] as const
    const given = Object.fromEntries(names.map((name) => [name, role(name)]))
    const made = resourcesOf(pipelineStack(FULL, {}))
    const resources = resourcesOf(pipelineStack(FULL, { roles: given }, app))
    expect(ofType(resources, 'AWS::IAM::Role')).toEqual([])
    expect(ofType(made, 'AWS::IAM::Role')).toHaveLength(names.length)
    const sidsOf = (all: readonly Resource[], ...types: string[]) =>
      all
        .filter(({ Type }) => types.includes(Type))
        .flatMap(({ Properties }) => [Properties, ...((Properties['Policies'] ?? []) as never[])])
        .flatMap((policy) => ('PolicyDocument' in policy ? statementsOf(policy) : []))
        .map(({ Sid }) => Sid)
        .sort()
    expect(sidsOf(resources, 'AWS::IAM::Policy')).toEqual(sidsOf(made, 'AWS::IAM::Role', 'AWS::IAM::Policy'))
    expect(new Set(propertyOf(resources, 'AWS::IAM::Policy', 'Roles').flat())).toEqual(new Set(names))
    expect(propertyOf(resources, 'AWS::StepFunctions::StateMachine', 'RoleArn')).toEqual(['arn:aws:iam::111111111111:role/machine'])
    expect(new Set(propertyOf(resources, 'AWS::Lambda::Function', 'Role'))).toEqual(
      new Set(['data', 'control', 'start'].map((name) => `arn:aws:iam::111111111111:role/${name}`)),
    )
  })

  it('that must not change stay as they are', () => {
    const app = testApp()
    const data = iam.Role.fromRoleArn(ownerIn(app), 'data', 'arn:aws:iam::111111111111:role/data', { mutable: false })
    const resources = resourcesOf(pipelineStack(PLAIN, { roles: { data } }, app))
    expect(propertyOf(resources, 'AWS::IAM::Policy', 'Roles').flat()).not.toContain('data')
    expect(propertyOf(resources, 'AWS::Lambda::Function', 'Role')).toContain('arn:aws:iam::111111111111:role/data')
  })

  it('have the boundary, each of them', () => {
    const app = testApp()
    const boundary = iam.ManagedPolicy.fromManagedPolicyArn(ownerIn(app), 'Limit', 'arn:aws:iam::111111111111:policy/limit')
    const boundaries = propertyOf(resourcesOf(pipelineStack(FULL, { boundary }, app)), 'AWS::IAM::Role', 'PermissionsBoundary')
    expect(boundaries.length).toBeGreaterThan(4)
    expect(new Set(boundaries)).toEqual(new Set(['arn:aws:iam::111111111111:policy/limit']))
  })
})

describe('the network', () => {
  it('is that of Lambda by default', () => {
    expect(propertyOf(resourcesOf(pipelineStack(FULL)), 'AWS::Lambda::Function', 'VpcConfig')).toEqual([undefined, undefined, undefined])
  })

  it('is the private subnets of a VPC, with a security group for each function and the permission to use them', () => {
    const resources = inVpc()
    for (const config of propertyOf(resources, 'AWS::Lambda::Function', 'VpcConfig'))
      expect(config).toMatchObject({
        SubnetIds: ['subnet-0123456789abcdefa', 'subnet-0123456789abcdefb'],
        SecurityGroupIds: [expect.stringMatching(/SecurityGroup/)],
      })
    expect(ofType(resources, 'AWS::EC2::SecurityGroup')).toHaveLength(3)
    for (const role of ['ControlRole', 'DataRole', 'StartsRole']) {
      const [policy] = one(resources, 'AWS::IAM::Role', role).Properties['Policies'] as never[]
      expect(statementsOf(policy as never).find(({ Sid }) => Sid === 'UseNetwork')?.['Action']).toContain('ec2:CreateNetworkInterface')
    }
    // constructs of the CDK would attach a policy of AWS
    expect(JSON.stringify(propertyOf(resources, 'AWS::IAM::Role', 'ManagedPolicyArns'))).not.toContain('VPCAccess')
  })

  it('is the subnets and the security groups that are given', () => {
    const resources = inVpc({ subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, group: 'sg-0123456789abcdef0' })
    for (const config of propertyOf(resources, 'AWS::Lambda::Function', 'VpcConfig'))
      expect(config).toEqual({
        SubnetIds: ['subnet-0123456789abcdefc', 'subnet-0123456789abcdefd'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      })
    expect(ofType(resources, 'AWS::EC2::SecurityGroup')).toEqual([])
  })

  it('needs a VPC', () => {
    expect(() => pipelineStack(PLAIN, { subnets: {} })).toThrow("'subnets' has no effect without 'vpc'")
    expect(() => pipelineStack(PLAIN, { securityGroups: [] })).toThrow("'securityGroups' has no effect without 'vpc'")
  })
})

describe('what is kept', () => {
  it('a trigger on what runs write into a bucket given by name is refused', () => {
    const app = testApp()
    const dataBucket = Bucket.fromBucketName(new Stack(app, 'Own'), 'Bucket', 'acme-data')
    expect(() =>
      pipelineStack(`${PLAIN}\ntriggers: [{type: s3, bucket: acme-data, inputs: {output: s3://acme-mart/sales/}}]\n`, { dataBucket }, app),
    ).toThrow(/pipeline\.yaml:\d+:\d+ trigger-on-run triggers\.0\.bucket: acme-data is the data bucket/)
  })

  it('is encrypted with the key that is given, which every role may use', () => {
    const app = testApp()
    const dataKey = kms.Key.fromKeyArn(ownerIn(app), 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab')
    const resources = resourcesOf(pipelineStack(FULL, { dataKey }, app))
    const encryption = JSON.stringify(one(resources, 'AWS::S3::Bucket', 'DataBucket').Properties['BucketEncryption'])
    expect(encryption).toContain('arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab')
    const roles = ofType(resources, 'AWS::IAM::Role').filter((role) => JSON.stringify(role).includes('"UseKeys"'))
    expect(roles).toHaveLength(4)
  })

  it('are logs for the days of the definition, or for those that are given', () => {
    const days = (more: object) => new Set(propertyOf(resourcesOf(pipelineStack(FULL, more)), 'AWS::Logs::LogGroup', 'RetentionInDays'))
    expect(days({})).toEqual(new Set([14]))
    expect(days({ logRetention: logs.RetentionDays.ONE_YEAR })).toEqual(new Set([365]))
  })

  it('follows the removal policy', () => {
    const policies = (more: object) =>
      resourcesOf(pipelineStack(PLAIN, more)).flatMap(({ Type, id, ['DeletionPolicy']: policy }) =>
        /Logs::LogGroup|S3::Bucket$/.test(Type) ? [`${id.endsWith('Bucket') ? 'data' : 'log'} ${policy}`] : [],
      )
    expect(new Set(policies({}))).toEqual(new Set(['log Delete', 'data Retain', 'log Retain']))
    expect(new Set(policies({ removalPolicy: RemovalPolicy.RETAIN }))).toEqual(new Set(['log Retain', 'data Retain']))
    expect(new Set(policies({ removalPolicy: RemovalPolicy.DESTROY }))).toEqual(new Set(['log Delete', 'data Delete']))
  })

  it('has the tags that are given beside its own', () => {
    const tags = propertyOf(resourcesOf(pipelineStack(FULL, { tags: { 'cost-center': '4711' } })), 'AWS::Lambda::Function', 'Tags')
    for (const one_ of tags)
      expect(one_).toEqual(
        expect.arrayContaining([
          { Key: 'cost-center', Value: '4711' },
          { Key: 'siftstep:pipeline', Value: 'orders' },
        ]),
      )
  })
})

describe('a pipeline that is deployed elsewhere', () => {
  function imported(arn: string) {
    const stack = new Stack(testApp(), 'Caller')
    const pipeline = Pipeline.fromArn(stack, 'Sales', arn)
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })
    pipeline.grantStart(role)
    pipeline.metricOfRuns('ExecutionsFailed').createAlarm(stack, 'Failed', { threshold: 1, evaluationPeriods: 1 })
    return { pipeline, resources: resourcesOf(stack), template: Template.fromStack(stack) }
  }

  it('can be started through its alias, and watched', () => {
    const { pipeline, resources, template } = imported(`${MACHINE}:live`)
    expect(pipeline.startArn).toBe(`${MACHINE}:live`)
    const [start, , know] = statementsOf(one(resources, 'AWS::IAM::Policy').Properties)
    expect(start).toMatchObject({ Resource: MACHINE, Condition: { StringEquals: { 'states:StateMachineQualifier': 'live' } } })
    expect(know).toMatchObject({ Resource: 'arn:aws:states:eu-west-1:111111111111:execution:sales:*' })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Dimensions: [{ Name: 'StateMachineArn', Value: MACHINE }] })
  })

  it('can be one without versions', () => {
    const [start] = statementsOf(one(imported(MACHINE).resources, 'AWS::IAM::Policy').Properties)
    expect(start).not.toHaveProperty('Condition')
  })

  it('needs the ARN of a machine', () => {
    expect(() => imported('arn:aws:states:eu-west-1:111111111111:execution:sales:x')).toThrow('give the output StartArn')
  })
})
