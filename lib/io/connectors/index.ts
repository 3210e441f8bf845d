/** The list of connectors. To add one, write its folder and add a line here. */
import { TaskError } from '#core/errors/errors.ts'
import type { BaseFolder, Connector, ConnectorKind } from './connector.ts'
import { file } from './file/spec.ts'
import { s3 } from './s3/spec.ts'

const CONNECTORS: readonly ConnectorKind[] = [file, s3]

/** The connector of an address; an address without a scheme is a path. Throws Definition.InvalidSetting for an unknown scheme. */
export function connectorKindOf(uri: string): ConnectorKind {
  // a single letter is a drive
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase() ?? file.scheme
  const kind = CONNECTORS.find((known) => known.scheme === scheme)
  if (kind !== undefined) return kind
  throw new TaskError('Definition.InvalidSetting', `unsupported scheme ${scheme}:// in ${uri}`, {
    hint: `use a path, or one of ${CONNECTORS.flatMap(({ forms }) => Object.keys(forms)).join(', ')}`,
  })
}

/** `folder` is the base folder of the run; absolute addresses need none. */
export const connectorOf = (uri: string, folder?: BaseFolder): Promise<Connector> => connectorKindOf(uri).load(folder)

/** Opens a file on any connector. */
export const openSource = async (uri: string, folder?: BaseFolder) => (await connectorOf(uri, folder)).open(uri)
