/** Opens the text of an inspection: the source itself, or its staged text. */
import type { Store } from '#io/store/store.ts'
import { sourceChanged } from '#io/bytes/file.ts'
import type { ByteSource, Inspection } from './source.ts'

export interface ReadContext {
  /** Opens the inspected source anew. */
  source(): Promise<ByteSource>
  readonly store: Store
  /** A folder for temporary files. */
  readonly scratch: string
}

export interface OpenText {
  readonly text: ByteSource
  /** Throws Data.SourceChanged if the source changed while it was open: then what was read by its path is not what was inspected. */
  release(): Promise<void>
}

/**
 * Data.SourceChanged when the source is not what was inspected. Text that was staged is what was inspected, whatever became of its source,
 * which is not opened again; Data.MissingObject when it is gone.
 */
export async function openText(inspection: Inspection, { source: open, store }: ReadContext): Promise<OpenText> {
  if (inspection.staged !== null) return { text: await store.open(inspection.staged), release: async () => {} }
  const source = await open()
  if (source.fingerprint !== inspection.fingerprint) throw sourceChanged(inspection.uri)
  return { text: source, release: async () => source.assertUnchanged?.() }
}
