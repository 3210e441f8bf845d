/** The way back from a deployment: the command that sets the alias runs start through to the version of before. */
import { ListStateMachineVersionsCommand } from '@aws-sdk/client-sfn'
import type { Aws } from './clients.ts'

/** `command` is what the stack says, with VERSION in it. Undefined when there is nothing to go back to. */
export async function wayBack(aws: Aws, machine: string, command: string): Promise<string | undefined> {
  const sent = aws.states.send(new ListStateMachineVersionsCommand({ stateMachineArn: machine, maxResults: 2 }))
  // who may deploy need not be allowed to list; then the version is to be filled in
  const versions = await sent
    .then(({ stateMachineVersions: newest = [] }) => newest.map((one) => one.stateMachineVersionArn ?? ''))
    .catch(() => null)
  if (versions === null) return command
  const before = versions[1]?.split(':').at(-1)
  return before === undefined ? undefined : command.replace(/\bVERSION\b/, before)
}
