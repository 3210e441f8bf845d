/** siftstep versions: the versions of a deployed pipeline. */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { deployedPipeline } from '#cli/aws/deployed.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { aliasOf, liveVersion, versionsOf } from '#cli/aws/versions.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function listVersions(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'versions')
  const aws = await openAws(args, terminal)
  const deployed = await deployedPipeline(aws, args.value('env'), args.positionals[0] ?? '')
  const [all, live] = await Promise.all([versionsOf(aws, deployed.machine), liveVersion(aws, aliasOf(deployed))])
  const listed = all.map(({ number, arn, created_at }) => ({ version: number, created_at, live: arn === live }))
  if (args.has('json')) terminal.out(`${JSON.stringify(listed, null, 2)}\n`)
  else
    terminal.out(
      columnsOf(
        ['version', 'created', ''],
        listed.map(({ version, created_at, live: now }) => [String(version), created_at.replace('T', ' ').slice(0, 19), now ? 'live' : '']),
        new Set([0]),
      ),
    )
  return EXIT.ok
}
