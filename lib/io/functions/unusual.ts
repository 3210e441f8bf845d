/** Values that break code which does not expect them, by the type of their column. */
import { entryOf } from '#core/text/record.ts'
import { digitsOf, isDecimal } from '#relational/types/types.ts'
import type { FunctionColumn, WireCell } from './protocol.ts'

const UNUSUAL: { readonly [type: string]: readonly string[] } = {
  text: [
    '',
    ' ',
    'null',
    '0',
    '"',
    "'; --",
    '\\',
    'a,b\nc',
    'é',
    'ß',
    '日本語',
    '👩‍👩‍👧',
    '\u202eabc',
    '\u0000',
    '__proto__',
    'x'.repeat(100_000),
  ],
  integer: ['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
  float: ['0', '-0.0', '5e-324', '1.7976931348623157e308', '-1e21', 'inf', '-inf', 'nan'],
  boolean: ['true', 'false'],
  date: ['0001-01-01', '1900-02-28', '2024-02-29', '9999-12-31'],
  timestamp: ['0001-01-01 00:00:00', '2024-02-29 23:59:59.999999', '9999-12-31 23:59:59'],
}

function valuesFor(type: string): readonly WireCell[] {
  if (!isDecimal(type)) return [null, ...(entryOf(UNUSUAL, type) ?? [])]
  const { whole, scale } = digitsOf(type)
  const most = `${'9'.repeat(whole) || '0'}${scale === 0 ? '' : `.${'9'.repeat(scale)}`}`
  return [null, '0', most, `-${most}`]
}

/** Copies of a row with an unusual value in one column each, and one without any values. */
export function unusualRows(row: readonly WireCell[], columns: readonly FunctionColumn[]): readonly (readonly WireCell[])[] {
  const changed = columns.flatMap(({ type }, at) => valuesFor(type).map((value) => row.map((cell, other) => (other === at ? value : cell))))
  return [...changed, row.map(() => null)]
}
