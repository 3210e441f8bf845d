/** The results of the tests of a definition, as text. */
import { escapeControls } from '#core/text/escape-controls.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { RowDifference } from '#run/runs/compare-rows.ts'
import type { Mismatch, TestResult } from '#run/runs/test-pipeline.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'

/** Rows shown of one difference, and characters of a value. */
const MOST = 20
const CELL = 60

/** A line for the test, and what it expected and did not get. */
export function testText({ name, passed, mismatches }: TestResult): string {
  const head = `${passed ? SYMBOLS.step.done : SYMBOLS.step.failed} ${escapeControls(name, 200)}`
  return `${[head, ...mismatches.flatMap(mismatchLines).map((line) => `    ${line}`)].join('\n')}\n`
}

function mismatchLines({ check, expected, found, rows }: Mismatch): readonly string[] {
  if (check === 'rows') {
    if (found === null) return [`rows: expected ${String(expected)}, and nothing was published`]
    return [`rows: expected ${String(expected)}, found ${String(found)}, with these differences`, ...some((rows ?? []).map(rowLine))]
  }
  if (check === 'quarantined' && Array.isArray(expected))
    return [
      'quarantined: not the expected rows',
      ...some([
        ...(expected as readonly Json[]).map((one) => `missing     ${cells(one as JsonObject)}`),
        ...((found ?? []) as readonly Json[]).map((one) => `unexpected  ${cells(withoutEmpty(one as JsonObject))}`),
      ]),
    ]
  return [`${check}: expected ${valueText(expected)}, found ${valueText(found)}`]
}

const some = (lines: readonly string[]): readonly string[] =>
  [...lines.slice(0, MOST), ...(lines.length > MOST ? [`… and ${lines.length - MOST} more`] : [])].map((line) => `  ${line}`)

function rowLine(difference: RowDifference): string {
  if (difference.kind === 'missing') return `missing     row ${difference.row}: ${cells(difference.values)}`
  if (difference.kind === 'unexpected') return `unexpected  ${cells(difference.values)}`
  const { row, same, cells: different } = difference
  const which = Object.keys(same).length === 0 ? '' : ` (${cells(same)})`
  const what = different.map(({ column, expected, found }) => `${column} expected ${cellText(expected)}, found ${cellText(found)}`)
  return `differs     row ${row}${which}: ${what.join('; ')}`
}

/** A fact that a quarantined row does not have is empty. */
const withoutEmpty = (row: JsonObject): JsonObject => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''))

const cells = (row: { readonly [column: string]: Json }): string =>
  Object.entries(row)
    .map(([column, value]) => `${escapeControls(column, CELL)}=${cellText(value)}`)
    .join(', ')

/** A text as it is, unless it would look like nothing or like a missing cell. */
function cellText(value: Json): string {
  if (value === null) return 'null'
  if (typeof value === 'string' && (value === '' || value === 'null' || value.trim() !== value)) return JSON.stringify(value)
  return escapeControls(typeof value === 'string' ? value : JSON.stringify(value), CELL)
}

function valueText(value: Json): string {
  if (Array.isArray(value)) return (value as readonly Json[]).map(cellText).join(', ')
  if (value !== null && typeof value === 'object') return cells(value as JsonObject)
  return value === null ? 'nothing' : escapeControls(String(value), 500)
}
