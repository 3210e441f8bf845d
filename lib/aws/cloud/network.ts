/** Where functions run: in the network of Lambda, or in subnets of a VPC. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type { PipelineProps } from './pipeline-props.ts'

/** Properties of each function in a VPC. */
export type Network = Pick<lambda.FunctionProps, 'vpc' | 'vpcSubnets' | 'securityGroups'>

/** Undefined without a VPC. Fails if subnets or security groups are given without one. */
export function networkOf({
  vpc,
  subnets,
  securityGroups,
}: Pick<PipelineProps, 'vpc' | 'subnets' | 'securityGroups'>): Network | undefined {
  if (vpc === undefined) {
    const lone = subnets !== undefined ? 'subnets' : securityGroups !== undefined ? 'securityGroups' : undefined
    if (lone !== undefined) throw new Error(`'${lone}' has no effect without 'vpc': give the VPC, too`)
    return undefined
  }
  return {
    vpc,
    ...(subnets === undefined ? {} : { vpcSubnets: subnets }),
    ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] as ec2.ISecurityGroup[] }),
  }
}
