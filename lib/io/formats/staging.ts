/** Text that has to be rewritten before it can be read lies in the run's store. Bounded memory: rewriting streams. */
import type { LocalDraft, Store } from '#io/store/store.ts'
import { type ByteSink, createFile, openFile } from '#io/bytes/file.ts'
import type { ByteSource } from './source.ts'

export interface Staging {
  /** The text as it is now: the source itself, or its latest rewriting. */
  current(): ByteSource
  /** Rewrites the text; what `write` returns is passed on. */
  rewrite<T>(write: (from: ByteSource, to: ByteSink) => Promise<T>): Promise<T>
  /** Makes the latest rewriting the object at the key; null when nothing was rewritten. */
  publish(): Promise<string | null>
  /** Forgets what was rewritten. */
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
