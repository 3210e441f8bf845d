import { describe, expect, it } from 'vitest'
import { cellKind } from '#io/formats/cell-kind.ts'
import { nameColumns } from '#io/formats/columns.ts'
import { detectDialect } from '#io/formats/dialect.ts'
import { countUtf8, detectEncoding } from '#io/formats/encoding.ts'
import { compressionOf, detectText, refuseBinary, refuseKnown } from '#io/formats/detect.ts'
import { COMPRESSIONS, FORMATS, isNamedAsFile, stemOf } from '#io/formats/index.ts'
import { hasHeader } from '#io/formats/header.ts'
import { planLayout } from '#io/formats/layout.ts'
import type { ReadSettings } from '#io/formats/source.ts'

describe('the name of a file', () => {
  it('ends in the extension of every format and compression', () => {
    for (const { extensions } of FORMATS)
      for (const extension of extensions) {
        expect(stemOf(`Sales.2024.${extension.toUpperCase()}`)).toBe('Sales.2024')
        for (const other of COMPRESSIONS.flatMap((compression) => compression.extensions))
          expect(stemOf(`İ.${extension}.${other}`)).toBe('İ')
      }
    expect(['sales', 'sales.v2', 'csv'].map(stemOf)).toEqual(['sales', 'sales.v2', 'csv'])
    expect(['out/sales.xlsx', 'out/sales.csv.bz2', 'out/sales.csv/', 'out/sales'].map(isNamedAsFile)).toEqual([true, true, false, false])
  })
})

const bytes = (hex: string) => Buffer.from(hex, 'hex')

describe('compression', () => {
  it('is found by the first bytes', () => {
    const of = (head: Uint8Array) => compressionOf({ head, tail: head })?.name
    expect(of(bytes('1f8b0800'))).toBe('gzip')
    expect(of(Buffer.from('id,name\n'))).toBe(undefined)
    expect(of(Buffer.from('BZh,a column\n'))).toBe(undefined)
  })

  it.each([
    ['fd377a585a0000', 'xz'],
    ['04224d1800', 'lz4'],
    ['377abcaf271c00', '7z'],
    ['504b050600000000', 'zip archive'],
    [Buffer.from('PK\x03\x04......[Content_Types].xml').toString('hex'), 'Word'],
    [Buffer.from('PK\x03\x04......xl/workbook.bin').toString('hex'), 'xlsb'],
  ])('%s is refused as %s', (hex, what) => {
    const head = bytes(hex)
    expect(() => refuseKnown({ head, tail: head }, 'data.bin')).toThrow(
      expect.objectContaining({ name: 'Data.UnsupportedFormat', message: expect.stringContaining(what), hint: expect.any(String) }),
    )
  })
})

describe('encoding', () => {
  const of = (text: Uint8Array) => detectEncoding([text]).encoding
  it('is found by its mark', () => {
    expect(detectEncoding([Buffer.from('\ufeffa,b')])).toEqual({ encoding: 'utf-8', bom: 3, note: null })
    expect(of(bytes('fffe61002c00'))).toBe('utf-16le')
    expect(of(bytes('feff0061002c'))).toBe('utf-16be')
    expect(detectEncoding([bytes('fffe000061000000')])).toEqual({ encoding: 'utf-32le', bom: 4, note: null })
    expect(detectEncoding([bytes('0000feff00000061')])).toEqual({ encoding: 'utf-32be', bom: 4, note: null })
  })

  it('is found by the pattern of NUL bytes', () => {
    const text = Buffer.from('id,name\n1,Ann\n2,Bob\n', 'utf16le')
    expect(of(text)).toBe('utf-16le')
    expect(of(Buffer.from(text).swap16())).toBe('utf-16be')
    expect(of(Buffer.from('id\0,name\n1,a\n'))).toBe('utf-8')
  })

  it('is UTF-8 when more characters are sound than broken', () => {
    expect(of(Buffer.from('id,name\n1,Zoë\n'))).toBe('utf-8')
    expect(of(Buffer.concat([Buffer.from('é€ü'), bytes('ff'), Buffer.from('x')]))).toBe('utf-8')
    expect(detectEncoding([Buffer.from('caf\xe9, na\xefve', 'latin1')])).toMatchObject({
      encoding: 'windows-1252',
      note: expect.stringContaining('windows-1252'),
    })
    expect(detectEncoding([Buffer.from('plain'), Buffer.from('plain'), Buffer.from('\xfcber', 'latin1')]).encoding).toBe('windows-1252')
  })

  it('does not mind characters cut by the window', () => {
    const text = Buffer.from('€'.repeat(10))
    for (let from = 0; from < 4; from++) for (let to = 20; to <= 30; to++) expect(countUtf8(text.subarray(from, to)).broken).toBe(0)
  })
})

