import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inspectFile, workplace } from './kit.ts'

const folder = join(import.meta.dirname, '../../fixtures/reader')
const SUFFIX = '.expected.json'
const names = readdirSync(folder).filter((name) => !name.endsWith(SUFFIX))
const place = workplace()
afterAll(place.clear)

describe('a source of the fixtures', () => {
  it.each(names)('%s is read as its pair says', async (name) => {
    const { inspection } = await inspectFile(join(folder, name), place.store, {}, { chunk_rows: 3 })
    const { uri, bytes, fingerprint, text_bytes, compression, ...rest } = inspection
    const chunks = inspection.chunks.map(({ start, end, first, line, records }) => [start, end, first, line, records])
    expect({ ...rest, staged: inspection.staged !== null, chunks }).toEqual(JSON.parse(readFileSync(join(folder, name + SUFFIX), 'utf8')))
  })
})
