/** How many rows the chunks of a source have: their records without those that cannot be read. */
import type { Inspection } from '#io/formats/source.ts'

/** Rows of each chunk, in the order of the chunks. Takes time in the number of bad records plus that of chunks, not in their product. */
export function rowsOfChunks({ chunks, bad }: Pick<Inspection, 'chunks' | 'bad'>): number[] {
  const rows = chunks.map(({ records }) => records)
  const records = bad.map(({ record }) => record).sort((a, b) => a - b)
  let at = 0
  for (const record of records) {
    for (let next = chunks[at + 1]; next !== undefined && next.first <= record; next = chunks[at + 1]) at++
    const chunk = chunks[at]
    if (chunk !== undefined && record >= chunk.first && record < chunk.first + chunk.records) rows[at] = (rows[at] as number) - 1
  }
  return rows
}