describe('format', () => {
  it.each([
    ['[{"a":1}]', 'a.txt', 'json'],
    ['  [\n  {"a": 1}', 'a.csv', 'json'],
    ['[]', 'a', 'json'],
    ['{"a":1}\n{"a":2}\n', 'a.txt', 'ndjson'],
    ['{"a":1}', 'a.json', 'ndjson'],
    ['{broken\n{"a":2}\n', 'a.jsonl', 'ndjson'],
    ['{\n "a": 1\n}\n{\n "a": 2\n}\n', 'a.json', 'json'],
    ['[x],y\n1,2\n', 'a.csv', 'csv'],
    ['id,name\n', 'a.json', 'csv'],
    ['no data yet', 'a.ndjson', 'ndjson'],
  ])('%j in %s is %s', (text, name, format) => {
    expect(detectText({ head: Buffer.from(text), tail: Buffer.from(text), text, name }, name).name).toBe(format)
  })

  it.each(['<!DOCTYPE html><html>', '<html lang="en">', '<?xml version="1.0"?>'])('%s is refused', (text) => {
    const head = Buffer.from(text)
    expect(() => detectText({ head, tail: head, text, name: 'a.csv' }, 'a.csv')).toThrow(
      expect.objectContaining({ name: 'Data.UnsupportedFormat' }),
    )
  })

  it('refuses what is no text', () => {
    const noise = Uint8Array.from({ length: 4096 }, (_, at) => (at * 167 + (at >> 3) * 31) & 255)
    for (const head of [bytes('89504e470d0a1a0a'), bytes('255044462d312e37'), Buffer.from('SQLite format 3\0'), noise]) {
      expect(() => refuseBinary({ head, tail: head }, 'data.bin', undefined)).toThrow(
        expect.objectContaining({ name: 'Data.UnsupportedFormat' }),
      )
    }
    const tail = new Uint8Array()
    expect(() => refuseBinary({ head: Buffer.from('a\0b,c\n'), tail }, 'a.csv', undefined)).not.toThrow()
    expect(() => refuseBinary({ head: Buffer.from('a\x1fb\x1fc\n'.repeat(50)), tail }, 'a.csv', '\x1f')).not.toThrow()
  })
})

describe('dialect', () => {
  const of = (text: string, settings = {}, name = 'a.csv') => {
    const { delimiter, quote, escape: escaper } = detectDialect(text, true, settings, name).writing
    return `${delimiter}${quote}${escaper}`
  }
  it.each([
    ['a,b\n1,2\n3,4\n', ',""'],
    ['a;b\n1,5;2,5\n3,5;4,5\n', ';""'],
    ['a\tb\n1\t2\n', '\t""'],
    ['a|b\n1|2, and 3\n4|5\n', '|""'],
    ['when,what\n2024-01-02 10:11:12,"a; b; c"\n2024-01-03 10:11:12,"d; e; f"\n', ',""'],
    ["a,b\n1,'x, y'\n2,'z, w'\n", ",''"],
    ['a,b\n1,"x\\", y"\n2,"z"\n', ',"\\'],
    // a broken quote among many records says nothing about the others
    [`a,b\n1,"x\n${'2,y\n'.repeat(100)}`, ',""'],
    ['a\tb\n"x\t1\ny\t2\n', '\t'],
  ])('of %j is %s', (text, writing) => {
    expect(of(text)).toBe(writing)
  })

  it('is what the settings say', () => {
    expect(of('a;b\n1;2\n', { delimiter: ',' })).toBe(',""')
    expect(of('a~b\n1~2\n', { delimiter: '~', quote: '' })).toBe('~')
    expect(of('a,b\n"1",2\n', { quote: "'" })).toBe(",''")
    expect(of('a,b\n1,2\n', { escape: '\\' })).toBe(',"\\')
  })

  it('of one column is a delimiter that does not occur', () => {
    expect(of('name\nAnn\nBob, who is late\nCy\nDee\n')).toBe('\t""')
    expect(of('')).toBe('\t""')
  })

  it('takes hints from names only where the text leaves it open', () => {
    expect(of('a,b\n1,2\n', {}, 'a.tsv')).toBe(',""')
    expect(of('name\nAnn\n', {}, 'a.tsv')).toBe('\t""')
  })
})

describe('header', () => {
  const rows = (text: string) => text.split('\n').map((line) => line.split(','))
  it.each([
    ['id,name\n1,a\n2,b', true],
    ['a,b,c\n1,2,3', true],
    ['1,2,3\n4,5,6', false],
    ['1,2,3', false],
    ['id,name', true],
    ['AA,Aruba Intl,-70.0\nAC,Bird Intl,-61.7', false],
    ['x,y\nfoo,bar', true],
    ['country,2019,2020\nChad,1.5,2.5\nMali,3.5,4.5', true],
    ['place,1/22/20,1/23/20,1/24/20\nHubei,1,2,3\nAnhui,4,5,6', true],
    ['id,7,8,9\na,1,2,3\nb,4,5,6', true],
    ['id,100022,100025,100047\nid1,TRUE,TRUE,FALSE\nid2,TRUE,FALSE,TRUE\nid3,TRUE,FALSE,TRUE', true],
    ['Ann,NY\nBob,LA\nCy,SF\nDee,NY', false],
    ['N/A,-1,x\nN/A,5,y\nb,6,z', false],
  ])('%j: %s', (text, expected) => {
    expect(hasHeader(rows(text))).toBe(expected)
  })
})

