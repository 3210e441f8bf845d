/** Where an export publishes to and how, from its settings; and which settings do not go together there. */
import type * as z from 'zod'
import { TaskError } from '#core/errors/errors.ts'
import { enumeration } from '#core/text/preview.ts'
import { type Destination, folderKey, INTERMEDIATE, type PartitionKey, type SinkTarget } from '#data/pass/pass.ts'
import { CONNECTORS, connectorKindOf, connectorNamed } from '#io/connectors/index.ts'
import { type AtConnection, locationOf } from '#io/connectors/location.ts'
import type { TargetKind } from '#io/connectors/target.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { isHiveKey } from '#io/publish/hive.ts'
import { isNamedAsSource, namesSource } from '#io/publish/file-addresses.ts'
import { isCatalogName } from '#io/catalog/table.ts'
import { isNamedAsFile } from '#io/formats/index.ts'
import { toBytes } from '#steps/kind/fields.ts'
import { DEFAULT_WRITER, writerByName, writerCalled, WRITERS } from '#io/formats/writers/index.ts'
import type { config } from './config.ts'

type Settings = z.output<typeof config>
type PartitionList = Exclude<NonNullable<Settings['partition_by']>, string>

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
  return modeOf(mode) === 'replace' && !isReference(address) && !namesSource(address)
}

/** `overwrite_run` says what `replace` does: a run again replaces what the pipeline published there, and touches nothing else. */
const modeOf = (mode: string): Mode => (mode === 'overwrite_run' ? 'replace' : mode) as Mode

/** What only shows when the settings are seen together with the target. */
export function problemsOf(settings: Settings): readonly SettingProblem[] {
  const { to, keys, format, partition_by, indexes, max_file_bytes } = settings
  const mode = modeOf(settings.mode)
  const chosen = partition_by === 'auto' ? undefined : partition_by
  // the name of a connection: the compiler has not put its settings in yet
  if (typeof to !== 'string' && typeof to.connection === 'string') return []
  const { uri } = locationOf(to as string | AtConnection)
  const kind = isReference(uri) ? undefined : connectorNamed(uri)
  if (kind !== undefined && kind.target === undefined)
    return problem(
      'to',
      `nothing can be published to \`${uri}\`: it can only be read`,
      'give a path, or an address such as s3://bucket/folder',
    )
  const target = isReference(mode) ? undefined : kind?.target
  if (target === undefined) return []
  const given = (name: string, value: string | undefined) =>
    value === undefined ? [] : problem(name, `\`${name}: ${value}\` has no effect: the target is a table`, `remove \`${name}\``)
  return [
    ...modeProblems(mode, keys, uri, target),
    ...(target.accepts === 'files' ? fileProblems(uri, format) : given('format', format === 'database' ? undefined : format)),
    ...(mode === 'merge' && target.accepts === 'files' ? mergeProblems(format, chosen) : []),
    ...(chosen === undefined ? [] : partitionProblems(uri, chosen, target)),
    ...(max_file_bytes === undefined ? [] : sizeProblems(uri, mode, target)),
    ...(settings.catalog === undefined ? [] : catalogProblems(uri, settings.catalog, format, target)),
    ...(indexes === undefined || indexes === 'auto' || target.accepts === 'rows'
      ? []
      : problem('indexes', `\`indexes: ${shownIndexes(indexes)}\` is for tables`, 'use auto, or remove `indexes`')),
  ]
}

const shownIndexes = (indexes: 'none' | readonly string[]) => (typeof indexes === 'string' ? indexes : `[${indexes.join(', ')}]`)

/** What is wrong with settings as the author wrote them; in a run, a compression that a format does not have means its default. */
export function problemsAsWritten({ to, format, compression }: Settings): readonly SettingProblem[] {
  if (compression === undefined || isReference(compression) || (format !== undefined && isReference(format))) return []
  if (typeof to !== 'string' || isReference(to)) return []
  const kind = connectorNamed(to)?.target
  if (kind?.accepts === 'rows')
    return problem('compression', `\`compression: ${compression}\` has no effect: the target is a table`, 'remove `compression`')
  const named = writerByName(to)
  if (named?.compression !== undefined && compression !== named.compression)
    return problem(
      'compression',
      `\`compression: ${compression}\` does not fit the name \`${to}\``,
      'remove `compression`; end the name with .gz or .zst',
    )
  if (format !== undefined && !isWritten(format)) return []
  const { name, compressions } = named?.writer ?? (format === undefined ? DEFAULT_WRITER : writerCalled(format))
  return compressions.includes(compression)
    ? []
    : problem('compression', `\`compression: ${compression}\` cannot be used with ${name}`, `use ${compressions.join(', ')}`)
}

const isWritten = (format: string) => WRITERS.some(({ name }) => name === format)

/** Only the files of a folder can be several, and a merge keeps the files that are there. */
function sizeProblems(uri: string, mode: Mode, { accepts }: TargetKind): readonly SettingProblem[] {
  if (accepts === 'rows') return problem('max_file_bytes', '`max_file_bytes` cannot be used with a table', 'remove it')
  if (writerByName(uri) !== undefined)
    return problem('max_file_bytes', `\`max_file_bytes\` cannot be used with one file, \`${uri}\``, 'give the address of a folder')
  return mode === 'merge'
    ? problem('max_file_bytes', '`max_file_bytes` cannot be used with `mode: merge`', 'remove it, or use append or replace')
    : []
}

