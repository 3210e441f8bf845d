/** Where an export publishes to and how, from its settings; and which settings do not go together there. */
import type * as z from 'zod'
import { enumeration } from '#core/text/preview.ts'
import { type Destination, folderKey, INTERMEDIATE, type PartitionKey, type SinkTarget } from '#data/pass/pass.ts'
import { CONNECTORS, connectorKindOf, connectorNamed } from '#io/connectors/index.ts'
import { type AtConnection, locationOf } from '#io/connectors/location.ts'
import type { TargetKind } from '#io/connectors/target.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { isHiveKey } from '#io/publish/hive.ts'
import { isNamedAsSource, namesSource } from '#io/publish/file-addresses.ts'
import { isNamedAsFile } from '#io/formats/index.ts'
import { DEFAULT_WRITER, writerByName, writerCalled, WRITERS } from '#io/formats/writers/index.ts'
import type { config } from './config.ts'

type Settings = z.output<typeof config>

interface SettingProblem {
  readonly path: readonly (string | number)[]
  readonly what: string
  readonly hint: string
}

const problem = (setting: string, what: string, hint: string): readonly SettingProblem[] => [{ path: [setting], what, hint }]

/** Whether a setting is a reference, which is resolved when the pipeline runs, and checked then. */
const isReference = (value: string) => /\{\{|\{%/.test(value)

/** Whether each run replaces the output of the one before: not where the address is made in the run, or from the names of sources. */
export function alwaysReplaces({ to, mode }: Settings): boolean {
  const address = JSON.stringify(to)
  return mode === 'replace' && !isReference(address) && !namesSource(address)
}

/** What only shows when the settings are seen together with the target. */
export function problemsOf(settings: Settings): readonly SettingProblem[] {
  const { to, mode, keys, format, compression, partition_by, verify } = settings
  // the name of a connection: the compiler has not put its settings in yet
  if (typeof to !== 'string' && typeof to.connection === 'string') return []
  const { uri } = locationOf(to as string | AtConnection)
  const target = isReference(uri) || isReference(mode) ? undefined : connectorNamed(uri)?.target
  if (target === undefined) return []
  const given = (name: string, value: string | undefined) =>
    value === undefined ? [] : problem(name, `\`${name}: ${value}\` has no effect: the target is a table`, `remove \`${name}\``)
  return [
    ...modeProblems(mode as Mode, keys, uri, target),
    ...(target.accepts === 'files'
      ? fileProblems(uri, format, compression)
      : [...given('format', format), ...given('compression', compression)]),
    ...(mode === 'merge' && target.accepts === 'files' ? mergeProblems(format, partition_by) : []),
    ...(partition_by === undefined ? [] : partitionProblems(uri, partition_by, target)),
    ...(verify !== undefined && target.accepts === 'files'
      ? problem('verify', '`verify: row_count` is for tables', 'remove `verify`: files are always checked by their SHA-256')
      : []),
  ]
}

function modeProblems(
  mode: Mode,
  keys: readonly string[] | undefined,
  uri: string,
  { accepts, modes }: TargetKind,
): readonly SettingProblem[] {
  if (mode !== 'replace' && accepts === 'files' && (writerByName(uri) !== undefined || isNamedAsSource(uri)))
    return problem('mode', `\`mode: ${mode}\` cannot be used with one file, \`${uri}\``, 'give the address of a folder, or use replace')
  if (!modes.includes(mode)) {
    const takers = CONNECTORS.flatMap(({ scheme, target }) => (target?.modes.includes(mode) === true ? [`${scheme}://`] : []))
    const hint = `use ${modes.join(' or ')}${takers.length === 0 ? '' : `; \`${mode}\` is for ${enumeration(takers, 'or')}`}`
    return problem('mode', `\`mode: ${mode}\` cannot be used with this target`, hint)
  }
  if (mode === 'merge' && keys === undefined)
    return problem('mode', '`mode: merge` needs the columns that identify a row', 'add `keys: [id]`')
  return mode !== 'merge' && keys !== undefined
    ? problem('keys', `\`keys\` has no effect with \`mode: ${mode}\``, 'write `mode: merge`, or remove `keys`')
    : []
}

/** Files are read, changed and written again: only where nothing is lost on the way. */
function mergeProblems(format: string | undefined, partition_by: Settings['partition_by']): readonly SettingProblem[] {
  if (partition_by !== undefined)
    return problem('mode', '`mode: merge` cannot be used with `partition_by`', 'remove `partition_by`, or use append or replace')
  if (format === undefined || isReference(format) || writerCalled(format).exact === true) return []
  const exact = WRITERS.filter((writer) => writer.exact === true).map(({ name }) => name)
  return problem(
    'format',
    `files of format ${format} cannot be merged: they do not keep types and missing values`,
    `use ${enumeration(exact, 'or')}`,
  )
}

/** Where the address is that of a file, its name must fit its content; and a format has only some compressions. */
function fileProblems(uri: string, format: string | undefined, compression: string | undefined): readonly SettingProblem[] {
  const named = writerByName(uri)
  if (isNamedAsSource(uri)) {
    // its format is that of the setting, or known once the sources are
  } else if (named === undefined) {
    if (isNamedAsFile(uri))
      return problem(
        'to',
        `a file such as \`${uri}\` cannot be written`,
        `use ${enumeration(
          WRITERS.map(({ extension, compressions }) => `.${extension(compressions[0])}`),
          'or',
        )}; end with a slash for a folder`,
      )
    if (namesSource(uri))
      return problem('to', '`{source.name}` stands in the address of a folder', 'use it in the name of a file: out/{source.name}.csv')
  } else if (format !== undefined && !isReference(format) && format !== named.writer.name)
    return problem('format', `\`format: ${format}\` does not fit the name \`${uri}\``, 'remove `format`, or change the name')
  if (compression === undefined || isReference(compression) || (format !== undefined && isReference(format))) return []
  if (named?.compression !== undefined && compression !== named.compression)
    return problem(
      'compression',
      `\`compression: ${compression}\` does not fit the name \`${uri}\``,
      'remove `compression`; end the name with .gz or .zst',
    )
  const { name, compressions } = named?.writer ?? (format === undefined ? DEFAULT_WRITER : writerCalled(format))
  return compressions.includes(compression)
    ? []
    : problem('compression', `\`compression: ${compression}\` cannot be used with ${name}`, `use ${compressions.join(', ')}`)
}

/** Only a folder has folders in it, and each needs a name of its own. */
function partitionProblems(
  uri: string,
  partition_by: NonNullable<Settings['partition_by']>,
  { accepts }: TargetKind,
): readonly SettingProblem[] {
  const folder = 'give the address of a folder, or remove `partition_by`'
  if (accepts === 'rows') return problem('partition_by', '`partition_by` cannot be used with a table', folder)
  if (namesSource(uri))
    return problem('partition_by', '`partition_by` cannot be used with `{source.name}`: its files are split by source', folder)
  if (writerByName(uri) !== undefined) return problem('partition_by', `\`partition_by\` cannot be used with one file, \`${uri}\``, folder)
  const keys = partition_by.map(partitionKey)
  return keys.flatMap((key, at) => {
    const name = folderKey(key)
    if (!isHiveKey(name))
      return problem('partition_by', `\`${name}\` cannot be the name of a folder`, `give another name: {column: "${key.column}", as: name}`)
    const isTwice = keys.slice(0, at).some((other) => folderKey(other).toLowerCase() === name.toLowerCase())
    return isTwice ? problem('partition_by', `two folders have the name \`${name}\``, 'remove one, or give it another name with `as`') : []
  })
}

function partitionKey(setting: NonNullable<Settings['partition_by']>[number]): PartitionKey {
  if (typeof setting === 'string') return { column: setting, part: null, as: null }
  return { column: setting.column, part: setting.part ?? null, as: setting.as ?? null }
}

export function destinationOf(settings: Settings): Destination {
  const { uri, options } = locationOf(settings.to as string | AtConnection)
  const { scheme, target } = connectorKindOf(uri)
  const { mode, keys = [] } = settings
  const common = { to: uri, options, mode: mode as Mode, keys, partitions: null }
  if (target?.accepts === 'rows') {
    const counted = settings.verify === undefined ? {} : { verify: true as const }
    return { ...common, parts: INTERMEDIATE, file: null, shown: scheme, ...counted }
  }
  const named = writerByName(uri)
  if (isNamedAsSource(uri)) {
    const writer = settings.format === undefined ? writerCalled('csv') : writerCalled(settings.format)
    const file: SinkTarget = { format: writer.name, compression: settings.compression ?? writer.compressions[0] }
    return {
      ...common,
      parts: INTERMEDIATE,
      file,
      shown: writer.name,
      ...(settings.format === undefined ? { by_name: true as const } : {}),
    }
  }
  const writer = settings.format === undefined ? (named?.writer ?? DEFAULT_WRITER) : writerCalled(settings.format)
  const form: SinkTarget = { format: writer.name, compression: settings.compression ?? named?.compression ?? writer.compressions[0] }
  const by = settings.partition_by?.map(partitionKey)
  if (by !== undefined) return { ...common, parts: INTERMEDIATE, file: null, partitions: { by, form }, shown: writer.name }
  // the rows of all parts become one file when everything is counted
  return named === undefined
    ? { ...common, parts: form, file: null, shown: writer.name }
    : { ...common, parts: INTERMEDIATE, file: form, shown: writer.name }
}
