/** The contract of a channel: a way to send people or programs a message. Its spec is imported by everyone, its behaviour when something is sent. */
import type * as z from 'zod'
import type { Json } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'

export interface ChannelKind {
  /** As `type` names it. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** Its settings beside `type`, each optional; `required` says which must be given. */
  readonly settings: { readonly [name: string]: z.ZodType }
  /** Names of the settings of which one must be given; several names are spellings of one setting. */
  readonly required: readonly (readonly [string, ...string[]])[]
  /** Settings that must be a secret: `${secret.NAME}`. */
  readonly secrets: readonly string[]
  /** Settings that can be a secret. */
  readonly maybeSecrets: readonly string[]
  load(): Promise<Channel>
}

export interface Channel {
  /** Sends a message once. Throws Transient.* for what may go away, Output.Unwritable for a refusal. */
  send(message: Message, settings: ChannelSettings, world: ChannelWorld): Promise<Delivery>
}

/** As the machine passes them, references and secrets resolved. */
export interface ChannelSettings {
  readonly type: string
  readonly [name: string]: Json
}

export interface Message {
  /** The same whenever the same message is sent again: receivers recognise a repetition by it. */
  readonly id: string
  readonly subject: string
  readonly text: string
  /** Absent: there is only text. */
  readonly html?: string | undefined
  readonly attachments: readonly Attachment[]
  /** What programs read. */
  readonly facts: { readonly [name: string]: Json }
}

export interface Attachment {
  /** Name of the file. */
  readonly name: string
  readonly type: string
  readonly content: Uint8Array
}

/** What channels use of the place where a run is carried out. */
export interface ChannelWorld {
  readonly store: Store
  /** Key prefix for messages that are kept in place of being sent. */
  readonly outbox: string
  now(): Date
  readonly post: PostOffice
  readonly log: (line: string) => void
}

/** What a deployment or a laptop has for mail. */
export interface PostOffice {
  /** URL of an SMTP server; absent: none. */
  readonly smtp?: string | undefined
  /** The sender where a channel names none. */
  readonly from?: string | undefined
  /** A folder for messages where there is no server (default: the folder of the run). */
  readonly outbox?: string | undefined
  /** ARNs of topics, by the addresses that subscribe to them: sorted, joined by commas. */
  readonly topics?: { readonly [addresses: string]: string } | undefined
  /** What is before a key of the store for people: a folder, or `s3://bucket`. */
  readonly root?: string | undefined
  /** How commands name where the run is: ` --on aws`. */
  readonly on?: string | undefined
}

export interface Delivery {
  /** For people: the addresses, or a host. */
  readonly to: string
  /** `kept`: there is no server, and the message is in a file. */
  readonly how: 'sent' | 'kept'
  /** The file of a message that was kept. */
  readonly at?: string
}

/** The key of a list of addresses in `topics`. */
export const addressKey = (addresses: readonly string[]): string => [...new Set(addresses)].sort().join(',')