/** A catalog shows the files of a folder that announces its outputs, in the one format that tables are made of. */
function catalogProblems(
  uri: string,
  catalog: NonNullable<Settings['catalog']>,
  format: string | undefined,
  { announces }: TargetKind,
): readonly SettingProblem[] {
  const places = CONNECTORS.flatMap(({ scheme, target }) => (target?.announces === true ? [`${scheme}://bucket/folder`] : []))
  const place = `publish to ${enumeration(places, 'or')}, or remove \`catalog\``
  if (announces !== true) return problem('catalog', `\`${uri}\` cannot be shown in the Glue catalog: AWS does not see it`, place)
  if (writerByName(uri) !== undefined || namesSource(uri))
    return problem('catalog', `one file, \`${uri}\`, cannot be shown in the Glue catalog`, 'give the address of a folder')
  const formatProblems =
    format === undefined || isReference(format) || !isWritten(format) || writerCalled(format).name === DEFAULT_WRITER.name
      ? []
      : problem(
          'format',
          `files of format ${format} cannot be shown in the Glue catalog`,
          `use ${DEFAULT_WRITER.name}, or remove \`catalog\``,
        )
  const names = (['database', 'table'] as const).flatMap((what) => {
    const name = catalog[what]
    return isReference(name) || isCatalogName(name)
      ? []
      : [
          {
            path: ['catalog', what],
            what: `\`${name}\` cannot be the name of a ${what} in the Glue catalog`,
            hint: 'use small letters, digits and underscores, at most 255',
          },
        ]
  })
  return [...formatProblems, ...names]
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
function mergeProblems(format: string | undefined, partition_by: PartitionList | undefined): readonly SettingProblem[] {
  if (partition_by !== undefined)
    return problem('mode', '`mode: merge` cannot be used with `partition_by`', 'remove `partition_by`, or use append or replace')
  if (format === undefined || isReference(format) || !isWritten(format) || writerCalled(format).exact === true) return []
  const exact = WRITERS.filter((writer) => writer.exact === true).map(({ name }) => name)
  return problem(
    'format',
    `files of format ${format} cannot be merged: they do not keep types and missing values`,
    `use ${enumeration(exact, 'or')}`,
  )
}

/** Where the address is that of a file, its name must fit its content. */
function fileProblems(uri: string, format: string | undefined): readonly SettingProblem[] {
  if (format === 'database')
    return problem(
      'format',
      `\`format: database\` needs a table, and \`${uri}\` is none`,
      'publish to a table, such as sqlite://out/shop.db/orders',
    )
  if (format === 'delta') return []
  const named = writerByName(uri)
  // its format is that of the setting, or known once the sources are
  if (isNamedAsSource(uri)) return []
  if (named === undefined) {
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
    return []
  }
  return format !== undefined && !isReference(format) && format !== named.writer.name
    ? problem('format', `\`format: ${format}\` does not fit the name \`${uri}\``, 'remove `format`, or change the name')
    : []
}

/** Only a folder has folders in it, and each needs a name of its own. */
function partitionProblems(uri: string, partition_by: PartitionList, { accepts }: TargetKind): readonly SettingProblem[] {
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

function partitionKey(setting: PartitionList[number]): PartitionKey {
  if (typeof setting === 'string') return { column: setting, part: null, as: null }
  return { column: setting.column, part: setting.part ?? null, as: setting.as ?? null }
}

/** Throws Definition.InvalidSetting for a format that cannot be written. */
export function destinationOf(settings: Settings): Destination {
  const { uri, options } = locationOf(settings.to as string | AtConnection)
  const { scheme, target } = connectorKindOf(uri)
  const { keys = [], indexes = 'none', verify = [], max_file_bytes, catalog = null } = settings
  const mode = modeOf(settings.mode)
  const checks = typeof verify === 'string' ? [verify] : verify
  const common = { to: uri, options, mode, keys, partitions: null, max_file_bytes: null, indexes, verify: checks, catalog }
  if (target?.accepts === 'rows') return { ...common, parts: INTERMEDIATE, file: null, shown: scheme }
  const named = writerByName(uri)
  const wanted = settings.compression
  if (isNamedAsSource(uri)) {
    const writer = settings.format === undefined ? writerCalled('csv') : writerOf(settings.format)
    const file: SinkTarget = { format: writer.name, compression: compressionOf(writer, wanted, undefined) }
    const by_name = settings.format === undefined ? { by_name: true as const } : {}
    return { ...common, parts: INTERMEDIATE, file, shown: writer.name, ...by_name }
  }
  const writer = settings.format === undefined ? (named?.writer ?? DEFAULT_WRITER) : writerOf(settings.format)
  const form: SinkTarget = { format: writer.name, compression: compressionOf(writer, wanted, named?.compression) }
  // the rows of all parts become one file when everything is counted
  if (named !== undefined) return { ...common, parts: INTERMEDIATE, file: form, shown: writer.name }
  const { partition_by } = settings
  const by = partition_by === undefined || partition_by === 'auto' ? partition_by : partition_by.map(partitionKey)
  const isMerged = mode === 'merge'
  const most = max_file_bytes === undefined || isMerged ? null : toBytes(max_file_bytes)
  if ((by === undefined && most === null) || isMerged) return { ...common, parts: form, file: null, shown: writer.name }
  return {
    ...common,
    parts: INTERMEDIATE,
    file: null,
    partitions: { by: by ?? [], form },
    max_file_bytes: most,
    shown: writer.name,
  }
}

/** The compression asked for, if the format has it; else that of the name, else the default of the format. */
const compressionOf = ({ compressions }: ReturnType<typeof writerCalled>, wanted: string | undefined, named: string | undefined): string =>
  wanted !== undefined && compressions.includes(wanted) ? wanted : (named ?? compressions[0])

function writerOf(format: string) {
  if (isWritten(format)) return writerCalled(format)
  throw new TaskError('Definition.InvalidSetting', `files of format ${format} cannot be written by this version`, {
    hint: `use ${enumeration(
      WRITERS.map(({ name }) => name),
      'or',
    )}`,
    path: 'with.format',
  })
}
