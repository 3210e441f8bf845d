/** The properties of the construct `Pipeline`. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type * as ec2 from 'aws-cdk-lib/aws-ec2'
import type * as iam from 'aws-cdk-lib/aws-iam'
import type * as kms from 'aws-cdk-lib/aws-kms'
import type * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type { Architecture } from '#aws/lambda/artifacts.ts'
import type { IPipeline } from './imported-pipeline.ts'
import type { PipelineFile } from './read-pipeline.ts'

export interface PipelineProps extends PipelineFile {
  /**
   * Bucket for runs, below `runs/`. For uploads to start runs, EventBridge must be enabled on it. If a KMS key encrypts it, every role that
   * uses it may use the key; import such a bucket with its `encryptionKey` (`Bucket.fromBucketAttributes`).
   * @default a new bucket, which stays when the stack is destroyed
   */
  readonly dataBucket?: s3.IBucket | undefined
  /**
   * More locations the pipeline may read, as `s3://bucket/prefix`, beside those of its definition and `incoming/` of the data bucket.
   * @default none
   */
  readonly sources?: readonly string[] | undefined
  /**
   * More locations the pipeline may publish to, beside those of its definition and `processed/<pipeline id>/` of the data bucket.
   * @default none
   */
  readonly outputs?: readonly string[] | undefined
  /**
   * The pipelines whose runs start this one, by the ids that its triggers name: `{orders: Pipeline.fromArn(…)}`, or a `Pipeline` of the app.
   * @default none; each pipeline that a trigger names is needed
   */
  readonly upstream?: { readonly [pipeline: string]: Pick<IPipeline, 'machineArn'> } | undefined
  /**
   * ARNs of the KMS keys that encrypt the buckets of sources and outputs; their key policies must let the account use them.
   * @default none: S3 encrypts the buckets with its own keys
   */
  readonly keys?: readonly string[] | undefined
  /**
   * Topic for alarms and failed runs, beside the addresses of the definition. CloudWatch and EventBridge must be allowed to publish to it,
   * EventBridge without a condition.
   * @default a new topic
   */
  readonly alarmTopic?: sns.ITopic | undefined
  /**
   * Name of the pipeline in log lines, metrics and alarms; must be unique in the account.
   * @default the id of the definition
   */
  readonly service?: string | undefined
  /**
   * Name of the stack for `siftstep --env`, used in commands in e-mails; secrets are below `siftstep/NAME/` in Secrets Manager.
   * @default none
   */
  readonly environment?: string | undefined
  /** @default arm64 */
  readonly architecture?: Architecture | undefined
  /**
   * Whether each deployment creates versions, and runs start through the alias `live`, which allows rollbacks.
   * @default true
   */
  readonly versions?: boolean | undefined
  /** False: bundle the native engine into the functions that need it, for emulators without layers. */
  readonly layer?: boolean | undefined
  /** @default true */
  readonly dashboard?: boolean | undefined
  /**
   * How long runs are kept in a bucket created by this construct.
   * @default forever
   */
  readonly keepRuns?: Duration | undefined
  /**
   * KMS key that encrypts a bucket created by this construct. Every role that uses the bucket may use the key.
   * @default a key of S3
   */
  readonly dataKey?: kms.IKey | undefined
  /**
   * Roles of your own, by what uses them. They get the permissions of the pipeline, except roles imported with `mutable: false`, which must
   * have them. Each must trust its service: Lambda, Step Functions (`machine`) or EventBridge Scheduler (`schedule`).
   * @default a new role for each
   */
  readonly roles?: PipelineRoles | undefined
  /**
   * Permissions boundary of all roles created by this construct.
   * @default none
   */
  readonly boundary?: iam.IManagedPolicy | undefined
  /**
   * How long logs are kept.
   * @default `monitoring.logs.retention_days` of the definition
   */
  readonly logRetention?: logs.RetentionDays | undefined
  /**
   * What happens to the log groups and to a bucket created by this construct when the stack is destroyed. CloudFormation does not delete a bucket
   * that contains objects.
   * @default logs are deleted, the bucket stays
   */
  readonly removalPolicy?: RemovalPolicy | undefined
  /**
   * The network the functions run in. They need a route to S3 and to CloudWatch (to Secrets Manager and Step Functions if they use them), through
   * VPC endpoints or a NAT.
   * @default the network of Lambda
   */
  readonly vpc?: ec2.IVpc | undefined
  /** @default the private subnets of `vpc` */
  readonly subnets?: ec2.SubnetSelection | undefined
  /** @default a new security group for each function, which lets it call out */
  readonly securityGroups?: readonly ec2.ISecurityGroup[] | undefined
  /** More tags of all resources. */
  readonly tags?: { readonly [name: string]: string } | undefined
}

/** Who assumes which role. */
export interface PipelineRoles {
  /** Functions that process rows. */
  readonly data?: iam.IRole | undefined
  /** Functions that list, plan, publish and report. */
  readonly control?: iam.IRole | undefined
  readonly machine?: iam.IRole | undefined
  /** The function that starts runs. */
  readonly start?: iam.IRole | undefined
  readonly schedule?: iam.IRole | undefined
}
