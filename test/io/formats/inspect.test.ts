import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { openFile } from '#io/bytes/file.ts'
import { inspect } from '#io/formats/inspect.ts'
import type { Encoding } from '#io/formats/encodings.ts'
import type { ReadSettings } from '#io/formats/source.ts'
import { inspectFile, memorySource, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

const of = (content: Uint8Array | string, settings: ReadSettings = {}, name = 'source.csv') =>
  inspectFile(place.write(content, name), place.store, settings)
const stagedText = async (key: string | null) => Buffer.from((await place.store.read(key ?? '')) ?? []).toString('utf8')

describe('compressed sources', () => {
  const text = `id,name\n${Array.from({ length: 5000 }, (_, at) => `${at},n${(at * 7919) % 1013}`).join('\n')}\n`

  it('are decompressed into the store, several members too, whatever they are called', async () => {
    for (const bytes of [gzipSync(text), Buffer.concat([gzipSync(text.slice(0, 1234)), gzipSync(text.slice(1234))])]) {
      const { inspection } = await of(bytes, {}, 'source.csv')
      expect(inspection).toMatchObject({
        compression: 'gzip',
        records: 5000,
        columns: ['id', 'name'],
        direct: true,
        text_bytes: text.length,
        bytes: bytes.length,
      })
      expect(await stagedText(inspection.staged)).toBe(text)
    }
    const { inspection } = await of(text, {}, 'source.csv.gz')
    expect(inspection).toMatchObject({ compression: 'none', staged: null, records: 5000 })
  })

  it('are refused when cut off or damaged, with the byte', async () => {
    const bytes = gzipSync(text)
    await expect(of(bytes.subarray(0, bytes.length - 20))).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining(`cut off: the compressed data continues after its last byte, byte ${bytes.length - 20}`),
    })
    const checksum = Buffer.from(bytes)
    checksum[bytes.length - 6] = (checksum[bytes.length - 6] ?? 0) ^ 255
    await expect(of(checksum)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringMatching(/damaged: .* at or before byte \d+ of/),
    })
    const middle = Buffer.from(bytes)
    middle.fill(0xff, 2000, 2100)
    await expect(of(middle)).rejects.toMatchObject({ name: 'Data.Unreadable', hint: expect.any(String) })
    await expect(of(Buffer.concat([bytes, Buffer.from('garbage')]))).rejects.toMatchObject({ name: 'Data.Unreadable' })
    expect(gunzipSync(bytes).toString()).toBe(text)
  })

  it('of many megabytes come out as they went in', async () => {
    const long = `id,name\n${Array.from({ length: 400_000 }, (_, at) => `${at},${((at * 2654435761) % 2 ** 32).toString(36)}`).join('\n')}\n`
    const { inspection } = await of(gzipSync(long))
    expect(inspection).toMatchObject({ records: 400_000, bad: [], text_bytes: long.length })
    expect((await stagedText(inspection.staged)) === long).toBe(true)
  })

  it('leave nothing behind when they are refused', async () => {
    const folder = join(place.folder, 'refused')
    mkdirSync(folder)
    const { folderStore } = await import('#io/store/folder.ts')
    const store = folderStore(folder)
    const source = memorySource(gzipSync(text).subarray(0, 3000))
    await expect(inspect('a', {}, { source, store, prefix: 'staged', chunk_rows: 10, sample: { records: 1, bytes: 1 } })).rejects.toThrow()
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('encodings', () => {
  const text = 'id,name\n1,Zoë\n2,"Ωmega\n😀"\n'
  const encoded: readonly (readonly [string, Encoding, Buffer])[] = [
    ['UTF-16 LE with a mark', 'utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE with a mark', 'utf-16be', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 LE without one', 'utf-16le', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE without one', 'utf-16be', Buffer.from(text, 'utf16le').swap16()],
  ]
  it.each(encoded)('%s is rewritten as UTF-8', async (_, encoding, bytes) => {
    const { inspection } = await of(bytes)
    expect(inspection).toMatchObject({ encoding, records: 2, columns: ['id', 'name'], bad: [], chunks: [{ first: 1, line: 2 }] })
    expect(await stagedText(inspection.staged)).toBe(text)
  })

  it('long texts in UTF-16 survive the borders of blocks', async () => {
    const long = `id,name\n${'1,😀\n'.repeat(700_000)}`
    const { inspection } = await of(Buffer.from(long, 'utf16le'))
    expect(inspection).toMatchObject({ records: 700_000, bad: [] })
    expect((await stagedText(inspection.staged)) === long).toBe(true)
  })

  it('windows-1252 is distinguished from UTF-8 and noted', async () => {
    const { inspection, sample } = await of(Buffer.from('id,name\n1,caf\xe9\n2,\x80 5 \x96 \x93x\x94\n3,plain\n', 'latin1'))
    expect(inspection).toMatchObject({
      encoding: 'windows-1252',
      records: 3,
      bad: [],
      notes: ['the text is not UTF-8; it is read as windows-1252'],
    })
    expect(await stagedText(inspection.staged)).toBe('id,name\n1,café\n2,€ 5 – “x”\n3,plain\n')
    expect(Buffer.from(sample.text).toString()).toContain('café')
  })

  it('windows-1252 is found out where detection does not look', async () => {
    const plain = '1,plain text that fills the windows\n'.repeat(20_000)
    const { inspection } = await of(Buffer.from(`id,name\n${plain}2,caf\xe9\n${plain}`, 'latin1'))
    expect(inspection).toMatchObject({ encoding: 'windows-1252', records: 40_001, bad: [] })
  })

  it('a UTF-8 byte order mark is skipped and not staged', async () => {
    const { inspection } = await of('\ufeffid,name\n1,a\n')
    expect(inspection).toMatchObject({
      encoding: 'utf-8',
      staged: null,
      columns: ['id', 'name'],
      direct: true,
      chunks: [{ start: 11, line: 2 }],
    })
  })

  it('broken characters make bad records where the rest is UTF-8', async () => {
    const { inspection } = await of(Buffer.concat([Buffer.from('id,name\n1,é\n2,ü\n3,'), Buffer.from([0xff]), Buffer.from('\n4,€\n')]))
    expect(inspection).toMatchObject({
      encoding: 'utf-8',
      records: 4,
      bad: [{ record: 3, line: 4, reason: 'contains bytes that are not UTF-8' }],
    })
  })

  it('half a surrogate pair and an odd byte make bad records', async () => {
    const { inspection } = await of(Buffer.concat([Buffer.from('\ufeffid,name\n1,a\ud83d\n2,b\n3,c', 'utf16le'), Buffer.from([0x41])]))
    expect(inspection.bad.map(({ record }) => record)).toEqual([1, 3])
  })

  it('are what the settings say', async () => {
    const bytes = Buffer.from('id,name\n1,\x80\xe9\n', 'latin1')
    const { inspection } = await of(bytes, { encoding: 'latin-1' })
    expect(await stagedText(inspection.staged)).toBe('id,name\n1,\x80é\n')
    const asUtf8 = await of(bytes, { encoding: 'utf-8' })
    expect(asUtf8.inspection).toMatchObject({ encoding: 'utf-8', staged: null, bad: [{ record: 1 }] })
  })
})

describe('settings', () => {
  it('win over detection', async () => {
    const text = 'x\n#1,2\na;b\n1;2\n3;4\n'
    const { inspection } = await of(text, { delimiter: ';', header: false, skip_lines: 3, comment: '#' })
    expect(inspection).toMatchObject({
      dialect: { delimiter: ';', header: false, skip_lines: 3 },
      columns: ['column_1', 'column_2'],
      records: 2,
      chunks: [{ line: 4 }],
    })
    const headed = await of(text, { delimiter: ';', comment: '#', skip_lines: 1 })
    expect(headed.inspection).toMatchObject({ columns: ['a', 'b'], records: 2, dialect: { header: true, comment: '#' } })
  })

  it('name the format', async () => {
    expect((await of('{"a":1}\n', { format: 'csv' })).inspection).toMatchObject({ format: 'csv', columns: ['{"a":1}'] })
    expect((await of('[1]\n', { format: 'ndjson' })).inspection).toMatchObject({
      format: 'ndjson',
      columns: ['column_1'],
      bad: [],
    })
  })

  it.each([
    [{ delimiter: '' }, 'delimiter'],
    [{ delimiter: '\n' }, 'delimiter'],
    [{ delimiter: '§' }, 'delimiter'],
    [{ quote: ',,' }, 'quote'],
    [{ delimiter: ',', quote: ',' }, 'different'],
    [{ escape: ',', delimiter: ',' }, 'escape'],
    [{ skip_lines: -1 }, 'skip_lines'],
  ] as const)('%j are refused', async (settings, what) => {
    await expect(of('a,b\n', settings)).rejects.toMatchObject({ name: 'Definition.InvalidSetting', message: expect.stringContaining(what) })
  })
})

describe('sources of little', () => {
  it.each([
    ['', ['the source is empty'], 'csv'],
    [' \n\r\n\t', ['the source contains only white space'], 'csv'],
    ['\ufeff', ['the source contains only white space'], 'csv'],
    ['[]', ['the source has no records'], 'json'],
  ])('%j has no records and says so', async (text, notes, format) => {
    const { inspection, sample } = await of(text)
    expect(inspection).toMatchObject({ format, records: 0, chunks: [], columns: [], notes })
    expect(sample.numbers).toEqual([])
  })

  it('a header alone has columns', async () => {
    for (const text of ['id,name\n', 'id,name', 'id,name\r\n\r\n']) {
      const { inspection } = await of(text)
      expect(inspection).toMatchObject({
        columns: ['id', 'name'],
        records: 0,
        chunks: [],
        notes: ['the source has a header but no records'],
      })
    }
  })

  it('one record without an end is read with the newline of the header', async () => {
    const { inspection, sample } = await of('id,name\r\n1,a')
    expect(inspection).toMatchObject({ records: 1, new_line: '\r\n', direct: true })
    expect(Buffer.from(sample.text).toString()).toBe('1,a\r\n')
  })

  it('a record longer than the head is waited for', async () => {
    const long = 'x'.repeat(700_000)
    const { inspection } = await of(`id,text\n1,"${long}\n${long}"\n2,b\n`)
    expect(inspection).toMatchObject({ columns: ['id', 'text'], records: 2, bad: [], longest_record: 1_400_006 })
    const wide = Array.from({ length: 60_000 }, (_, at) => `column number ${at}`).join(',')
    expect((await of(`${wide}\n${'1,'.repeat(59_999)}1\n`)).inspection).toMatchObject({ records: 1, bad: [] })
  })
})

describe('sources that cannot be opened', () => {
  it('are reported in a sentence', async () => {
    await expect(openFile(join(place.folder, 'missing.csv'))).rejects.toMatchObject({
      name: 'Data.NoSources',
      message: expect.stringContaining('no such file'),
    })
    const file = place.write('a,b\n')
    await expect(openFile(join(file, 'below.csv'))).rejects.toMatchObject({ name: 'Data.NoSources' })
    await expect(openFile(place.folder)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('is a folder'),
      hint: expect.stringContaining('*.csv'),
    })
  })

  it('change while they are read', async () => {
    const path = place.write('a,b\n1,2\n')
    const source = await openFile(path)
    writeFileSync(path, 'a,b\n1,2\n3,4\n')
    await expect(source.read(0, 4)).rejects.toMatchObject({ name: 'Data.SourceChanged' })
    expect(readFileSync(path, 'utf8')).toContain('3,4')
  })

  it('end before their end', async () => {
    for (const text of ['id,name\n1,a\n', '[{"a":1},\n', '{"a":1}\n']) {
      const source = { ...memorySource(Buffer.from(text)), size: 300_000 }
      const inspected = inspect(
        'short',
        {},
        { source, store: place.store, prefix: 'x', chunk_rows: 10, sample: { records: 10, bytes: 100 } },
      )
      await expect(inspected).rejects.toMatchObject({ name: 'Data.SourceChanged' })
    }
  })

  it('are read from anything that gives bytes', async () => {
    const source = memorySource(Buffer.from('id,name\n1,a\n'))
    const { inspection } = await inspect(
      'memory',
      {},
      { source, store: place.store, prefix: 'x', chunk_rows: 10, sample: { records: 10, bytes: 100 } },
    )
    expect(inspection).toMatchObject({ uri: 'memory', records: 1, fingerprint: source.fingerprint })
  })
})
