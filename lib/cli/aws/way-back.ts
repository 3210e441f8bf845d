/** Rollback of a deployment: the command that points the alias for new runs to the version before. */
import { ListStateMachineVersionsCommand } from '@aws-sdk/client-sfn'
import type { Aws } from './clients.ts'

/** `command` is the template from the stack, with VERSION in it. Undefined when there is no earlier version. */
export async function wayBack(aws: Aws, machine: string, command: string): Promise<string | undefined> {
  const sent = aws.states.send(new ListStateMachineVersionsCommand({ stateMachineArn: machine, maxResults: 2 }))
  // a user who may deploy may lack the permission to list; then VERSION stays as it is
  const versions = await sent
    .then(({ stateMachineVersions: newest = [] }) => newest.map((one) => one.stateMachineVersionArn ?? ''))
    .catch(() => null)
  if (versions === null) return command
  const before = versions[1]?.split(':').at(-1)
  return before === undefined ? undefined : command.replace(/\bVERSION\b/, before)
}
