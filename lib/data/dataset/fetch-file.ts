/** Fetches a file into the run's store: from then on it is read there, and its server is not asked again. */
import { digestOf } from '#io/bytes/digest.ts'
import type { DownloadConnector, Downloaded, Options } from '#io/connectors/connector.ts'
import type { TaskContext } from '#io/workspace/context.ts'

export interface FetchedFile extends Downloaded {
  /** Where it is in the store. */
  readonly key: string
  readonly sha256: string
}

/** Writes the bytes to the store, at `key`. */
export async function fetchFile(
  uri: string,
  connector: DownloadConnector,
  options: Options,
  key: string,
  { store }: Pick<TaskContext, 'store'>,
): Promise<FetchedFile> {
  const draft = await store.createLocal(key)
  try {
    const downloaded = await connector.download(uri, draft.path, options)
    const { sha256 } = digestOf(draft.path)
    await draft.publish()
    return { ...downloaded, key, sha256 }
  } finally {
    await draft.discard()
  }
}
