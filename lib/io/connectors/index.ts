/** The one list of connectors. To add a kind: its folder, and a line here. */
import { TaskError } from '#core/errors/errors.ts'
import type { BaseFolder, Connector, ConnectorKind } from './connector.ts'
import { file } from './file/spec.ts'
import { s3 } from './s3/spec.ts'

const CONNECTORS: readonly ConnectorKind[] = [file, s3]

/** The kind an address belongs to; one without a scheme is a path. Definition.InvalidSetting when there is no such kind. */
export function connectorKindOf(uri: string): ConnectorKind {
  // one letter is a drive
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase() ?? file.scheme
  const kind = CONNECTORS.find((known) => known.scheme === scheme)
  if (kind !== undefined) return kind
  throw new TaskError('Definition.InvalidSetting', `${uri} is at a place this version cannot reach (${scheme}://)`, {
    hint: `give a path, or one of ${CONNECTORS.flatMap(({ forms }) => Object.keys(forms)).join(', ')}`,
  })
}

/** `folder` is that of the run; whole addresses need none. */
export const connectorOf = (uri: string, folder?: BaseFolder): Promise<Connector> => connectorKindOf(uri).load(folder)

/** Opens one file, wherever it is. */
export const openSource = async (uri: string, folder?: BaseFolder) => (await connectorOf(uri, folder)).open(uri)
