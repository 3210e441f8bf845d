import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecords } from '#io/formats/record-text.ts'
import { sampleHash } from '#io/formats/sample.ts'
import type { Dialect } from '#io/formats/source.ts'
import { survey } from '#io/formats/survey.ts'
import { anyText, CSV, isGood, isRecord, latin, memorySource, tableText } from './kit.ts'
import { runs } from '../../kit/seed.ts'

const DIALECTS: readonly Dialect[] = [
  CSV,
  { ...CSV, escape: '\\' },
  { ...CSV, delimiter: '\t', quote: '', escape: '' },
  { ...CSV, delimiter: ';', quote: "'", escape: "'", comment: '#' },
  { ...CSV, delimiter: ' ' },
]

async function surveyText(bytes: Uint8Array, dialect: Dialect, fields: number, chunk_rows: number, block_bytes: number) {
  const range = { start: 0, end: bytes.length, line: 1, records_before: 0 }
  const settings = { dialect, fields, chunk_rows, block_bytes, new_line: '\n' as const, sample: { records: 1e9, bytes: 1e9 } }
  return survey(memorySource(bytes), 'text', range, settings)
}

/** The same from the grammar over strings, a character a byte. */
function expected(text: string, dialect: Dialect, columns: number, chunkRows: number) {
  const bad: unknown[] = []
  const good: { record: number; text: string }[] = []
  const cuts: { start: number; end: number }[] = []
  const chunks: { start: number; first: number; line: number; records: number }[] = []
  let [records, line, blank] = [0, 1, 0]
  for (const record of readRecords(text, dialect)) {
    const { start, end } = record
    if (record.kind === 'comment') {
      const before = cuts.at(-1)
      if (before?.end === start) before.end = end
      else cuts.push({ start, end })
    } else if (!isRecord(record, columns)) blank++
    else {
      if (records++ % chunkRows === 0) chunks.push({ start, first: records, line, records: 0 })
      const chunk = chunks.at(-1)
      if (chunk !== undefined) chunk.records++
      if (isGood(record, columns)) good.push({ record: records, text: text.slice(start, end) })
      else bad.push({ record: records, line, start, end, why: record.bad ?? 'ragged' })
    }
    line += (text.slice(start, end).match(/\r\n|\r|\n/g) ?? []).length
  }
  return { records, blank, bad, cuts, chunks, good }
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [/closing quote/, 'stray'],
  [/unclosed/, 'unclosed'],
  [/fields? instead of/, 'ragged'],
]

async function checkScan(text: string, dialect: Dialect, columns: number, chunkRows: number, blocks: readonly number[]): Promise<void> {
  const bytes = Buffer.from(text)
  const wanted = expected(latin(bytes), dialect, columns, chunkRows)
  for (const block of blocks) {
    const found = await surveyText(bytes, dialect, columns, chunkRows, block)
    expect({
      records: found.totals.records,
      blank: found.totals.blank_lines,
      bad: found.bad.map(({ reason, ...rest }) => ({ ...rest, why: WHY.find(([pattern]) => pattern.test(reason))?.[1] })),
      cuts: found.cuts,
      chunks: found.chunks.map(({ end, ...rest }) => rest),
      numbers: found.sample.numbers,
    }).toEqual({
      records: wanted.records,
      blank: wanted.blank,
      bad: wanted.bad,
      cuts: wanted.cuts,
      chunks: wanted.chunks,
      numbers: wanted.good.map(({ record }) => record),
    })
    const last = wanted.good.at(-1)?.text
    const end = last === undefined || last.at(-1) === found.new_line.at(-1) ? '' : found.new_line
    const texts = found.sample.ends.map((to, at) => latin(found.sample.text.subarray(found.sample.ends[at - 1] ?? 0, to)))
    expect(texts).toEqual(wanted.good.map(({ text }, at) => (at === wanted.good.length - 1 ? text + end : text)))
    expect(texts.join('')).toBe(latin(found.sample.text))
  }
}

