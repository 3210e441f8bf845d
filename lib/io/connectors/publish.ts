/** Publishing objects of a run's store, wherever they are to go. */
import type { Session } from '#io/duckdb/session.ts'
import { appendedBy, type Manifest, type ManifestFile } from '#io/publish/manifest.ts'
import type { Store } from '#io/store/store.ts'
import { connectorKindOf, targetAt } from './index.ts'
import type { Output, Publication } from './target.ts'

/** A file of the output, and its key in the store. */
export interface Part extends ManifestFile {
  readonly key: string
}

interface PublishContext {
  readonly store: Store
  readonly run: { readonly id: string; readonly folder?: string }
  readonly step: string
  openSession(folders: readonly string[]): Promise<Session>
  readonly appeared?: Output['appeared']
}

/** Makes the parts the output of the location; its manifest. See `Target.publish`. */
export async function publish(
  uri: string,
  parts: readonly Part[],
  facts: Omit<Manifest, 'siftstep' | 'files'>,
  { mode, ...how }: Omit<Publication, 'pipeline'>,
  { store, run, step, openSession, appeared }: PublishContext,
): Promise<Manifest> {
  const own = mode === 'append' ? parts.map((part) => appendedBy(part, run.id, step)) : parts
  const named = own.map(({ key: _key, ...file }) => file)
  const { pipeline } = facts
  const manifest: Manifest = { siftstep: 1, ...facts, files: named }
  const files = own.map(({ key, ...file }) => ({ ...file, uri: store.address(key), open: () => store.openLocal(key) }))
  const target = await targetAt(uri, run.folder)
  const counts = await target.publish(uri, {
    pipeline,
    mode,
    ...how,
    run: run.id,
    step,
    files,
    manifest,
    openSession,
    ...(appeared && { appeared }),
  })
  // a table keeps rows, and none of these files
  const published = connectorKindOf(uri).target?.accepts === 'rows' ? { ...manifest, files: [] } : manifest
  if (counts === undefined) return published
  return { ...published, merged: [{ by: `${run.id}/${step}`, from: null, ...counts, files: [] }] }
}
