/** A mail as MIME, which mail programs and servers read. */
import type { Message } from '../channel.ts'

export interface Mail {
  readonly message: Message
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly from: string
  readonly date: Date
}

/** The mail in the terms of nodemailer. */
export function fieldsOf({ message, to, cc, from, date }: Mail) {
  const { id, subject, text, html, attachments } = message
  return {
    messageId: `<${id}@siftstep>`,
    from,
    to: [...to],
    ...(cc.length === 0 ? {} : { cc: [...cc] }),
    date,
    // a line break would begin another header
    subject: subject.replace(/\s*[\r\n]+\s*/g, ' '),
    text,
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(({ name, type, content }) => ({
      filename: name,
      contentType: type,
      content: Buffer.from(content),
    })),
    // nothing in a message names a file or address to be read
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

export async function mimeOf(mail: Mail): Promise<Buffer> {
  const { createTransport } = await import('nodemailer')
  const { message } = await createTransport({ streamTransport: true, buffer: true, newline: 'unix' }).sendMail(fieldsOf(mail))
  return message as Buffer
}
