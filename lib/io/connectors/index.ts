/** The list of connectors. To add one, write its folder and add a line here. */
import { TaskError } from '#core/errors/errors.ts'
import type { ByteSource } from '#io/bytes/source.ts'
import type { BaseFolder, Connector, ConnectorKind, FileConnector } from './connector.ts'
import type { Target } from './target.ts'
import { file } from './file/spec.ts'
import { http, https } from './http/spec.ts'
import { mysql } from './mysql/spec.ts'
import { postgresql } from './postgresql/spec.ts'
import { s3 } from './s3/spec.ts'
import { sqlite } from './sqlite/spec.ts'

export const CONNECTORS: readonly ConnectorKind[] = [file, s3, sqlite, postgresql, mysql, https, http]

/** The connector of an address; an address without a scheme is a path. Throws Definition.InvalidSetting for an unknown scheme. */
export function connectorKindOf(uri: string): ConnectorKind {
  const kind = connectorNamed(uri)
  if (kind !== undefined) return kind
  throw new TaskError('Definition.InvalidSetting', `unsupported scheme ${schemeOf(uri)}:// in ${uri}`, {
    hint: `give a path, or one of ${CONNECTORS.flatMap(({ forms }) => Object.keys(forms)).join(', ')}`,
  })
}

/** The same, undefined when there is no such kind. */
export function connectorNamed(uri: string): ConnectorKind | undefined {
  const wanted = schemeOf(uri)
  return CONNECTORS.find(({ scheme, aliases = [] }) => scheme === wanted || aliases.includes(wanted))
}

/** One letter is a drive. */
const schemeOf = (uri: string) => /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase() ?? file.scheme

/** `folder` is that of the run; whole addresses need none. */
export const connectorOf = (uri: string, folder?: BaseFolder): Promise<Connector> => connectorKindOf(uri).load(folder)

/** Definition.InvalidSetting where nothing can be published. */
export async function targetAt(uri: string, folder: BaseFolder): Promise<Target> {
  const { target } = await connectorOf(uri, folder)
  if (target !== undefined) return target
  throw new TaskError('Definition.InvalidSetting', `nothing can be published to ${uri}: it can only be read`, {
    hint: `give a path, or an address that starts with ${CONNECTORS.flatMap(({ scheme, target: kind }) => (kind === undefined || scheme === file.scheme ? [] : [`${scheme}://`])).join(' or ')}`,
  })
}

/** Opens one file, wherever it is. */
export const openSource = async (uri: string, folder?: BaseFolder): Promise<ByteSource> => (await fileConnectorOf(uri, folder)).open(uri)

/** Definition.InvalidSetting where there are no files. */
export async function fileConnectorOf(uri: string, folder?: BaseFolder): Promise<FileConnector> {
  const connector = await connectorOf(uri, folder)
  if (connector.holds === 'files') return connector
  throw new TaskError(
    'Definition.InvalidSetting',
    `${uri} is ${connector.holds === 'tables' ? 'a table' : 'fetched over HTTP'}, and a file or folder is needed here`,
    {
      hint: 'give a path, or an address such as s3://bucket/folder',
    },
  )
}
