/** One call of a function step: its rows as objects, and what it returned as rows again, each traced to the row it was made of. */
import { entryOf } from '#core/text/record.ts'
import { shownValue } from './shown-value.ts'
import type { FunctionColumn, FunctionFailure, Returned, RowsMessage, WireCell } from './protocol.ts'
import type { CellValue, OwnStep, Rejected, Row, StepTools } from './step.ts'
import { cellOf, valueIn } from './values.ts'

/** The number of its row, in every row that is given out: a copy by `{...row}` has it, too. */
const NUMBER = Symbol('row')

type Numbered = Row & { [NUMBER]?: number }

/** A failure with the row that it is about. */
export class RowFailure extends Error {
  readonly failure: FunctionFailure
  constructor(message: string, row: number | null, books = false) {
    super(message)
    this.failure = { message, row, ...(books ? { books: true as const } : {}) }
  }
}

type Tools = Omit<StepTools, 'reject' | 'log' | 'metrics'>

/** Calls the step. Throws RowFailure for what it returned, and the error of the step if it throws. */
export async function callStep(step: OwnStep, { rows, columns, output }: RowsMessage, tools: Tools): Promise<Returned> {
  const batch = rows.map((cells, row) => rowOf(cells, columns, row))
  const rejected = new Map<number, string>()
  const log: string[] = []
  const metrics = new Map<string, number>()
  const returned: unknown = await step.rows(batch, {
    ...tools,
    reject: (row, reason) => {
      const number = (row as Numbered | null | undefined)?.[NUMBER]
      if (number === undefined) throw new Error(`reject was given ${shownValue(row)}, which is no row of the batch`)
      if (typeof reason !== 'string' || reason.trim() === '') throw new Error('reject needs a reason')
      if (!rejected.has(number)) rejected.set(number, reason.replace(/\p{Surrogate}/gu, '\uFFFD'))
      return REJECTED
    },
    log: (message) => void log.push(String(message)),
    metrics: {
      add: (name, more = 1) => {
        if (!Number.isFinite(more)) throw new Error(`metrics.add was given ${shownValue(more)}`)
        metrics.set(String(name), (metrics.get(String(name)) ?? 0) + more)
      },
    },
  })
  if (!Array.isArray(returned)) throw new RowFailure(`returned ${shownValue(returned)} in place of a list of rows`, null)
  const kept = returned.filter((row) => row !== REJECTED)
  const made = traced(kept, batch.length, rejected, step.fan_out ?? false)
  return {
    made: made.map(([number, row]) => [number, cellsOf(row, number, rows[number] as readonly WireCell[], columns, output)]),
    rejected: [...rejected].sort(([a], [b]) => a - b),
    log,
    metrics: Object.fromEntries(metrics),
  }
}

const REJECTED: Rejected = Object.freeze({ rejected: true })

const rowOf = (cells: readonly WireCell[], columns: readonly FunctionColumn[], row: number): Numbered => {
  const found = Object.fromEntries(columns.map(({ name, type }, at) => [name, valueIn(type, cells[at] ?? null)])) as Numbered
  found[NUMBER] = row
  return found
}

