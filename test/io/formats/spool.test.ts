import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locate } from '#io/formats/locate.ts'
import { cells, readRecords } from '#io/formats/record-text.ts'
import type { Dialect, Inspection } from '#io/formats/source.ts'
import { spool } from '#io/formats/spool.ts'
import {
  anyText,
  CSV,
  inspectAs,
  inspectFile,
  isGood,
  isRecord,
  latin,
  openParser,
  readContext,
  tableText,
  withNulls,
  workplace,
} from './kit.ts'
import { runs } from '../../kit/seed.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

/** Reads chunks `first` to `last` by the parser; each row with the number of its record. */
async function rowsOf(path: string, inspection: Inspection, first: number, last: number) {
  const spooled = await spool(inspection, first, last, await readContext(path, place.store, place.folder))
  try {
    const rows = await parser.readCsv(spooled.path, inspection.columns.length, inspection.dialect ?? CSV, spooled)
    expect(rows.length).toBe(spooled.records)
    return rows.map((row, at) => ({ record: spooled.record(at), row }))
  } finally {
    await spooled.release()
  }
}

/** The good records of a text by the grammar over strings, and their numbers. */
function goodRecords(text: string, dialect: Dialect, columns: number) {
  let record = 0
  const good: { record: number; row: readonly (string | null)[] }[] = []
  for (const found of readRecords(text, dialect)) {
    if (!isRecord(found, columns)) continue
    record++
    if (isGood(found, columns)) good.push({ record, row: withNulls(found.cells) })
  }
  return good
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('what the parser reads of a source', () => {
  it('is exactly the good records of random text, for 1 to 5 columns', async () => {
    const dialects: readonly Dialect[] = [
      CSV,
      { ...CSV, escape: '\\' },
      { ...CSV, quote: "'", escape: "'" },
      { ...CSV, quote: '', escape: '' },
    ]
    const text = anyText(['a', ',', ',', '"', '\n', '\n', '\n', '\r', ' ', '\\', '0', "'"], 80)
    let seen = 0
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...dialects), fc.integer({ min: 1, max: 5 }), async (body, dialect, columns) => {
        const { path, inspection } = await inspectAs(place.write(body), dialect, columns, 1000)
        const wanted = goodRecords(body, dialect, columns)
        seen += wanted.length
        if (inspection.chunks.length === 0) expect(wanted).toEqual([])
        else expect(await rowsOf(path, inspection, 0, inspection.chunks.length - 1)).toEqual(wanted)
      }),
      { numRuns: runs(300) },
    )
    expect(seen).toBeGreaterThan(400)
  })

  it('does not depend on chunks, and every row knows its record', async () => {
    const newline = fc.constantFrom('\n', '\r\n', '\r')
    const table = fc.integer({ min: 1, max: 5 }).chain((columns) =>
      fc.tuple(
        newline.chain((one) => tableText(columns, one)),
        fc.constant(columns),
      ),
    )
    let seen = 0
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        async ([body, columns], chunk_rows, cuts) => {
          const { path, inspection } = await inspectAs(place.write(body), CSV, columns, chunk_rows)
          // a partition of the chunks into runs
          const runs: [number, number][] = []
          inspection.chunks.forEach((_, chunk) => {
            const last = runs.at(-1)
            if (last === undefined || cuts[chunk % cuts.length]) runs.push([chunk, chunk])
            else last[1] = chunk
          })
          const rows: unknown[] = []
          for (const [first, last] of runs) rows.push(...(await rowsOf(path, inspection, first, last)))
          const wanted = goodRecords(body, CSV, columns)
          seen += wanted.length
          expect(rows).toEqual(wanted)
        },
      ),
      { numRuns: runs(150) },
    )
    expect(seen).toBeGreaterThan(1000)
  })

  it.each([
    ['blank lines that end by CR LF, one column', 1, '\r\n', ['a', 'ab', '', '', '"c\r\nd"']],
    ['blank lines that end by CR LF, two columns', 2, '\r\n', ['a,b', '"x",yz', '', '']],
    ['spaces behind quotes', 2, '\n', ['a,b', '"x" ,"yz"  ', '"x", "y"', ' "x",y']],
  ] as const)("is right at the borders of the parser's buffers: %s", async (_, columns, newline, lines) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...lines), { minLength: 5, maxLength: 60, size: 'max' }), async (picked) => {
        const body = picked.map((line) => line + newline).join('')
        const { path, inspection } = await inspectAs(place.write(body), CSV, columns, 1000)
        const wanted = goodRecords(body, CSV, columns)
        if (wanted.length > 0) expect(await rowsOf(path, inspection, 0, 0)).toEqual(wanted)
      }),
      { numRuns: runs(80) },
    )
  })

  it('is the same cell by cell', async () => {
    const dialects: readonly Dialect[] = [
      CSV,
      { ...CSV, escape: '\\' },
      { ...CSV, delimiter: '\t', quote: "'", escape: "'" },
      { ...CSV, delimiter: ' ' },
    ]
    const record = anyText(['a', 'b', ',', '\t', '"', '"', "'", '\n', ' ', '\\', 'é'], 30)
    await fc.assert(
      fc.asyncProperty(record, fc.constantFrom(...dialects), fc.constantFrom('', '\n'), async (raw, dialect, end) => {
        const [found, ...others] = [...readRecords(raw, dialect)]
        if (found === undefined || others.length > 0 || found.bad !== null || found.kind !== 'record' || raw.endsWith('\n')) return
        const path = place.write(raw + end)
        const rows = await parser.readCsv(path, found.cells.length, dialect, {
          skip_header: false,
          new_line: '\n',
          longest_record: raw.length,
          one_piece: true,
          bytes: raw.length + 1,
        })
        expect(rows).toEqual([withNulls(cells(raw + end, dialect))])
      }),
      { numRuns: runs(250) },
    )
  })

  it('finds raw records by their numbers', async () => {
    const table = fc.constantFrom('\n', '\r\n').chain((newline) => tableText(3, newline))
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
        async (body, chunk_rows, picks) => {
          const text = `a,b,c\n${body}`
          const path = place.write(text)
          const { inspection } = await inspectFile(
            path,
            place.store,
            { format: 'csv', delimiter: ',', quote: '"', escape: '"', header: true, encoding: 'utf-8', skip_lines: 0 },
            { chunk_rows },
          )
          const bytes = inspection.staged === null ? Buffer.from(text) : Buffer.from((await place.store.read(inspection.staged)) ?? [])
          const all: { record: number; line: number; start: number; end: number; byte: number | null; raw: string }[] = []
          let line = 2
          let record = 0
          const begin = 'a,b,c\n'.length
          for (const found of readRecords(latin(bytes), CSV, begin)) {
            const { start, end } = found
            if (isRecord(found, inspection.columns.length))
              all.push({
                record: ++record,
                line,
                start,
                end,
                byte: start,
                raw: bytes.toString('utf8', start, end).replace(/\r?\n$|\r$/, ''),
              })
            line += (
              latin(bytes)
                .slice(start, end)
                .match(/\r\n|\r|\n/g) ?? []
            ).length
          }
          const wanted = all.filter((_, at) => picks[at % picks.length])
          const found = await collect(
            locate(
              inspection,
              wanted.map((one) => one.record),
              await readContext(path, place.store, place.folder),
            ),
          )
          expect(found).toEqual(wanted)
        },
      ),
      { numRuns: runs(100) },
    )
  })
})

