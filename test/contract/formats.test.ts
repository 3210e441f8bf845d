/** The contract of formats: every kind finds its own files and no others, says what its settings are, and what a writer writes its reader reads. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFile } from '#io/bytes/file.ts'
import { beginningOf, compressionOf, detectBinary, detectText } from '#io/formats/detect.ts'
import { COMPRESSIONS, FORMATS, SOURCE_OPTIONS } from '#io/formats/index.ts'
import type { FormatKind } from '#io/formats/kinds/format.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import { SIGNATURES } from '#io/formats/signatures.ts'
import { WRITERS } from '#io/formats/writers/index.ts'
import { countWritten } from '#data/pass/written.ts'
import { copyTo } from '#data/pass/pass.ts'
import { config } from '#steps/discover/config.ts'
import { testDatabase } from '../kit/database.ts'
import { workbookOf } from '../kit/workbook.ts'
import { inspectFile, memorySource, workplace } from '../io/formats/kit.ts'

const place = workplace()
const database = await testDatabase()
afterAll(async () => {
  database.close()
  place.clear()
})

const ROWS = "SELECT i AS id, 'name ' || i AS name FROM range(1, 4) AS r(i)"

/** A file of three rows for each format, and what `format:` must say where its content does not. */
const samples = new Map<string, { readonly bytes: Uint8Array; readonly settings: { readonly [name: string]: string | number[] } }>()
beforeAll(async () => {
  const parquet = join(database.folder, 'sample.parquet')
  await database.session.run(copyTo(ROWS, parquet, { format: 'parquet', compression: 'snappy' }))
  const text = (content: string) => ({ bytes: Buffer.from(content), settings: {} })
  samples.set('csv', text('id,name\n1,name 1\n2,name 2\n3,name 3\n'))
  samples.set('json', text('[{"id":1,"name":"name 1"},\n{"id":2,"name":"name 2"},\n{"id":3,"name":"name 3"}]'))
  samples.set('ndjson', text('{"id":1,"name":"name 1"}\n{"id":2,"name":"name 2"}\n{"id":3,"name":"name 3"}\n'))
  samples.set('parquet', { bytes: readFileSync(parquet), settings: {} })
  const book = await workbookOf({
    Sheet1: [
      ['id', 'name'],
      [1, 'name 1'],
      [2, 'name 2'],
      [3, 'name 3'],
    ],
  })
  samples.set('excel', { bytes: book, settings: {} })
  samples.set('fixed_width', {
    bytes: Buffer.from('1  name 1\n2  name 2\n3  name 3\n'),
    settings: { format: 'fixed_width', widths: [3, 6] },
  })
})

const sampleOf = (name: string) => {
  const sample = samples.get(name)
  if (sample === undefined) throw new Error(`there is no sample of ${name}`)
  return sample
}

async function detected(bytes: Uint8Array): Promise<FormatKind> {
  const start = await beginningOf(memorySource(bytes), 'source')
  return detectBinary(start, {}, 'source') ?? detectText({ ...start, text: Buffer.from(bytes).toString('utf8') }, 'source')
}

describe.each(FORMATS)('the format $name', (kind) => {
  it('says what it is, and describes each of its settings, all optional', () => {
    expect(kind.summary).toMatch(/^[A-Z].*\.$/)
    expect(kind.extensions.length).toBeGreaterThan(0)
    expect(Object.keys(LAYOUTS)).toContain(kind.layout)
    expect(kind.options.safeParse({}).success).toBe(true)
    for (const option of Object.values(kind.options.shape)) expect((option as { description?: string }).description).toMatch(/\.$/)
  })

  it('has its settings in a source of the discover step', () => {
    const { settings } = sampleOf(kind.name)
    expect(config.safeParse({ source: { path: 'data', format: kind.name, ...settings } }).success).toBe(true)
    for (const name of Object.keys(kind.options.shape)) expect(SOURCE_OPTIONS[name]).toBe(kind.options.shape[name])
  })

  it('finds its own file, or none when nothing in a file could show it', async () => {
    const { bytes, settings } = sampleOf(kind.name)
    const found = await detected(bytes)
    expect(found.name === kind.name).toBe(settings['format'] === undefined)
  })

  it('is not sure of the files of others', async () => {
    for (const [name, { bytes }] of samples) {
      if (name === kind.name) continue
      const start = { ...(await beginningOf(memorySource(bytes), 'source')), text: Buffer.from(bytes).toString('utf8') }
      expect({ name, sure: kind.detect(start) === 'certain' }).toEqual({ name, sure: false })
    }
  })

  it('is read to its last record', async () => {
    const { bytes, settings } = sampleOf(kind.name)
    const { inspection } = await inspectFile(place.write(bytes, `sample.${kind.extensions[0]}`), place.store, settings)
    expect(inspection).toMatchObject({ format: kind.name, layout: kind.layout, records: 3, bad: [] })
    expect(inspection.columns).toHaveLength(2)
  })

  it('refuses a setting it does not have', async () => {
    const foreign = kind.name === 'excel' ? { delimiter: ';' } : { sheet: 'Sheet1' }
    const { bytes, settings } = sampleOf(kind.name)
    await expect(inspectFile(place.write(bytes), place.store, { ...settings, ...foreign })).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      message: expect.stringContaining(Object.keys(foreign)[0] ?? ''),
    })
  })
})

describe.each(COMPRESSIONS)('the compression $name', (kind) => {
  it('says what it is, has a signature of its own, and describes its settings', () => {
    expect(kind.summary).toMatch(/^[A-Z].*\.$/)
    const [signature] = SIGNATURES.filter(({ name }) => name === kind.name)
    const head = Buffer.concat([Buffer.from(signature?.magic ?? '', 'hex'), Buffer.from('9314159265359', 'hex')])
    expect(compressionOf({ head: kind.name === 'bzip2' ? Buffer.from('BZh91AY&SY') : head, tail: new Uint8Array() })?.name).toBe(kind.name)
    for (const option of Object.values(kind.options.shape)) expect((option as { description?: string }).description).toMatch(/\.$/)
  })
})

describe('the table of signatures', () => {
  it('names a kind that reads it, or says what to do instead', () => {
    const read = new Set([...FORMATS, ...COMPRESSIONS].map(({ name }) => name))
    expect(SIGNATURES.filter(({ name, hint }) => read.has(name) === (hint !== undefined)).map(({ name }) => name)).toEqual([])
  })
})

const targets = WRITERS.flatMap(({ name, compressions }) => compressions.map((compression) => ({ format: name, compression })))

describe.each(targets)('files of $format, $compression', (target) => {
  it('are counted as written, and read back by their format', async () => {
    const writer = WRITERS.find(({ name }) => name === target.format)
    const path = join(database.folder, `written-${target.format}-${target.compression}.${writer?.extension(target.compression)}`)
    mkdirSync(database.folder, { recursive: true })
    await database.session.run(copyTo(ROWS, path, target))
    expect((await countWritten(database.session, path, target)).rows).toBe(3)
    expect((await openFile(path)).size).toBeGreaterThan(0)
    const { inspection } = await inspectFile(path, place.store)
    expect(inspection).toMatchObject({ format: target.format, records: 3, columns: ['id', 'name'], bad: [] })
  })
})
