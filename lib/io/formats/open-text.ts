/** Opens the text of an inspection: the source itself, or its staged text. */
import type { Store } from '#io/store/store.ts'
import { sourceChanged } from '#io/bytes/file.ts'
import type { ByteSource, Inspection } from './source.ts'

export interface ReadContext {
  /** The inspected source, reopened. */
  readonly source: ByteSource
  readonly store: Store
  /** A folder for temporary files. */
  readonly scratch: string
}

export interface OpenText {
  readonly text: ByteSource
  /** Throws Data.SourceChanged if the source changed while it was open: then what was read by its path is not what was inspected. */
  release(): Promise<void>
}

/** Throws Data.SourceChanged if the source is not the one that was inspected, Data.MissingObject if the staged text is gone. */
export async function openText(inspection: Inspection, { source, store }: ReadContext): Promise<OpenText> {
  if (source.fingerprint !== inspection.fingerprint) throw sourceChanged(inspection.uri)
  if (inspection.staged === null) return { text: source, release: async () => source.assertUnchanged?.() }
  return { text: await store.open(inspection.staged), release: async () => {} }
}
