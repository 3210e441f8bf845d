/** What a file with a step must export, and the settings that its step takes. */
import { entryOf } from '#core/text/record.ts'
import { nearest } from '#core/text/nearest.ts'
import { typeNamed } from '#relational/types/types.ts'
import { shownValue } from './shown-value.ts'
import type { Declaration, FunctionColumn } from './protocol.ts'
import type { OwnStep } from './step.ts'

/** The step that a module exports. Throws an Error that says what it lacks. */
export function stepIn(exported: { readonly default?: unknown }): OwnStep {
  const step = exported.default
  if (!isObject(step)) throw new Error('it has no default export: write `export default { name, columns, rows(batch) { … } }`')
  if (typeof step['name'] !== 'string' || step['name'] === '') throw new Error('its step has no `name`')
  if (typeof step['rows'] !== 'function') throw new Error(`the step ${step['name']} has no function \`rows\``)
  const known = ['name', 'with', 'columns', 'needs', 'fan_out', 'cases', 'rows']
  const other = Object.keys(step).find((key) => !known.includes(key))
  if (other !== undefined) throw new Error(`unknown key \`${other}\`; allowed: ${known.join(', ')}`)
  for (const key of ['with', 'columns'] as const) {
    const types = step[key] ?? {}
    if (!isObject(types) || Object.values(types).some((type) => typeof type !== 'string'))
      throw new Error(`\`${key}\` must be a mapping from names to types, and is ${shownValue(types)}`)
  }
  for (const [name, type] of Object.entries((step['with'] ?? {}) as { [name: string]: string }))
    if (!Object.hasOwn(FITS, plain(type)))
      throw new Error(`the setting \`${name}\` has the type ${shownValue(type)}; allowed: ${Object.keys(FITS).join(', ')}`)
  columnsIn((step['columns'] ?? {}) as { [name: string]: string })
  const needs = step['needs'] ?? []
  if (!Array.isArray(needs) || needs.some((need) => need !== 'http')) throw new Error("`needs` can hold 'http' only")
  if (!['undefined', 'boolean'].includes(typeof step['fan_out'])) throw new Error('`fan_out` must be true or false')
  return step as unknown as OwnStep
}

export const declarationOf = ({ name, with: settings = {}, columns = {}, needs = [], fan_out = false }: OwnStep): Declaration => ({
  name,
  with: settings,
  columns,
  needs,
  fan_out,
})

/** Declared columns with the names of their types; throws an Error for a type that there is not. */
export function columnsIn(declared: { readonly [column: string]: string }): readonly FunctionColumn[] {
  return Object.entries(declared).map(([name, spelling]) => {
    const type = typeNamed(plain(spelling))
    if (name === '') throw new Error('a column has no name')
    if (type === undefined)
      throw new Error(
        `the column \`${name}\` has the type ${shownValue(spelling)}; allowed: text, integer, float, boolean, date, timestamp, decimal(18,2), each with or without a ? behind it`,
      )
    return { name, type, required: !spelling.trim().endsWith('?') }
  })
}

/** The columns of rows that come out: those that went in, with declared ones in their place or behind them. */
export function outputColumns(input: readonly FunctionColumn[], declared: readonly FunctionColumn[]): readonly FunctionColumn[] {
  const own = new Map(declared.map((column) => [column.name, column]))
  const added = declared.filter(({ name }) => !input.some((column) => column.name === name))
  return [...input.map((column) => own.get(column.name) ?? { ...column, required: false }), ...added]
}

/** What is wrong with the settings of a step; null if nothing is. */
export function settingProblem(declared: Declaration['with'], given: { readonly [setting: string]: unknown }): string | null {
  const names = Object.keys(declared)
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const meant = nearest(name, names)
    return `it takes no setting \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`} (its settings are ${names.join(', ') || 'none'})`
  }
  for (const [name, type] of Object.entries(declared)) {
    const value = entryOf(given, name)
    if (value === undefined || value === null) {
      if (!type.trim().endsWith('?')) return `it needs the setting \`${name}\` (${plain(type)})`
    } else if (!FITS[plain(type) as keyof typeof FITS](value))
      return `its setting \`${name}\` must be ${plain(type)}, and is ${shownValue(value)}`
  }
  return null
}

const plain = (type: string) => type.trim().replace(/\?$/, '').trim()

const FITS = {
  string: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  integer: (value: unknown) => Number.isInteger(value),
  boolean: (value: unknown) => typeof value === 'boolean',
  json: () => true,
} as const

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