describe('a source larger than the blocks it is read in', () => {
  it('is read whole, by any parts', async () => {
    const newlines = ['\n', '\r\n', '\n', '\r']
    const lines: string[] = ['id,text']
    for (let at = 1; at <= 60_000; at++) {
      const text = at % 7 === 0 ? `"line ${at}\r\nand ""more"", é€😀 ${'x'.repeat(at % 300)}"` : `plain ${'y'.repeat(at % 150)}`
      if (at % 1000 === 0) lines.push(`${at}`)
      else if (at % 1777 === 0) lines.push(`${at},"open`)
      else if (at % 2500 === 1) lines.push('#comment, "')
      else lines.push(`${at},${text}`)
    }
    const body = lines.map((line, at) => line + newlines[(at >> 8) & 3]).join('')
    const path = place.write(body)
    const { inspection } = await inspectFile(path, place.store, { comment: '#' }, { chunk_rows: 7001 })
    expect(inspection).toMatchObject({ columns: ['id', 'text'], staged: expect.any(String), chunks: { length: 9 } })
    expect(inspection.text_bytes).toBeGreaterThan(1 << 22)
    const text = Buffer.from((await place.store.read(inspection.staged ?? '')) ?? []).toString('utf8')
    const wanted: { record: number; row: readonly (string | null)[] }[] = []
    let record = 0
    for (const found of readRecords(text, { ...CSV, comment: '#' }, text.indexOf('\n') + 1)) {
      if (isRecord(found, 2)) record++
      if (isGood(found, 2)) wanted.push({ record, row: withNulls(found.cells) })
    }
    expect(inspection.records).toBe(record)
    for (const runs of [
      [[0, 8]],
      [
        [0, 2],
        [3, 3],
        [4, 8],
      ],
    ] as const) {
      const rows = []
      for (const [first, last] of runs) rows.push(...(await rowsOf(path, inspection, first, last)))
      expect(rows.length).toBe(wanted.length)
      expect(rows.findIndex((row, at) => JSON.stringify(row) !== JSON.stringify(wanted[at]))).toBe(-1)
    }
    const numbers = [1, 999, 1000, 1777, 30_001, record]
    const located = await collect(locate(inspection, numbers, await readContext(path, place.store, place.folder)))
    expect(located.map((one) => one.record)).toEqual(numbers)
    expect(located.map((one) => cells(one.raw, CSV)[0])).toEqual(['2', '1000', '1001', '1778', '30014', '60000'])
  })
})

