/** The platform a command works on. */
import type { Args } from '#cli/arguments/flags.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Whether a command is meant for AWS, by --on. */
export function isOnAws(args: Args, command: string): boolean {
  const on = args.value('on')
  if (on !== undefined && on !== 'aws') throw new UsageError(`unknown platform --on ${on}`, 'use --on aws, or remove it', command)
  return on === 'aws'
}

/** For commands that work only on AWS: rejects any other platform. */
export function onlyOnAws(args: Args, command: string): void {
  const on = args.value('on') ?? 'aws'
  if (on !== 'aws') throw new UsageError(`--on ${on}: ${command} works only on AWS`, 'use --on aws, or remove it', command)
}
