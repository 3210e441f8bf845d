/** What goes with a message on request: the report, the rows in quarantine, the command that continues the run. */
import { count } from '#core/text/numbers.ts'
import type { MessageFacts } from '#core/text/message-text.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { writeQuarantine } from '#data/ledger/side-tables.ts'
import type { PostOffice } from '#io/channels/channel.ts'
import type { About, Enclosure } from '#io/channels/deliver.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { factsOfSteps } from './message-facts.ts'

type Place = Pick<TaskContext, 'store' | 'workspace'>

const whole = (key: string, { root }: PostOffice) => `${root === undefined ? '' : `${root}/`}${key}`

const commandOf =
  ({ command }: MessageFacts) =>
  async (): Promise<Enclosure> => ({ line: `Next: ${String(command)}` })

/** Of a run that has ended: the files that its last task has written. */
export function enclosuresOfRun(facts: MessageFacts, { store, workspace }: Place, post: PostOffice): About['enclose'] {
  const html = workspace.report('html')
  return {
    report: async () => fileOf('Report', html, 'text/html', { store }, post),
    quarantine: () => quarantineOf(facts, { store, workspace }, post),
    redrive_command: commandOf(facts),
  }
}

/** Of a run that is at a step: the report of the run does not exist yet, so it is what its steps say. */
export function enclosuresOfSteps(artifacts: RunArtifacts, context: TaskContext, post: PostOffice): About['enclose'] {
  const facts = factsOfSteps(artifacts, context, post)
  return {
    report: async () => {
      const lines = artifacts.reports.flatMap(({ step, message, lines: more }) => [
        `${step}: ${message}`,
        ...more.map(({ text }) => `  ${text}`),
      ])
      const text = [`Rows: ${String(facts.rows)}`, `Quality score: ${String(facts.score)}`, '', ...lines, ''].join('\n')
      return { line: 'Report: report.txt', file: { name: 'report.txt', type: 'text/plain', content: Buffer.from(text) } }
    },
    quarantine: async () => {
      await writeQuarantine(artifacts, context)
      return quarantineOf(facts, context, post)
    },
    redrive_command: commandOf(facts),
  }
}

async function quarantineOf(facts: MessageFacts, { store, workspace }: Place, post: PostOffice): Promise<Enclosure> {
  const rows = Number(facts['rows.quarantined'])
  if (rows === 0) return { line: 'Quarantine: no rows' }
  return fileOf(`Quarantine (${count(rows, 'row')})`, workspace.quarantine, 'text/csv', { store }, post)
}

async function fileOf(title: string, key: string, type: string, { store }: Pick<Place, 'store'>, post: PostOffice): Promise<Enclosure> {
  const content = await store.read(key)
  const line = `${title}: ${whole(key, post)}`
  return content === undefined ? { line: `${title}: not written` } : { line, file: { name: key.split('/').at(-1) ?? key, type, content } }
}
