/** Writes a message with its facts, and sends it by its channel. */
import { entryOf } from '#core/text/record.ts'
import { TaskError } from '#core/errors/errors.ts'
import { bytes } from '#core/text/numbers.ts'
import { escapeHtml, type MessageFacts, type MessageText, renderMessage } from '#core/text/message-text.ts'
import type { Attachment, ChannelSettings, ChannelWorld, Delivery, Message } from './channel.ts'
import { channelNamed } from './index.ts'

/** A part that goes with a message on request. */
export interface Enclosure {
  /** One line about it, such as where it is. */
  readonly line: string
  /** Absent: there is only the line. */
  readonly file?: Attachment
}

export interface About {
  /** The same whenever the same message is sent again. */
  readonly id: string
  readonly facts: MessageFacts
  /** Makes what `include` asks for. */
  readonly enclose: { readonly [name: string]: () => Promise<Enclosure> }
}

/** Mail servers take about 10 MB, and base64 adds a third. */
const MAX_ATTACHED = 6_000_000

/** Throws Transient.* for what may go away, Output.Unwritable for a refusal, Definition.* for settings that cannot be. */
export async function deliver(settings: ChannelSettings, about: About, world: ChannelWorld): Promise<Delivery> {
  const kind = channelNamed(settings.type)
  if (kind === undefined) throw new TaskError('Engine.Bug', `unknown channel ${settings.type}`)
  const channel = await kind.load()
  return channel.send(await messageOf(settings, about), settings, world)
}

async function messageOf(settings: ChannelSettings, { id, facts, enclose }: About): Promise<Message> {
  const texts = settings as { readonly [name: string]: unknown } as { readonly [Name in 'subject' | 'text' | 'html']?: MessageText }
  const include = (settings['include'] ?? []) as readonly string[]
  const enclosures: Enclosure[] = []
  for (const name of include) {
    const found = await entryOf(enclose, name)?.()
    if (found !== undefined) enclosures.push(shortened(found))
  }
  const lines = enclosures.map(({ line }) => line)
  const own = texts.text === undefined ? (texts.html === undefined ? usualText(facts) : undefined) : renderMessage(texts.text, facts)
  const html = texts.html === undefined ? undefined : renderMessage(texts.html, facts, escapeHtml)
  const text = [own ?? withoutTags(html ?? ''), ...lines].join('\n')
  return {
    id,
    subject: texts.subject === undefined ? usualSubject(facts) : renderMessage(texts.subject, facts),
    text,
    html: html === undefined ? undefined : [html, ...lines.map((line) => `<p>${escapeHtml(line)}</p>`)].join('\n'),
    attachments: enclosures.flatMap(({ file }) => (file === undefined ? [] : [file])),
    facts: forPrograms(facts),
  }
}

function shortened({ line, file }: Enclosure): Enclosure {
  if (file === undefined || file.content.byteLength <= MAX_ATTACHED) return { line, ...(file === undefined ? {} : { file }) }
  return { line: `${line} (${bytes(file.content.byteLength)}, too large to attach)` }
}

const ENDINGS: { readonly [event: string]: string } = {
  failure: 'failed',
  quality: 'has data that needs a look',
  retry: 'tried tasks again',
}

function usualSubject(facts: MessageFacts): string {
  const ending =
    facts.event === 'success' && facts.status === 'partial' ? 'completed in part' : (entryOf(ENDINGS, String(facts.event)) ?? 'succeeded')
  return `${facts['pipeline.name']}: run ${facts['run.id']}${facts.event === 'step' ? '' : ` ${ending}`}`
}

function usualText(facts: MessageFacts): string {
  const line = (name: string, value: unknown) => (value === null || value === '' ? [] : [`${name}: ${String(value)}`])
  return [
    ...line('Pipeline', `${facts['pipeline.name']} (${facts['pipeline.id']})`),
    ...line('Run', facts['run.id']),
    ...line('Status', facts.status),
    ...line('Error', facts.error),
    ...line('Reasons', facts.warnings),
    ...line('Rows', facts.rows),
    ...line('Quality score', facts.score),
    ...line('Duration', facts.duration),
    ...line('Report', facts.report),
    ...line('Next', facts.command),
  ].join('\n')
}

/** For mail programs that show no HTML. */
const withoutTags = (html: string): string =>
  html
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<br\s*\/?>|<\/(p|div|h[1-6]|li|tr)>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

function forPrograms(facts: MessageFacts): Message['facts'] {
  const number = (fact: MessageFacts[keyof MessageFacts]) => (fact === '' ? null : fact)
  return {
    event: facts.event,
    status: facts.status,
    pipeline: { id: facts['pipeline.id'], name: facts['pipeline.name'] },
    run: { id: facts['run.id'], started_at: facts['run.started_at'], ds: facts.ds },
    rows: {
      in: number(facts['rows.in']),
      out: number(facts['rows.out']),
      quarantined: number(facts['rows.quarantined']),
      deduplicated: number(facts['rows.deduplicated']),
      filtered: number(facts['rows.filtered']),
    },
    score: number(facts.score),
    error: facts.error === '' ? null : facts.error,
    report: facts.report,
    command: facts.command,
  }
}
