/**
 * The rule of values: what is written is exactly what a cell says, or its text, or the row is in quarantine, or the cell is counted under the
 * rule that changed it. Columns of many kinds, with a few cells of another kind among them, go through whole runs.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { drawn, type Draw } from '../kit/drawn-columns.ts'
import { runTable } from '../kit/run-table.ts'
import { workplace } from '../kit/run-pipeline.ts'
import { seed } from '../kit/seed.ts'

const place = workplace()
afterAll(place.clear)

/** A number without its sign for plus, leading and trailing zeros, so that equal numbers are equal texts. */
function canonical(text: string): string | null {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  if (whole + fraction === '') return null
  const digits = (whole + fraction).replace(/^0+/, '')
  const scale = fraction.length - Number(power) - (digits.length - digits.replace(/0+$/, '').length)
  const significant = digits.replace(/0+$/, '')
  return significant === '' ? '0' : `${sign === '-' ? '-' : ''}${significant}e${-scale}`
}

const csv = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const isOneOf = (written: string, allowed: readonly string[]) =>
  allowed.some((value) => written === value || (canonical(written) !== null && canonical(written) === canonical(value)))

function wrong({ cell, written, missing }: { cell: Draw; written: string | null | undefined; missing: number }): boolean {
  if (written === undefined) return false
  if (written === null) return cell.text !== '' && missing === 0
  return written !== cell.text.trim() && !isOneOf(written, cell.values)
}

describe('the rule of values', () => {
  it.each([1, 2, 3])('holds for columns of every kind, draw %i', async (round) => {
    const columns = drawn(seed + round, 60)
    const rows = Array.from({ length: 60 }, (_, row) => [String(row + 1), ...columns.map(({ cells }) => cells[row]?.text ?? '')])
    const names = ['row', ...columns.map(({ name }) => name)]
    const {
      status,
      rows: out,
      counts,
      quarantined,
      run,
    } = await runTable(place, { input: [names, ...rows].map((cells) => cells.map(csv).join(',')).join('\n'), steps: [] })
    expect(status).toBe('SUCCEEDED')
    expect(out.length + quarantined.length).toBe(rows.length)
    // a word that is found to mean "no value" is in a warning of the discover step
    const warnings = JSON.stringify(run.results.map(({ result }) => result))
    const byRow = new Map(out.map((row) => [row['row'], row]))
    const changed = columns.flatMap(({ name, cells }) =>
      cells.flatMap((cell, row) => {
        const written = byRow.get(String(row + 1))
        const isCounted = counts.some((count) => count.startsWith(`null_values ${name}:`))
        const missing = isCounted || warnings.includes(JSON.stringify(`"${name}": "${cell.text}"`).slice(1, -1)) ? 1 : 0
        return wrong({ cell, written: written === undefined ? undefined : (written[name] ?? null), missing })
          ? [`${name}: ${cell.text} → ${written?.[name] ?? null}`]
          : []
      }),
    )
    expect(changed).toEqual([])
  })
})
