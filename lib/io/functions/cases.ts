/** The cases of a step for its test, as the task that calls it sees rows: cells as text, with the types of their columns. */
import { entryOf } from '#core/text/record.ts'
import { columnsIn, outputColumns } from './declaration.ts'
import type { FunctionColumn, WireCase, WireCell } from './protocol.ts'
import { shownValue } from './shown-value.ts'
import type { OwnStep, Row, StepCase } from './step.ts'
import { cellOf } from './values.ts'

/** Throws an Error that names the case with a value that cannot be one. */
export const casesOf = (step: OwnStep): readonly WireCase[] =>
  (step.cases ?? []).map((one, at) => {
    try {
      return wireCase(step, one)
    } catch (error) {
      throw new Error(`case ${one?.name ?? at + 1}: ${(error as Error).message}`)
    }
  })

function wireCase(step: OwnStep, given: StepCase): WireCase {
  if (typeof given.name !== 'string') throw new Error('it has no `name`')
  if (!Array.isArray(given.rows) || !Array.isArray(given.expect)) throw new Error('it needs the lists `rows` and `expect`')
  const declared = columnsIn(given.columns ?? {})
  const names = [...new Set([...declared.map(({ name }) => name), ...given.rows.flatMap((row: Row) => Object.keys(row))])]
  const columns = names.map(
    (name): FunctionColumn => ({
      name,
      type: declared.find((column) => column.name === name)?.type ?? typeOf(given.rows.map((row: Row) => entryOf(row, name) ?? null)),
    }),
  )
  const output = outputColumns(columns, columnsIn(step.columns ?? {}))
  return {
    name: given.name,
    settings: given.with ?? {},
    secrets: given.secrets ?? {},
    columns,
    output,
    rows: given.rows.map((row: Row) => cellsOf(row, columns)),
    expect: given.expect.map((row: Row) => cellsOf(row, output)),
    rejected: Object.entries(given.rejected ?? {}).map(([row, reason]) => [Number(row), reason]),
  }
}

/** The type that all values of a column have; text where they do not say. */
function typeOf(values: readonly unknown[]): string {
  const types = new Set(
    values.flatMap((value) => {
      if (value === null) return []
      if (typeof value === 'boolean') return ['boolean']
      if (typeof value === 'bigint') return ['integer']
      return typeof value === 'number' ? [Number.isSafeInteger(value) ? 'integer' : 'float'] : ['text']
    }),
  )
  if (types.size === 2 && types.has('integer') && types.has('float')) return 'float'
  const [type = 'text', ...others] = types
  if (others.length > 0) throw new Error(`values of ${[...types].join(' and ')} in one column: ${values.map(shownValue).join(', ')}`)
  return type
}

const cellsOf = (row: Row, columns: readonly FunctionColumn[]): readonly WireCell[] =>
  columns.map(({ name, type }) => {
    const found = cellOf(type, entryOf(row, name) ?? null)
    if ('problem' in found) throw new Error(`the column \`${name}\` ${found.problem}`)
    return found.cell
  })
