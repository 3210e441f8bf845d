/** The contract of stores: one suite for all of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderStore } from '#io/store/folder.ts'
import { memoryStore } from '#io/store/memory.ts'
import { s3Store } from '#io/store/s3.ts'
import type { Store } from '#io/store/store.ts'
import { openS3Place } from '../kit/s3-place.ts'

interface Opened {
  readonly store: Store
  close(): Promise<void>
}

const STORES: { readonly [name: string]: () => Promise<Opened> } = {
  folder: async () => {
    const root = mkdtempSync(join(tmpdir(), 'siftstep-store-test-'))
    return { store: folderStore(root), close: async () => rmSync(root, { recursive: true }) }
  },
  memory: async () => ({ store: memoryStore(), close: async () => {} }),
  // pages of seven make a list of some objects one of several pages
  s3: async () => {
    const { bucket, close } = await openS3Place({ page: 7 })
    return { store: s3Store({ bucket }), close }
  },
  's3 below a prefix': async () => {
    const { bucket, close } = await openS3Place({ page: 7 })
    await s3Store({ bucket }).write('beside', 'not ours')
    return { store: s3Store({ bucket, prefix: 'team/siftstep' }), close }
  },
}

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'))

describe.each(Object.entries(STORES))('store: %s', (_name, open) => {
  let opened: Opened
  let store: Store
  beforeAll(async () => {
    opened = await open()
    store = opened.store
  })
  afterAll(() => opened.close())

  it('reads what was written, and undefined where nothing is', async () => {
    expect(await store.read('runs/a/none.json')).toBeUndefined()
    await store.write('runs/a/one.json', '{"ä": 1}')
    expect(text(await store.read('runs/a/one.json'))).toBe('{"ä": 1}')
    await store.write('runs/a/one.json', new Uint8Array([0, 255, 10]))
    expect([...((await store.read('runs/a/one.json')) ?? [])]).toEqual([0, 255, 10])
    await store.write('runs/a/empty', '')
    expect((await store.read('runs/a/empty'))?.length).toBe(0)
  })

  it('takes keys with any characters that a path may have', async () => {
    for (const key of ['odd/a b+c%20&d=e?f#g.txt', 'odd/quote\'s "x" <y>', 'odd/naïve-日本-😀', 'odd/=equals=/x']) {
      await store.write(key, key)
      expect(text(await store.read(key))).toBe(key)
      expect((await store.list('odd/')).map((found) => found.key)).toContain(key)
      await store.remove(key)
      expect(await store.read(key)).toBeUndefined()
    }
  })

  it('refuses invalid keys', async () => {
    for (const key of ['', '/a', 'a//b', 'a/../b', './a', 'a/', 'a\\b', 'a/.draft-1']) {
      await expect((async () => store.write(key, 'x'))()).rejects.toThrow('not a key of a store')
    }
  })

  it('creates once', async () => {
    expect(await store.create('locks/one', 'first')).toBe(true)
    expect(await store.create('locks/one', 'second')).toBe(false)
    expect(text(await store.read('locks/one'))).toBe('first')
    await store.remove('locks/one')
    expect(await store.create('locks/one', 'third')).toBe(true)
  })

  it('creates for exactly one of many callers at once', async () => {
    const won = await Promise.all(Array.from({ length: 12 }, (_, at) => store.create('locks/many', `caller ${at}`)))
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(text(await store.read('locks/many'))).toBe(`caller ${won.indexOf(true)}`)
  })

  it('lists in the order of the keys, over several pages, and only what starts with the prefix', async () => {
    const keys = Array.from({ length: 24 }, (_, at) => `listed/${at % 3}/${String(at).padStart(2, '0')}`)
    for (const [at, key] of [...keys, 'listed-beside', 'listed/0-9', 'listed/\uffee', 'listed/\u{1f600}'].entries())
      await store.write(key, 'x'.repeat(at))
    const found = await store.list('listed/')
    const wanted = [...keys, 'listed/0-9', 'listed/\uffee', 'listed/\u{1f600}'].sort((a, b) => (a < b ? -1 : 1))
    expect(found.map(({ key }) => key)).toEqual(wanted)
    expect(found.find(({ key }) => key === keys[5])?.bytes).toBe(5)
    expect((await store.list('listed/1/0')).map(({ key }) => key)).toEqual(['listed/1/01', 'listed/1/04', 'listed/1/07'])
    expect(await store.list('nothing/')).toEqual([])
  })

  it('removes objects, and accepts missing ones', async () => {
    await store.write('gone', 'x')
    await store.remove('gone')
    await store.remove('gone')
    expect(await store.read('gone')).toBeUndefined()
  })

  it('opens objects for reading in parts', async () => {
    await store.write('parts', '0123456789')
    const source = await store.open('parts')
    expect(source.size).toBe(10)
    expect(text(await source.read(3, 4))).toBe('3456')
    expect(text(await source.read(8, 40))).toBe('89')
    expect((await source.read(20, 5)).length).toBe(0)
    const again = await store.open('parts')
    expect(again.fingerprint).toBe(source.fingerprint)
    await store.write('parts', 'another content')
    expect((await store.open('parts')).fingerprint).not.toBe(source.fingerprint)
    await store.write('parts-empty', '')
    const empty = await store.open('parts-empty')
    expect([empty.size, (await empty.read(0, 5)).length]).toEqual([0, 0])
    await expect(store.open('no/such')).rejects.toMatchObject({ name: 'Data.MissingObject' })
  })

  it('gives files to native code, and takes them', async () => {
    await expect(store.openLocal('files/none')).rejects.toMatchObject({ name: 'Data.MissingObject' })
    const draft = await store.createLocal('files/one.parquet')
    writeFileSync(draft.path, 'content')
    expect(await store.read('files/one.parquet')).toBeUndefined()
    expect(await store.list('files/')).toEqual([])
    await draft.publish()
    expect(text(await store.read('files/one.parquet'))).toBe('content')
    const local = await store.openLocal('files/one.parquet')
    expect(readFileSync(local.path, 'utf8')).toBe('content')
    await local.release()
    const forgotten = await store.createLocal('files/two.parquet')
    writeFileSync(forgotten.path, 'x')
    await forgotten.discard()
    expect(await store.read('files/two.parquet')).toBeUndefined()
    // what is done with may be discarded all the same
    await draft.discard()
    expect(text(await store.read('files/one.parquet'))).toBe('content')
  })

  it('takes large files', async () => {
    const bytes = Buffer.alloc(20_000_000)
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) % 2 ** 32, at)
    const draft = await store.createLocal('files/large')
    writeFileSync(draft.path, bytes)
    await draft.publish()
    expect(Buffer.compare((await store.read('files/large')) ?? new Uint8Array(), bytes)).toBe(0)
    const local = await store.openLocal('files/large')
    expect(readFileSync(local.path).equals(bytes)).toBe(true)
    await local.release()
    await store.write('files/large-too', bytes)
    const source = await store.open('files/large-too')
    expect(source.size).toBe(bytes.length)
    expect(Buffer.compare(await source.read(8_388_600, 16), bytes.subarray(8_388_600, 8_388_616))).toBe(0)
  })
})
