import { afterAll, describe, expect, it } from 'vitest'
import type { ReadSettings } from '#io/formats/source.ts'
import { zipOf } from '../../kit/workbook.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

const inspected = async (bytes: Uint8Array, settings: ReadSettings = {}, name = 'source') =>
  (await inspectFile(place.write(bytes, name), place.store, settings)).inspection

/** `id,name`, 1 Ann, 2 Bob, as `bzip2` and `zstd --check` write it. */
const BZIP2 = Buffer.from('QlpoOTFBWSZTWR1T4iUAAAddAAAQAAQwADAANiOgACITR5Ro8oQAALVg9MbgtMMFP4u5IpwoSA6p8RKA', 'base64')
const ZSTD = Buffer.from('KLUv/SQUoQAAaWQsbmFtZQoxLEFubgoyLEJvYgprSn4N', 'base64')
const changed = (bytes: Uint8Array, at: number) => Uint8Array.from(bytes, (byte, place) => (place === at ? byte ^ 1 : byte))

describe.each([
  ['bzip2', BZIP2],
  ['zstd', ZSTD],
])('%s', (compression, bytes) => {
  it('is read, also where several parts follow one another', async () => {
    expect(await inspected(bytes)).toMatchObject({ compression, format: 'csv', columns: ['id', 'name'], records: 2 })
    expect(await inspected(Buffer.concat([bytes, bytes]), { header: true })).toMatchObject({ records: 5 })
  })

  it.each([
    ['with a changed byte', changed(bytes, Math.floor(bytes.length / 2))],
    ['with a changed checksum', changed(bytes, bytes.length - (compression === 'zstd' ? 1 : 4))],
    ['that is cut off', bytes.subarray(0, bytes.length - 9)],
    ['with something behind it', Buffer.concat([bytes, Buffer.from('something else')])],
  ])('%s is refused', async (_, damaged) => {
    await expect(inspected(damaged)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining(compression),
      hint: expect.stringContaining('-t'),
    })
  })
})

describe('a frame of zstd that is to be skipped', () => {
  it('is', async () => {
    const skipped = Buffer.from('512a4d1803000000616263', 'hex')
    expect(await inspected(Buffer.concat([ZSTD, skipped, ZSTD]), { header: true })).toMatchObject({ records: 5 })
  })
})

describe('a zip archive', () => {
  const CSV = 'id,name\n1,Ann\n'
  it('of one file is that file, whatever lies beside it', async () => {
    const found = await inspected(zipOf({ 'data/a.csv': CSV, '__MACOSX/._a.csv': 'x', '.DS_Store': 'x' }))
    expect(found).toMatchObject({ compression: 'zip', part: 'data/a.csv', format: 'csv', columns: ['id', 'name'], records: 1 })
  })

  it('of several files asks for one of them', async () => {
    const archive = zipOf({ 'a.csv': CSV, 'b.ndjson': '{"x":1}\n{"x":2}\n' })
    await expect(inspected(archive)).rejects.toMatchObject({
      name: 'Data.UnsupportedFormat',
      message: expect.stringContaining('a.csv, b.ndjson'),
      hint: expect.stringContaining('member'),
    })
    expect(await inspected(archive, { member: 'b.ndjson' })).toMatchObject({ part: 'b.ndjson', format: 'ndjson', records: 2 })
    await expect(inspected(archive, { member: 'c.csv' })).rejects.toMatchObject({ name: 'Data.Unreadable' })
  })

  it('may hold what is packed itself', async () => {
    expect(await inspected(zipOf({ 'a.csv.bz2': BZIP2 }))).toMatchObject({ compression: 'zip+bzip2', part: 'a.csv.bz2', records: 2 })
  })

  it('whose content is not what it says is refused', async () => {
    const archive = zipOf({ 'a.csv': CSV })
    const damaged = changed(archive, archive.indexOf('Ann'))
    await expect(inspected(damaged)).rejects.toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining('checksum') })
    await expect(inspected(archive.subarray(0, archive.length - 5))).rejects.toMatchObject({ name: 'Data.Unreadable' })
  })

  it('without a file is refused, and so is a member for what is no archive', async () => {
    await expect(inspected(zipOf({ 'folder/': '' }))).rejects.toMatchObject({ name: 'Data.Unreadable' })
    await expect(inspected(Buffer.from(CSV), { member: 'a.csv' })).rejects.toMatchObject({ name: 'Definition.InvalidSetting' })
  })
})