describe('the scan', () => {
  const dialect = fc.constantFrom(...DIALECTS)
  const blocks = fc.tuple(fc.constant(1), fc.integer({ min: 2, max: 200 }), fc.constant(1 << 16)).map((sizes) => sizes as readonly number[])
  const counts = fc.record({ columns: fc.integer({ min: 1, max: 5 }), chunkRows: fc.integer({ min: 1, max: 8 }) })

  it('finds in random text the records of the grammar, whatever the blocks', async () => {
    const text = anyText(
      ['a', 'b', ',', ',', ';', '\t', '"', '"', "'", '\n', '\r', '\r\n', ' ', '\\', '#', '€', '😀', '\0', 'x'.repeat(30)],
      120,
    )
    await fc.assert(
      fc.asyncProperty(text, dialect, counts, blocks, (given, writing, { columns, chunkRows }, sizes) =>
        checkScan(given, writing, columns, chunkRows, sizes),
      ),
      { numRuns: runs(300) },
    )
  })

  it('finds in tables the records of the grammar, whatever the blocks', async () => {
    const table = fc.integer({ min: 1, max: 5 }).chain((columns) =>
      fc.tuple(
        fc.constantFrom('\n', '\r\n', '\r').chain((newline) => tableText(columns, newline)),
        fc.constant(columns),
      ),
    )
    await fc.assert(
      fc.asyncProperty(table, counts, blocks, ([text, columns], { chunkRows }, sizes) => checkScan(text, CSV, columns, chunkRows, sizes)),
      { numRuns: runs(200) },
    )
  })

  it('calls a record bad that is not UTF-8, and no other', async () => {
    const good = ['a', 'abc', '\n', '\n', 'é', '€', '😀', ',', '"a"', '"\n€"'].map((part) => [...Buffer.from(part)])
    const broken = ['c3', '80', 'e282', 'f09f98', 'eda080', 'c080', 'f5808080', 'ff', 'e08080', 'f4908080', 'f0808080'].map((hex) => [
      ...Buffer.from(hex, 'hex'),
    ])
    const part = fc.oneof({ arbitrary: fc.constantFrom(...good), weight: 12 }, { arbitrary: fc.constantFrom(...broken), weight: 1 })
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const isBroken = (bytes: Uint8Array) => {
      try {
        decoder.decode(bytes)
        return false
      } catch {
        return true
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 150, size: 'max' }), fc.integer({ min: 1, max: 150 }), async (parts, block) => {
        const bytes = Uint8Array.from(parts.flat())
        const wanted: number[] = []
        let record = 0
        for (const { start, end, bad, cells, kind } of readRecords(latin(bytes), CSV)) {
          if (kind === 'blank') continue
          record++
          if (bad === null && cells.length === 2 && isBroken(bytes.subarray(start, end))) wanted.push(record)
        }
        for (const size of [block, 1 << 16]) {
          const found = await surveyText(bytes, CSV, 2, 5, size)
          expect(found.bad.filter(({ reason }) => reason === 'contains bytes that are not UTF-8').map((bad) => bad.record)).toEqual(wanted)
          expect(found.totals.broken).toBe(wanted.length)
        }
      }),
      { numRuns: runs(300) },
    )
  })

  it('goes on at the next line after a quote that is never closed', async () => {
    const text = `a,b\n1,"open\n${'2,plain\n'.repeat(1000)}`
    for (const block of [100, 4096, 1 << 20]) {
      const { bad, totals } = await surveyText(Buffer.from(text), CSV, 2, 100, block)
      expect(bad).toEqual([{ record: 2, line: 2, start: 4, end: 12, reason: 'has an unclosed quote' }])
      expect(totals.records).toBe(1002)
    }
  })

  it('says why a record is bad', async () => {
    const { bad } = await surveyText(Buffer.from('1,2\n1\n1,2,3\n1,"2"x\n"1,2\n'), CSV, 2, 100, 1 << 16)
    expect(bad.map(({ reason }) => reason)).toEqual([
      'has 1 field instead of 2',
      'has 3 fields instead of 2',
      'has text after a closing quote',
      'has an unclosed quote',
    ])
  })

  it('reports what the parser must allow for', async () => {
    const { totals, mixed, new_line } = await surveyText(Buffer.from('1,2\r\n\r\n\r\n"a" ,b\r\nlonger,\0\n'), CSV, 2, 100, 1 << 16)
    expect(totals).toMatchObject({ lf: 1, crlf: 4, blank_lines: 2, blank_crlf: 2, gaps: 1, nuls: 1 })
    // the record and the blank lines before it
    expect(totals.longest_record).toBe('\r\n\r\n"a" ,b\r\n'.length)
    expect({ mixed, new_line }).toEqual({ mixed: true, new_line: '\r\n' })
  })

  it('is given in chunks only records of the range', async () => {
    const bytes = Buffer.from('x,y\n1,2\n3,4\nz,z\n')
    const range = { start: 4, end: 12, line: 2, records_before: 7 }
    const found = await survey(memorySource(bytes), 'text', range, {
      dialect: CSV,
      fields: 2,
      chunk_rows: 1,
      new_line: '\n',
      sample: { records: 10, bytes: 100 },
    })
    expect(found.chunks).toEqual([
      { start: 4, end: 8, first: 8, line: 2, records: 1 },
      { start: 8, end: 12, first: 9, line: 3, records: 1 },
    ])
  })
})

