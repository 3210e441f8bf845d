/** Stages text in the run's store that has to be rewritten before it can be read. Rewriting streams, with limited memory. */
import type { LocalDraft, Store } from '#io/store/store.ts'
import { type ByteSink, createFile, openFile } from '#io/bytes/file.ts'
import type { ByteSource } from './source.ts'

export interface Staging {
  /** The current text: the source itself, or its latest rewrite. */
  current(): ByteSource
  /** Rewrites the text; returns the result of `write`. */
  rewrite<T>(write: (from: ByteSource, to: ByteSink) => Promise<T>): Promise<T>
  /** Stores the latest rewrite under the key; null if nothing was rewritten. */
  publish(): Promise<string | null>
  /** Drops what was rewritten. */
  discard(): Promise<void>
}

export function startStaging(source: ByteSource, store: Store, key: string): Staging {
  let current = source
  let draft: LocalDraft | undefined
  return {
    current: () => current,
    async rewrite(write) {
      const next = await store.createLocal(key)
      let result: Awaited<ReturnType<typeof write>>
      try {
        const sink = await createFile(next.path)
        try {
          result = await write(current, sink)
        } finally {
          await sink.close()
        }
        current = await openFile(next.path)
      } catch (error) {
        await next.discard()
        throw error
      }
      await draft?.discard()
      draft = next
      return result
    },
    async publish() {
      if (draft === undefined) return null
      await draft.publish()
      draft = undefined
      return key
    },
    async discard() {
      await draft?.discard()
      draft = undefined
      current = source
    },
  }
}