/** Each row with the number of the row it was made of; throws when a row is lost, or made more often than the step may. */
function traced(
  returned: readonly unknown[],
  count: number,
  rejected: ReadonlyMap<number, string>,
  fanOut: boolean,
): readonly (readonly [number, Row])[] {
  const wrong = returned.find((row) => typeof row !== 'object' || row === null || Array.isArray(row))
  if (wrong !== undefined || returned.includes(undefined)) throw new RowFailure(`returned ${shownValue(wrong)} in place of a row`, null)
  const rows = returned as readonly Numbered[]
  const staying = Array.from({ length: count }, (_, row) => row).filter((row) => !rejected.has(row))
  // rows written anew, one for each row in their order
  const anew = rows.every((row) => row[NUMBER] === undefined)
  if (anew && rows.length === staying.length) return rows.map((row, at) => [staying[at] as number, row])
  const unknown = rows.find((row) => row[NUMBER] === undefined)
  if (unknown !== undefined && (!anew || rows.length > staying.length))
    throw new RowFailure(`returned a row that is not made of a row it was given, ${shownValue(unknown)}: write \`{...row, …}\``, null, true)
  const times = new Map<number, number>()
  for (const row of rows) times.set(row[NUMBER] ?? -1, (times.get(row[NUMBER] ?? -1) ?? 0) + 1)
  const both = staying.length < count ? [...rejected.keys()].find((row) => times.has(row)) : undefined
  if (both !== undefined) throw new RowFailure('returned a row that it rejected', both, true)
  if (anew)
    throw new RowFailure(
      `was given ${count} rows, returned ${rows.length} and rejected ${rejected.size}: ${staying.length - rows.length} are lost`,
      null,
      true,
    )
  const lost = staying.find((row) => !times.has(row))
  if (lost !== undefined) throw new RowFailure('neither returned the row nor rejected it', lost, true)
  const often = fanOut ? undefined : staying.find((row) => (times.get(row) ?? 0) > 1)
  if (often !== undefined)
    throw new RowFailure(`made ${times.get(often)} rows of one, which it may only with \`fan_out: true\``, often, true)
  return rows.map((row) => [row[NUMBER] as number, row])
}

/** The cells of a row that came out. A value that was not changed is the cell that went in. */
function cellsOf(
  row: Row,
  number: number,
  given: readonly WireCell[],
  columns: readonly FunctionColumn[],
  output: readonly FunctionColumn[],
): readonly WireCell[] {
  const places = new Map(columns.map((column, at) => [column.name, { at, type: column.type }]))
  const other = Object.keys(row).find((name) => !output.some((column) => column.name === name))
  if (other !== undefined)
    throw new RowFailure(`returned a row with the column \`${other}\`, which is neither in the data nor declared in \`columns\``, number)
  return output.map(({ name, type, required }) => {
    const value: CellValue | undefined = entryOf(row, name)
    if (value === undefined) throw new RowFailure(`returned a row without the column \`${name}\``, number)
    const before = places.get(name)
    if (before?.type === type && Object.is(value, valueIn(type, given[before.at] ?? null))) return given[before.at] ?? null
    const found = cellOf(type, value)
    if ('problem' in found) throw new RowFailure(`the column \`${name}\` ${found.problem}`, number)
    if (found.cell === null && required === true) throw new RowFailure(`the column \`${name}\` is null, and its type has no \`?\``, number)
    return found.cell
  })
}

/** The same call, and where the step throws, the first row with which it does, found by calling it with fewer rows. */
export async function callAndLocate(step: OwnStep, message: RowsMessage, tools: Tools): Promise<Returned> {
  const failureOf = async (from: number, to: number): Promise<unknown> => {
    try {
      await callStep(step, { ...message, rows: message.rows.slice(from, to) }, tools)
      return undefined
    } catch (error) {
      return error instanceof RowFailure ? undefined : { error }
    }
  }
  try {
    return await callStep(step, message, tools)
  } catch (error) {
    if (error instanceof RowFailure) throw error
    let [from, to] = [0, message.rows.length]
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2)
      if ((await failureOf(from, middle)) !== undefined) to = middle
      else if ((await failureOf(middle, to)) !== undefined) from = middle
      else break
    }
    throw new RowFailure(thrown(error), to - from === 1 ? from : null)
  }
}

function thrown(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${shownValue(error)}`
  return `threw ${error.name}: ${error.message}${placeIn(error.stack ?? '')}`
}

/** The place of an error in the author's files, by the map of the bundle. */
function placeIn(stack: string): string {
  const [, place] =
    /\(?((?:file:\/\/)?[^\s()]+\.[cm]?[jt]sx?:\d+:\d+)\)?/.exec(stack.split('\n').find((line) => /^\s+at /.test(line)) ?? '') ?? []
  const [, end] = /([^/]+\.[cm]?[jt]sx?:\d+)(?::\d+)$/.exec(place ?? '') ?? []
  return end === undefined || end.startsWith('step.mjs') ? '' : ` (${end})`
}
