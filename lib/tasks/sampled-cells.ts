/** The cells of sampled records, column by column. */
import { readRecords } from '../reader/record-text.ts'
import type { Inspection, Sample } from '../reader/source.ts'

/** Up to `most` records, spread evenly over the sample. JSON records give a cell for each of the source's columns, missing ones ''. */
export function sampledCells(inspection: Inspection, sample: Sample, most: number): string[][] {
  const columns: string[][] = inspection.columns.map(() => [])
  const step = Math.max(1, sample.numbers.length / most)
  let [at, next] = [0, 0]
  for (const record of recordsOf(inspection, Buffer.from(sample.text).toString('utf8'))) {
    if (at++ < next) continue
    next += step
    record.forEach((cell, column) => {
      columns[column]?.push(cell)
    })
  }
  return columns
}

function* recordsOf(inspection: Inspection, text: string): Generator<readonly string[]> {
  if (inspection.dialect !== null) {
    for (const { cells } of readRecords(text, inspection.dialect)) yield cells
    return
  }
  for (const line of text.split('\n')) {
    if (line === '') continue
    const record = JSON.parse(line) as Record<string, unknown>
    yield inspection.columns.map((name) => shown(record[name]))
  }
}

/** A JSON value as DuckDB shows it when it is read as text. */
const shown = (value: unknown) => (value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value))