describe('the beginning of the table', () => {
  const layoutOf = (text: string, settings: ReadSettings = {}) => {
    const found = planLayout(Buffer.from(text), true, 0, settings, 'a.csv')
    if (found === null) throw new Error('no layout')
    return found
  }
  const table = 'Date,Text,Amount\n2024-01-02,Rent,-800.00\n2024-01-03,Salary,2500.00\n2024-01-04,Food,-35.20\n'

  it.each([
    ['lines of a name and a value', 'Account,DE12\nPeriod,January\n', 3],
    ['lines filled up to the width of the table', 'Account,DE12,\nPeriod,2024-01-01,\n,,\n', 4],
    ['a title with a delimiter', 'Report, with a comma\nby Ana\n\n', 4],
    ['lines as wide as the table', 'Bank,Owner,Currency\nX,Ana,EUR\n', 3],
  ])('that is below %s is reported, with the lines to skip, without changing the result', (_what, above, line) => {
    const { doubts, notes } = layoutOf(above + table)
    const [doubt = ''] = doubts
    expect(doubt).toBe(
      `the table seems to begin in line ${line} (Date, Text, Amount); if the lines above are not part of it, set skip_lines: ${line - 1} in the source of the discover step`,
    )
    expect(notes).toContain(doubt)
    expect(layoutOf(above + table).columns).not.toContain('Date')
    expect(layoutOf(above + table, { skip_lines: line - 1 })).toMatchObject({ columns: ['Date', 'Text', 'Amount'], doubts: [] })
  })

  it.each([
    ['a header above its records', table],
    ['a title of one cell, which is skipped', `Statement\n${table}`],
    ['a cell that is no number in the only column of numbers', 'name,n\na,x\nb,1\nc,2\nd,3\n'],
    ['missing cells in the first records', 'day,n,m\n2024-01-01,,\n2024-01-02,,\n2024-01-03,1,2\n2024-01-04,3,4\n2024-01-05,3,4\n'],
    ['text alone', 'a,b\nx,y\nz,w\nu,v\n'],
    ['no header', '1,a\n2,b\n3,c\n'],
  ])('is not doubted because of %s', (_what, text) => {
    expect(layoutOf(text).doubts).toEqual([])
  })
})

describe('column names', () => {
  it('are those of the header, made whole', () => {
    expect(nameColumns([' id ', '', 'ID', 'x'], 4).columns).toEqual(['id', 'column_2', 'ID_2', 'x'])
    expect(nameColumns(['a', 'a', 'a_2', 'A'], 4).columns).toEqual(['a', 'a_3', 'a_2', 'A_4'])
    expect(nameColumns(['column_2', ''], 2).columns).toEqual(['column_2', 'column_2_2'])
    expect(nameColumns(['a'], 3)).toEqual({
      columns: ['a', 'column_2', 'column_3'],
      notes: [expect.stringContaining('1 name but the records have 3 fields')],
    })
    expect(nameColumns(['a', 'b', 'c'], 2)).toEqual({ columns: ['a', 'b'], notes: [expect.stringContaining('"c"')] })
    expect(nameColumns(null, 2)).toEqual({ columns: ['column_1', 'column_2'], notes: [] })
  })
})

describe('cells', () => {
  it.each([
    ['', 'empty'],
    ['\\N', 'null'],
    ['N/A', 'null'],
    ['-1.5e3', 'number'],
    ['1.234.567,89', 'number'],
    ['$1,200.50', 'number'],
    ['12 %', 'number'],
    ['2024-01-31', 'date'],
    ['31.01.2024 10:20', 'date'],
    ['2024-01-31T10:20:30Z', 'date'],
    ['Jan 31, 2024', 'date'],
    ['10:20:30', 'date'],
    ['a.b@c.de', 'address'],
    ['https://x.y/z?a=1,2', 'address'],
    ['New York', 'words'],
    ['"x"', 'other'],
    ['a, b', 'other'],
    ['x'.repeat(300), 'other'],
  ])('%j is %s', (cell, kind) => {
    expect(cellKind(cell)).toBe(kind)
  })

  it('are distinguished without endless backtracking', () => {
    for (const cell of ['a'.repeat(199), `${'a '.repeat(99)}"`, `${'1,'.repeat(99)}x`, '1'.repeat(199), `${'a.'.repeat(99)}@`])
      expect(cellKind(cell)).toBeDefined()
  })
})
