/** Where an export publishes to and how, from its settings; and which settings do not go together there. */
import type * as z from 'zod'
import { isNamedAsFile } from '#core/text/data-path.ts'
import { type Destination, INTERMEDIATE, type SinkTarget } from '#data/pass/pass.ts'
import { connectorKindOf, connectorNamed } from '#io/connectors/index.ts'
import { type AtConnection, locationOf } from '#io/connectors/location.ts'
import type { Mode, TargetKind } from '#io/connectors/target.ts'
import { DEFAULT_WRITER, writerByName, writerCalled } from '#io/formats/writers/index.ts'
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

/** What only shows when the settings are seen together with the target. */
export function problemsOf(settings: Settings): readonly SettingProblem[] {
  const { to, mode, keys, format, compression } = settings
  // the name of a connection: the compiler has not put its settings in yet
  if (typeof to !== 'string' && typeof to.connection === 'string') return []
  const { uri } = locationOf(to as string | AtConnection)
  const target = isReference(uri) || isReference(mode) ? undefined : connectorNamed(uri)?.target
  if (target === undefined) return []
  const given = (name: string, value: string | undefined) =>
    value === undefined ? [] : problem(name, `\`${name}: ${value}\` has no effect: the target is a table`, `remove \`${name}\``)
  return [
    ...modeProblems(mode as Mode, keys, target),
    ...(target.accepts === 'files'
      ? fileProblems(uri, format, compression)
      : [...given('format', format), ...given('compression', compression)]),
  ]
}

function modeProblems(mode: Mode, keys: readonly string[] | undefined, { modes }: TargetKind): readonly SettingProblem[] {
  if (!modes.includes(mode)) return problem('mode', `\`mode: ${mode}\` cannot be used with this target`, `use ${modes.join(' or ')}`)
  if (mode === 'merge' && keys === undefined)
    return problem('mode', '`mode: merge` needs the columns that identify a row', 'add `keys: [id]`')
  return mode !== 'merge' && keys !== undefined
    ? problem('keys', `\`keys\` has no effect with \`mode: ${mode}\``, 'write `mode: merge`, or remove `keys`')
    : []
}

/** Where the address is that of a file, its name must fit its content; and a format has only some compressions. */
function fileProblems(uri: string, format: string | undefined, compression: string | undefined): readonly SettingProblem[] {
  const named = writerByName(uri)
  if (named === undefined) {
    if (isNamedAsFile(uri))
      return problem(
        'to',
        `a file such as \`${uri}\` cannot be written`,
        'use .csv, .json, .ndjson or .parquet; end with a slash for a folder',
      )
    if (uri.includes('{source.name}'))
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

export function destinationOf(settings: Settings): Destination {
  const { uri, options } = locationOf(settings.to as string | AtConnection)
  const { scheme, target } = connectorKindOf(uri)
  const { mode, keys = [] } = settings
  const common = { to: uri, options, mode: mode as Mode, keys }
  if (target?.accepts === 'rows') return { ...common, parts: INTERMEDIATE, file: null, shown: scheme }
  const named = writerByName(uri)
  const writer = settings.format === undefined ? (named?.writer ?? DEFAULT_WRITER) : writerCalled(settings.format)
  const form: SinkTarget = { format: writer.name, compression: settings.compression ?? named?.compression ?? writer.compressions[0] }
  // the rows of all parts become one file when everything is counted
  return named === undefined
    ? { ...common, parts: form, file: null, shown: writer.name }
    : { ...common, parts: INTERMEDIATE, file: form, shown: writer.name }
}
