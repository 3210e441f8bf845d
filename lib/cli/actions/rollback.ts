/** siftstep rollback: points the alias that runs start with to an earlier version, once everything that version needs is there. */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { deployedPipeline } from '#cli/aws/deployed.ts'
import { describeFunction } from '#cli/aws/functions.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import {
  aliasOf,
  describeMachine,
  functionsIn,
  liveVersion,
  makeLive,
  type MachineVersion,
  numberIn,
  versionsOf,
} from '#cli/aws/versions.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function rollBack(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'rollback')
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const deployed = await deployedPipeline(aws, environment, args.positionals[0] ?? '')
  const { pipeline, machine } = deployed
  const alias = aliasOf(deployed)
  const [all, live] = await Promise.all([versionsOf(aws, machine), liveVersion(aws, alias)])
  const before = live === undefined ? undefined : numberIn(live)
  const target = targetOf(args, pipeline, all, before)
  if (target.arn !== live) {
    await assertWhole(aws, pipeline, target)
    await makeLive(aws, alias, target.arn)
  }
  if (args.has('json')) {
    terminal.out(`${JSON.stringify({ pipeline, environment: environment ?? null, live: target.number, before: before ?? null })}\n`)
    return EXIT.ok
  }
  if (target.arn === live) {
    terminal.out(`version ${target.number} of ${pipeline} is live already\n`)
    return EXIT.ok
  }
  const back =
    before === undefined ? '' : `siftstep rollback ${pipeline} --to ${before}${environment === undefined ? '' : ` --env ${environment}`}\n`
  terminal.out(
    `version ${target.number} of ${pipeline} is live${before === undefined ? '' : ` (before: ${before})`}; runs that have started keep theirs\n${back}`,
  )
  return EXIT.ok
}

/** The version of --to; without it, the newest one older than the live version. */
function targetOf(args: Args, pipeline: string, all: readonly MachineVersion[], live: number | undefined): MachineVersion {
  const given = args.value('to')
  const known = all.map(({ number }) => number).join(', ')
  const found = given === undefined ? all.find(({ number }) => number < (live ?? 0)) : all.find(({ number }) => String(number) === given)
  if (found !== undefined) return found
  if (given !== undefined) throw new UsageError(`${pipeline} has no version ${given}`, `its versions: ${known}`, 'rollback')
  throw new UsageError(
    live === undefined ? `the alias of ${pipeline} points to several versions` : `${pipeline} has no version before ${live}, which is live`,
    `give one with --to; its versions: ${known}`,
    'rollback',
  )
}

/** A version calls its own versions of the functions, which somebody may have deleted. */
async function assertWhole(aws: Aws, pipeline: string, { number, arn }: MachineVersion): Promise<void> {
  const called = [...functionsIn((await describeMachine(aws, arn)).definition).values()]
  const found = await Promise.all(called.map((one) => describeFunction(aws, one)))
  const missing = called.filter((_, at) => found[at] === undefined)
  if (missing.length > 0)
    throw new UsageError(
      `version ${number} of ${pipeline} cannot run: it calls ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} deleted`,
      'choose another version, or deploy the earlier definition again; nothing was changed',
    )
}
