/** The cells of sampled records, by column. */
import { withLongNumbers } from '#io/formats/json-numbers.ts'
import { cells, readRecords } from '#io/formats/record-text.ts'
import type { Inspection, Sample } from '#io/formats/source.ts'
import { entryOf } from '#core/text/record.ts'

/**
 * Cells of up to `most` records, spread evenly over the sample. JSON records have a cell for each column of the source; missing ones are
 * ''.
 */
export function sampledCells(inspection: Inspection, sample: Sample, most: number): string[][] {
  const columns: string[][] = inspection.columns.map(() => [])
  for (const record of recordsOf(inspection, spread(sample, most))) {
    record.forEach((cell, column) => {
      columns[column]?.push(cell)
    })
  }
  return columns
}

/** The text of up to `most` records; other records are not decoded. */
function spread({ ends, text }: Sample, most: number): string {
  const step = Math.max(1, ends.length / most)
  const chosen: Uint8Array[] = []
  for (let [at, next] = [0, 0]; at < ends.length; at = Math.ceil(next)) {
    next += step
    chosen.push(text.subarray(at === 0 ? 0 : ends[at - 1], ends[at]))
  }
  return Buffer.concat(chosen).toString('utf8')
}

function* recordsOf(inspection: Inspection, text: string): Generator<readonly string[]> {
  if (inspection.dialect !== null) {
    for (const { cells } of readRecords(text, inspection.dialect)) yield cells
    return
  }
  for (const line of text.split('\n')) if (line !== '') yield jsonCells(inspection, line)
}

const jsonCells = ({ columns }: Inspection, line: string): readonly string[] => {
  const record = JSON.parse(withLongNumbers(line)) as Record<string, unknown>
  return columns.map((name) => shown(entryOf(record, name)))
}

/** Records of a sample with their numbers, up to `most` of them, spread evenly. */
export function* sampledRecords(
  inspection: Inspection,
  { numbers, ends, text }: Pick<Sample, 'numbers' | 'ends' | 'text'>,
  most: number,
): Generator<{ readonly record: number; readonly cells: readonly string[] }> {
  const decoder = new TextDecoder()
  const step = Math.max(1, ends.length / most)
  for (let next = 0; next < ends.length; next += step) {
    const at = Math.floor(next)
    const raw = decoder.decode(text.subarray(at === 0 ? 0 : ends[at - 1], ends[at]))
    const record = numbers[at]
    if (record === undefined || raw.trim() === '') continue
    yield { record, cells: inspection.dialect === null ? jsonCells(inspection, raw) : cells(raw, inspection.dialect) }
  }
}

/** A JSON value as DuckDB formats it when it is read as text. */
const shown = (value: unknown) => (value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value))
