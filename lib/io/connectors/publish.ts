/** Publishing objects of a run's store, wherever they are to go. */
import type { Manifest, ManifestFile } from '#io/publish/manifest.ts'
import type { Store } from '#io/store/store.ts'
import { connectorOf } from './index.ts'

/** A file of the output, and where it lies in the store. */
export interface Part extends ManifestFile {
  readonly key: string
}

/** Makes the parts the output of the place; its manifest. See `Connector.publish`. */
export async function publish(
  target: string,
  parts: readonly Part[],
  facts: Omit<Manifest, 'siftstep' | 'files'>,
  { store, run }: { readonly store: Store; readonly run: { readonly id: string; readonly folder?: string } },
): Promise<Manifest> {
  const named = parts.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }))
  const { pipeline, format, rows, bytes, columns } = facts
  const manifest: Manifest = { siftstep: 1, pipeline, format, rows, bytes, columns, files: named }
  const files = parts.map(({ key, ...file }) => ({ ...file, uri: store.address(key), open: () => store.openLocal(key) }))
  await (await connectorOf(target, run.folder)).publish(target, files, manifest, run.id)
  return manifest
}
