/** The functions of a pipeline's tasks: one per placeholder of its machine. */
import { Annotations, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type FunctionKind, MAX_TASK_SECONDS, type MachineFunction, SCRATCH, USUAL_MEMORY } from '#language/compiler/functions.ts'
import type { Asset } from '#core/assets/assets.ts'
import type { Architecture } from '#aws/lambda/artifacts.ts'
import { ENVIRONMENT } from '#aws/lambda/lambda-world.ts'
import { architectureOf, functionCode, nativeLayer } from './native-layer.ts'
import type { Permission } from './permission.ts'
import type { Network } from './network.ts'
import type { PipelineRoles } from './pipeline-props.ts'
import { roleWith, unchanged } from './roles.ts'

export interface TaskFunctionsProps {
  readonly functions: readonly MachineFunction[]
  readonly architecture: Architecture
  /** Name of the pipeline in log lines and metrics. */
  readonly service: string
  /** Name of the bucket of runs. */
  readonly bucket: string
  readonly logGroup: logs.ILogGroup
  readonly logLevel: string
  /** Share of the runs whose lines below WARN are logged (default: all). */
  readonly logSampling?: number | undefined
  /** Prefix of the secrets in Secrets Manager, if there are any. */
  readonly secretsPrefix?: string
  /** Topics that mail messages, by their addresses, and how commands name the deployment; absent: there are no messages. */
  readonly messages?: { readonly topics: { readonly [addresses: string]: string }; readonly on: string }
  /** Whether the native engine is a layer; otherwise it is bundled into the functions that need it. */
  readonly layer: boolean
  /** The files that belong to the definition. */
  readonly assets: readonly Asset[]
  /** Whether machines call a specific version of each function. */
  readonly versions: boolean
  readonly network: Network | undefined
  readonly roles: PipelineRoles
  readonly permissions: { readonly [Kind in FunctionKind]: readonly Permission[] }
}

export class TaskFunctions extends Construct {
  /** The value of each placeholder: the ARN of a version, or of the function. */
  readonly arns: { readonly [placeholder: string]: string }
  /** Names of the functions by placeholder. */
  readonly names: { readonly [placeholder: string]: string }
  /** ARNs that the machine must be allowed to call. */
  readonly callable: readonly string[]
  readonly functions: readonly lambda.Function[]
  /** By kind of function. */
  readonly roles: ReadonlyMap<FunctionKind, iam.IRole>
  /** The native engine; undefined where it is bundled, or no task needs it. */
  readonly engine: lambda.LayerVersion | undefined

  constructor(scope: Construct, id: string, props: TaskFunctionsProps) {
    super(scope, id)
    // the version also identifies the layer it was built with, in any app
    this.node.setContext('@aws-cdk/aws-lambda:recognizeLayerVersion', true)
    const roles = new Map<FunctionKind, iam.IRole>()
    this.roles = roles
    const layers = new Map<FunctionKind, lambda.LayerVersion[]>()
    const once = <Value>(made: Map<FunctionKind, Value>, kind: FunctionKind, make: () => Value): Value => {
      const value = made.get(kind) ?? make()
      made.set(kind, value)
      return value
    }
    const all = props.functions.map((wanted) => {
      const { kind } = wanted
      const role = once(roles, kind, () => {
        const name = `${TITLE[kind]}Role`
        const made = roleWith(this, name, 'lambda.amazonaws.com', DESCRIPTION[kind], props.permissions[kind], props.roles[kind])
        return unchanged(this, `${TITLE[kind]}FunctionRole`, made)
      })
      const found = once(layers, kind, () => (kind === 'data' && props.layer ? [nativeLayer(this, 'Engine', props.architecture)] : []))
      return { name: wanted.name, fn: this.function(wanted, props, role, found) }
    })
    this.engine = layers.get('data')?.[0]
    this.functions = all.map(({ fn }) => fn)
    this.names = Object.fromEntries(all.map(({ name, fn }) => [name, fn.functionName]))
    this.arns = Object.fromEntries(all.map(({ name, fn }) => [name, props.versions ? fn.currentVersion.functionArn : fn.functionArn]))
    this.callable = this.functions.map(({ functionArn }) => (props.versions ? `${functionArn}:*` : functionArn))
  }

  private function(
    { name, kind, memory = USUAL_MEMORY[kind], timeout }: MachineFunction,
    { architecture, service, bucket, logGroup, logLevel, logSampling, layer, secretsPrefix, messages, assets, network }: TaskFunctionsProps,
    role: iam.IRole,
    layers: lambda.LayerVersion[],
  ): lambda.Function {
    if (timeout > MAX_TASK_SECONDS) {
      Annotations.of(this).addWarningV2(
        'siftstep:timeout',
        `the timeout of a step is ${timeout} s, but a Lambda ends after ${MAX_TASK_SECONDS} s: make tasks smaller (resources.task_bytes), or lower the timeout of the step`,
      )
    }
    return new lambda.Function(this, name, {
      description: `${service}: ${DESCRIPTION[kind]}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: architectureOf(architecture),
      handler: 'index.handler',
      code: functionCode(this, { name: kind, arch: architecture, engine: kind === 'data' && !layer, assets }),
      layers,
      role,
      ...network,
      memorySize: memory,
      ephemeralStorageSize: Size.mebibytes(SCRATCH[kind]),
      timeout: Duration.seconds(Math.min(timeout, MAX_TASK_SECONDS)),
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      environment: {
        [ENVIRONMENT.bucket]: bucket,
        [ENVIRONMENT.service]: service,
        ...(secretsPrefix === undefined ? {} : { [ENVIRONMENT.secrets]: secretsPrefix }),
        ...(messages === undefined || kind !== 'control'
          ? {}
          : { [ENVIRONMENT.topics]: Stack.of(this).toJsonString(messages.topics), [ENVIRONMENT.on]: messages.on }),
        ...(logSampling === undefined ? {} : { [ENVIRONMENT.sampling]: String(logSampling) }),
        POWERTOOLS_LOG_LEVEL: logLevel,
        // deprecation warnings of packages would otherwise appear in the log at every cold start
        NODE_OPTIONS: '--no-deprecation',
      },
      // rolled-back machines and running executions call earlier versions
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
  }
}

const TITLE: { readonly [Kind in FunctionKind]: string } = { control: 'Control', data: 'Data' }
const DESCRIPTION: { readonly [Kind in FunctionKind]: string } = {
  control: 'lists, plans, publishes and reports',
  data: 'processes rows with the native engine',
}