describe('the sample', () => {
  it('draws the same records in kernel and TypeScript, by halving', async () => {
    const rows = 5000
    const text = Array.from({ length: rows }, (_, at) => `${at + 1},x\n`).join('')
    const range = { start: 0, end: text.length, line: 1, records_before: 0 }
    for (const block_bytes of [64, 5000, 1 << 20]) {
      for (const chunk_rows of [1, 100, 10_000]) {
        const settings = { dialect: CSV, fields: 2, chunk_rows, block_bytes, new_line: '\n' as const, sample: { records: 300, bytes: 1e6 } }
        const { sample } = await survey(memorySource(Buffer.from(text)), 'text', range, settings)
        const numbers = Array.from({ length: rows }, (_, at) => at + 1).filter((record) => sampleHash(record) < sample.threshold)
        expect(Math.log2(2 ** 32 / sample.threshold) % 1).toBe(0)
        expect(sample.numbers).toEqual(numbers)
        expect(numbers.length).toBeLessThanOrEqual(300)
        expect(numbers.length).toBeGreaterThan(100)
        expect(latin(sample.text)).toBe(numbers.map((record) => `${record},x\n`).join(''))
      }
    }
  })

  it('keeps within its bytes, without the records that are too long', async () => {
    const text = `1,a\n2,${'x'.repeat(5000)}\n3,b\n`
    const range = { start: 0, end: text.length, line: 1, records_before: 0 }
    const { sample } = await survey(memorySource(Buffer.from(text)), 'text', range, {
      dialect: CSV,
      fields: 2,
      chunk_rows: 10,
      new_line: '\n',
      sample: { records: 10, bytes: 100 },
    })
    expect(sample.threshold).toBeLessThanOrEqual(sampleHash(2))
    expect(sample.numbers).not.toContain(2)
  })

  it('hashes numbers beyond 32 bits', async () => {
    const text = '1,x\n'.repeat(200)
    const range = { start: 0, end: text.length, line: 1, records_before: 2 ** 33 + 5 }
    const settings = { dialect: CSV, fields: 2, chunk_rows: 1000, new_line: '\n' as const, sample: { records: 60, bytes: 1e6 } }
    const { sample } = await survey(memorySource(Buffer.from(text)), 'text', range, settings)
    const numbers = Array.from({ length: 200 }, (_, at) => 2 ** 33 + 6 + at)
    expect(sample.numbers).toEqual(numbers.filter((record) => sampleHash(record) < sample.threshold))
    expect(sample.numbers.length).toBeGreaterThan(10)
    expect(sampleHash(2 ** 32 + 1)).not.toBe(sampleHash(1))
    expect([1, 2, 3].map(sampleHash)).toEqual([1364076727, 821347078, 2247144487])
  })
})

describe('the kernel', () => {
  it('is what its source compiles to', () => {
    const script = resolve(import.meta.dirname, '../../../scripts/build-kernels.mjs')
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toContain('is fresh')
  })
})
