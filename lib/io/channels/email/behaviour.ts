/**
 * Sends mail: by the server of the channel or of the environment; on AWS without one by the topic of the addresses; else it is kept as
 * an .eml file, which mail programs open.
 */
import { entryOf } from '#core/text/record.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { addressKey, type Channel, type ChannelSettings, type ChannelWorld, type Delivery, type Message } from '../channel.ts'
import { mimeOf } from './mime.ts'
import { sendBySmtp } from './smtp.ts'
import { publishToTopic } from './topic.ts'

const listOf = (value: unknown): readonly string[] => (value === undefined ? [] : [value].flat().map(String))

export const emailChannel: Channel = {
  send: async (message, settings, world) => {
    const to = listOf(settings['to'] ?? settings['recipients'])
    for (const one of to) assertAddress(one)
    const own = settings['smtp'] === undefined ? undefined : String(settings['smtp'])
    const server = own ?? world.post.smtp
    if (server !== undefined) {
      await sendBySmtp(mailOf(message, to, settings, world), server)
      return { to: to.join(', '), how: 'sent' }
    }
    const { topics } = world.post
    if (topics !== undefined) {
      await publishToTopic(message, topicOf(to, topics), to)
      return { to: to.join(', '), how: 'sent' }
    }
    return keep(message, to, settings, world)
  },
}

function topicOf(to: readonly string[], topics: { readonly [addresses: string]: string }): string {
  const found = entryOf(topics, addressKey(to))
  if (found !== undefined) return found
  throw new TaskError('Definition.InvalidSetting', `no topic of this deployment has the addresses ${to.join(', ')}`, {
    hint: 'write the addresses in the definition and deploy again, or give the channel an SMTP server: `smtp`',
  })
}

/** A reference is an address only in a run. */
function assertAddress(text: string): void {
  if (/^[^\s@,]+@[^\s@,]+$|<[^\s@,]+@[^\s@,]+>$/.test(text)) return
  throw new TaskError('Definition.InvalidSetting', `'${text}' is not an e-mail address`, { hint: 'write name@example.com' })
}

const mailOf = (message: Message, to: readonly string[], settings: ChannelSettings, { post, now }: ChannelWorld) => ({
  message,
  to,
  cc: listOf(settings['cc']),
  from: String(settings['from'] ?? post.from ?? 'siftstep <siftstep@localhost>'),
  date: now(),
})

async function keep(message: Message, to: readonly string[], settings: ChannelSettings, world: ChannelWorld): Promise<Delivery> {
  const bytes = await mimeOf(mailOf(message, to, settings, world))
  const name = `${message.id.replace(/[^\w.-]+/g, '-')}.eml`
  const { outbox: folder } = world.post
  if (folder === undefined) {
    const key = `${world.outbox}/${name}`
    // bytes are not looked through for secrets, texts are
    await world.store.write(key, bytes.toString('utf8'))
    return { to: to.join(', '), how: 'kept', at: join(world.post.root ?? '', key) }
  }
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, name), bytes)
  } catch (error) {
    throw systemError(error, `writing ${folder}`)
  }
  return { to: to.join(', '), how: 'kept', at: join(folder, name) }
}
