/** Versions of a deployed machine, and the alias that new runs start with. */
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineVersionsCommand,
  UpdateStateMachineAliasCommand,
} from '@aws-sdk/client-sfn'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { ask } from './ask.ts'
import type { Aws } from './clients.ts'
import type { Deployed } from './deployed.ts'

export interface MachineVersion {
  readonly number: number
  readonly arn: string
  readonly created_at: string
}

/** `arn:…:stateMachine:NAME:7`. */
export const numberIn = (arn: string) => Number(arn.split(':').at(-1))

/** The alias of a pipeline; a deployment to an emulator may have no versions, and then runs start with the machine itself. */
export function aliasOf({ pipeline, machine, start }: Pick<Deployed, 'pipeline' | 'machine' | 'start'>): string {
  if (start !== machine) return start
  throw new UsageError(`${pipeline} is deployed without versions`, 'deploy it without -c versions=false; emulators have no versions')
}

/** All versions of a machine, newest first. */
export async function versionsOf(aws: Aws, machine: string): Promise<readonly MachineVersion[]> {
  const versions: MachineVersion[] = []
  let nextToken: string | undefined
  do {
    const command = new ListStateMachineVersionsCommand({
      stateMachineArn: machine,
      maxResults: 1000,
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    const page = await ask('listing the versions', aws.region, aws.states.send(command))
    for (const { stateMachineVersionArn: arn = '', creationDate } of page.stateMachineVersions ?? [])
      versions.push({ number: numberIn(arn), arn, created_at: (creationDate ?? new Date(0)).toISOString() })
    nextToken = page.nextToken
  } while (nextToken !== undefined && nextToken !== '')
  return versions.sort((a, b) => b.number - a.number)
}

/** The version that an alias starts. Undefined when it divides runs between versions, which siftstep never does. */
export async function liveVersion(aws: Aws, alias: string): Promise<string | undefined> {
  const command = new DescribeStateMachineAliasCommand({ stateMachineAliasArn: alias })
  const { routingConfiguration = [] } = await ask('reading the alias', aws.region, aws.states.send(command))
  const [first, second] = routingConfiguration
  return second === undefined ? first?.stateMachineVersionArn : undefined
}

/** Points an alias to a version, and reads it back. Runs that have started keep their version. */
export async function makeLive(aws: Aws, alias: string, version: string): Promise<void> {
  const command = new UpdateStateMachineAliasCommand({
    stateMachineAliasArn: alias,
    routingConfiguration: [{ stateMachineVersionArn: version, weight: 100 }],
  })
  await ask('pointing the alias to the version', aws.region, aws.states.send(command))
  const now = await liveVersion(aws, alias)
  if (now !== version)
    throw new UsageError(
      `the alias points to ${now ?? 'several versions'} instead of ${version}`,
      'another deployment may be running: try again',
    )
}

/** The definition and the role of a machine, or of a version of it. */
export async function describeMachine(aws: Aws, arn: string): Promise<{ readonly definition: string; readonly role: string }> {
  const command = new DescribeStateMachineCommand({ stateMachineArn: arn })
  const { definition = '{}', roleArn = '' } = await ask('reading the machine', aws.region, aws.states.send(command))
  return { definition, role: roleArn }
}

/** The functions that a definition calls: the ARNs of their versions, by name. */
export function functionsIn(definition: string): ReadonlyMap<string, string> {
  const arns = definition.match(/arn:[\w-]+:lambda:[\w-]+:\d+:function:[\w-]+(:[\w$-]+)?/g) ?? []
  return new Map(arns.map((arn) => [arn.split(':')[6] ?? '', arn]))
}
