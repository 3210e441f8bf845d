/** Where a command is to work. */
import type { Args } from '#cli/arguments/flags.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Whether a command that can work here and on AWS is meant for AWS. */
export function isOnAws(args: Args, command: string): boolean {
  const on = args.value('on')
  if (on !== undefined && on !== 'aws')
    throw new UsageError(`--on ${on}: there is no such place`, 'write --on aws, or leave it out', command)
  return on === 'aws'
}

/** For a command that works on AWS only: what else it is told is a mistake. */
export function onlyOnAws(args: Args, command: string): void {
  const on = args.value('on') ?? 'aws'
  if (on !== 'aws') throw new UsageError(`--on ${on}: ${command} works on AWS only`, 'write --on aws, or leave it out', command)
}
