/** The state machine of a pipeline: the compiled text, with placeholders filled in at deployment. */
import { Aws, CfnDeletionPolicy, Names, type RemovalPolicy, Stack, ArnFormat } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { Compiled } from '#language/compiler/compile.ts'
import { ownFunctionsOf } from '#language/compiler/functions.ts'
import type { StoreBucket } from './data-bucket.ts'
import { explainWildcards } from './explain.ts'
import { callOwnFunctions, DELIVER_LOGS, mapOverStore, runChildren, runTasks, TRACE_MACHINE, useKeys } from './permissions.ts'
import { giveReasons, roleWith, statementOf, unchanged } from './roles.ts'

export interface MachineProps {
  readonly compiled: Pick<Compiled, 'text' | 'definition' | 'machine'>
  /** By placeholder. */
  readonly functions: { readonly [placeholder: string]: string }
  readonly callable: readonly string[]
  readonly bucket: StoreBucket
  readonly retention: logs.RetentionDays
  /** Whether each deployment creates a version, and runs start through the alias `live`. */
  readonly versions: boolean
  /** A role of your own (default: a new one). */
  readonly role: iam.IRole | undefined
  readonly removalPolicy: RemovalPolicy
}

/** ARN that runs are started with. */
export const LIVE = 'live'

/**
 * Maximum bytes of a template, in which the machine is a JSON string, and the reserve for everything else. Step Functions allows the same
 * size for the machine alone. Sources: CloudFormation user guide, "Quotas"; Step Functions developer guide, "Quotas".
 */
const LARGEST_TEMPLATE = 1_000_000
const ALL_ELSE = 131_072

export class Machine extends Construct {
  readonly machine: sfn.StateMachine
  /** ARN to start runs with: of the alias, or of the machine. */
  readonly startArn: string
  readonly alias: sfn.CfnStateMachineAlias | undefined
  /** ARN of the version of this deployment. */
  readonly version: string | undefined
  readonly role: iam.IRole
  /** Prefix of the ARNs of its executions. */
  readonly executions: string

  constructor(
    scope: Construct,
    id: string,
    { compiled, functions, callable, bucket, retention, versions, role: given, removalPolicy }: MachineProps,
  ) {
    super(scope, id)
    const bytes = Buffer.byteLength(JSON.stringify(compiled.text))
    if (bytes > LARGEST_TEMPLATE - ALL_ELSE) {
      throw new Error(
        `the machine of ${compiled.definition.id} takes ${bytes} bytes of its template; CloudFormation allows ${LARGEST_TEMPLATE - ALL_ELSE}: split the pipeline, or let more steps share a pass (\`fuse\`)`,
      )
    }
    const logGroup = new logs.LogGroup(this, 'Log', {
      // names with this prefix need no space in the account's single resource policy for logs; the stack name separates duplicates
      logGroupName: `/aws/vendedlogs/states/${Aws.STACK_NAME}/${Names.uniqueResourceName(this, { maxLength: 80, separator: '-' })}`,
      retention,
      removalPolicy,
    })
    const permissions = [
      runTasks(callable),
      ...callOwnFunctions(Aws.PARTITION, ownFunctionsOf(compiled.machine)),
      ...mapOverStore(bucket.arn),
      ...useKeys(bucket.key === undefined ? [] : [bucket.key]),
      DELIVER_LOGS,
      TRACE_MACHINE,
    ]
    const what = `runs the machine of ${compiled.definition.id}`
    const role = roleWith(this, 'Role', 'states.amazonaws.com', what, permissions, given)
    this.machine = new sfn.StateMachine(this, 'Machine', {
      comment: compiled.definition.name,
      definitionBody: sfn.DefinitionBody.fromString(compiled.text),
      definitionSubstitutions: { ...functions, DataBucket: bucket.name },
      stateMachineType: sfn.StateMachineType.STANDARD,
      // the construct would add its own permissions
      role: unchanged(this, 'MachineRole', role),
      tracingEnabled: true,
      // names and times of states, not the data between them
      logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
      encryptionConfiguration: new sfn.AwsOwnedEncryptionConfiguration(),
    })
    this.executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: this.machine.stateMachineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    this.allowChildren(role)
    this.role = role
    const version = versions ? this.publish() : undefined
    this.version = version?.attrArn
    this.alias = version === undefined ? undefined : this.pointTo(version)
    this.startArn = this.alias?.ref ?? this.machine.stateMachineArn
  }

  /** A separate policy: inside the role it would need the machine, which needs the role. */
  private allowChildren(role: iam.IRole): void {
    const permissions = runChildren(this.machine.stateMachineArn, this.executions)
    giveReasons(this, permissions)
    const policy = new iam.Policy(this, 'Children', { statements: permissions.map(statementOf), roles: [role] })
    explainWildcards(policy, permissions)
  }

  private publish(): sfn.CfnStateMachineVersion {
    const version = new sfn.CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: (this.machine.node.defaultChild as sfn.CfnStateMachine).attrStateMachineRevisionId,
    })
    // each deployment replaces it with the next version; earlier ones stay for rollbacks
    version.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
    version.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN
    return version
  }

  private pointTo(version: sfn.CfnStateMachineVersion): sfn.CfnStateMachineAlias {
    return new sfn.CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    })
  }
}