describe('a spool', () => {
  it('is the source itself when nothing is to be left out', async () => {
    const path = place.write('\ufeffid,name\n1,a\n2,b\n')
    const { inspection } = await inspectFile(path, place.store)
    const spooled = await spool(inspection, 0, 0, await readContext(path, place.store, place.folder))
    expect(spooled).toMatchObject({ path, skip_header: true, records: 2, rows: null })
    expect(await parser.readCsv(spooled.path, 2, CSV, spooled)).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
    await spooled.release()
    expect(readFileSync(path, 'utf8')).toContain('2,b')
  })

  it.each([
    ['a bad record', 'id,name\n1,a\n2\n3,c\n', [1, 3]],
    ['a comment', 'id,name\n1,a\n#2\n3,c\n', [1, 2]],
    ['lines before the header', 'a title\n\nid,name\n1,a\n3,c\n', [1, 2]],
    ['a quoted header behind a mark', '\ufeff"id\nx",name\n1,a\n3,c\n', [1, 2]],
    ['a header that ends otherwise', 'id,name\r\n1,a\n3,c\n', [1, 2]],
  ])('is a copy for %s', async (_, text, numbers) => {
    const path = place.write(text)
    const { inspection } = await inspectFile(path, place.store, { comment: '#' })
    const spooled = await spool(inspection, 0, 0, await readContext(path, place.store, place.folder))
    expect(spooled.path).not.toBe(path)
    expect(spooled.skip_header).toBe(false)
    expect(await parser.readCsv(spooled.path, 2, CSV, spooled)).toEqual([
      ['1', 'a'],
      ['3', 'c'],
    ])
    expect([0, 1].map(spooled.record)).toEqual(numbers)
    await spooled.release()
    expect(() => readFileSync(spooled.path)).toThrow('ENOENT')
  })

  it('is a copy where the path would be taken for a pattern', async () => {
    place.write('other,file\n8,9\n', 't.csv')
    const path = place.write('id,name\n1,a\n', '[t].csv')
    const { inspection } = await inspectFile(path, place.store)
    const spooled = await spool(inspection, 0, 0, await readContext(path, place.store, place.folder))
    expect(await parser.readCsv(spooled.path, 2, CSV, spooled)).toEqual([['1', 'a']])
    await spooled.release()
  })

  it('refuses a source that has changed', async () => {
    const path = place.write('id,name\n1,a\n')
    const { inspection } = await inspectFile(path, place.store)
    writeFileSync(path, 'id,name\n9,z\n')
    utimesSync(path, new Date(1e12), new Date(1e12))
    const context = await readContext(path, place.store, place.folder)
    await expect(spool(inspection, 0, 0, context)).rejects.toMatchObject({ name: 'Data.SourceChanged' })
    await expect(collect(locate(inspection, [1], context))).rejects.toMatchObject({ name: 'Data.SourceChanged' })
  })

  it('refuses a source that changes while it is read', async () => {
    const path = place.write('id,name\n1,a\n')
    const { inspection } = await inspectFile(path, place.store)
    const context = await readContext(path, place.store, place.folder)
    writeFileSync(path, 'id,name\n1,a\n2,b\n')
    await expect(collect(locate(inspection, [1], context))).rejects.toMatchObject({ name: 'Data.SourceChanged' })
  })
})
