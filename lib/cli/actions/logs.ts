/** siftstep logs: prints the log lines of a run's tasks. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { EXIT } from '#run/local/events.ts'
import type { JsonObject } from '#core/json.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { folderStore } from '#io/store/folder.ts'
import { runPrefix } from '#io/workspace/workspace.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { type AwsRun, describeRun, findAwsRun } from '#cli/aws/executions.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import { identify } from '#cli/aws/run-record.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import { findRun } from '#run/runs/list.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function showLogs(args: Args, terminal: Terminal): Promise<number> {
  const found = isOnAws(args, 'logs') ? await logsOnAws(args, terminal) : await logsHere(args, terminal)
  if (!found) terminal.err(`note: the tasks of the run logged nothing${args.value('step') === undefined ? '' : ' for that step'}\n`)
  return EXIT.ok
}

/** Each task of a run has a log file in the folder of its step. */
async function logsHere(args: Args, terminal: Terminal): Promise<boolean> {
  if (args.has('json')) throw new UsageError('--json works only with --on aws: local logs are text', 'remove --json', 'logs')
  const folder = storeFolder(args, terminal)
  const { record } = await findRun(args.positionals[0] ?? '', folder)
  const store = folderStore(folder)
  const prefix = `${runPrefix(record.id)}/logs/`
  const step = args.value('step')
  const files = (await store.list(prefix)).filter(({ key }) => step === undefined || key.startsWith(`${prefix}${step}/`))
  for (const { key } of files) {
    const bytes = await store.read(key)
    if (bytes === undefined) continue
    const whose = key.slice(prefix.length).replace(/\.log$/, '')
    for (const line of Buffer.from(bytes).toString('utf8').trimEnd().split('\n')) terminal.out(`${whose}  ${escapeControls(line, 2000)}\n`)
  }
  return files.length > 0
}

async function logsOnAws(args: Args, terminal: Terminal): Promise<boolean> {
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, args.value('env'), aws), args.positionals[0] ?? '')
  const { id } = identify(run.id, (await describeRun(aws, run)).input)
  let any = false
  for await (const message of messagesOf(aws, run, id, args.value('step'))) {
    any = true
    terminal.out(`${args.has('json') ? message.text.trimEnd() : lineOf(message.fields)}\n`)
  }
  return any
}

interface Message {
  readonly text: string
  readonly fields: JsonObject
}

/**
 * Log lines are JSON, and CloudWatch searches them by field. Metrics are among them and are left out. Emulators return the whole log,
 * including Lambda's own lines.
 */
async function* messagesOf(aws: Aws, { deployed, started_at }: AwsRun, id: string, step: string | undefined): AsyncGenerator<Message> {
  const ofStep = step === undefined ? '' : ` && $.step = "${step.replaceAll('"', '')}"`
  let nextToken: string | undefined
  do {
    const command = new FilterLogEventsCommand({
      logGroupName: deployed.log_group,
      filterPattern: `{ $.run = "${id}"${ofStep} }`,
      startTime: started_at.getTime(),
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    const page = await ask('reading the log', aws.region, aws.logs.send(command))
    for (const { message: text = '' } of page.events ?? []) {
      const fields = fieldsOf(text)
      if (fields['run'] === id && fields['_aws'] === undefined && (step === undefined || fields['step'] === step)) yield { text, fields }
    }
    nextToken = page.nextToken
  } while (nextToken !== undefined && nextToken !== '')
}

function fieldsOf(text: string): JsonObject {
  if (!text.startsWith('{')) return {}
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return {}
  }
}

/** `08:14:02.123 INFO  clean_data segment 3  task done (1.2 s)`. */
function lineOf({ timestamp = '', level = '', step = '', task = '', chunk, message: text = '', seconds, error, hint }: JsonObject): string {
  const which = [step, task, chunk].filter((part) => part !== undefined && part !== '').join(' ')
  const took = typeof seconds === 'number' ? ` (${seconds.toFixed(1)} s)` : ''
  const { name, message: why } = (error ?? {}) as { readonly name?: string; readonly message?: string }
  const because = name === undefined ? '' : `: ${name}: ${why ?? ''}${typeof hint === 'string' ? ` (hint: ${hint})` : ''}`
  return escapeControls(`${String(timestamp).slice(11, 23)} ${String(level).padEnd(5)} ${which}  ${String(text)}${took}${because}`, 2000)
}
