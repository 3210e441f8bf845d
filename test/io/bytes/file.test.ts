import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createFile, openFile } from '#io/bytes/file.ts'
import { openForeignFile } from '#io/connectors/file/open.ts'
import { workplace } from '../formats/kit.ts'

const place = workplace()
afterAll(place.clear)

describe('a file that is written', () => {
  it('holds the parts in their order, small and large', async () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 200_000, max: 300_000 }),
      fc.integer({ min: 900_000, max: 1_200_000 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 12, size: 'max' }), async (sizes) => {
        const path = join(place.folder, 'written')
        const parts = sizes.map((length, at) => new Uint8Array(length).fill(at + 1))
        const sink = await createFile(path)
        for (const part of parts) {
          const copy = part.slice()
          await sink.write(copy)
          // the bytes may be reused
          copy.fill(0)
        }
        await sink.close()
        expect(sink.bytes).toBe(sizes.reduce((sum, length) => sum + length, 0))
        expect(readFileSync(path).equals(Buffer.concat(parts))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is reported if it cannot exist', async () => {
    await expect(createFile(join(place.folder, 'no', 'folder'))).rejects.toMatchObject({ message: expect.stringContaining('writing') })
  })
})

describe('a file that is read', () => {
  it('gives what it has', async () => {
    const source = await openFile(place.write('0123456789'))
    expect(source.size).toBe(10)
    expect(Buffer.from(await source.read(3, 4)).toString()).toBe('3456')
    expect(Buffer.from(await source.read(8, 40)).toString()).toBe('89')
    expect((await source.read(20, 5)).length).toBe(0)
    const target = new Uint8Array(4)
    expect(await source.readInto?.(target, 7)).toBe(3)
    expect(Buffer.from(target).toString('latin1')).toBe('789\0')
  })

  it.each([
    ['in place, with the same length and the earlier time', (path: string) => writeFileSync(path, 'ABCDEFGHIJ')],
    [
      'by another file of the same length and time',
      (path: string) => {
        writeFileSync(`${path}-2`, 'ABCDEFGHIJ')
        renameSync(`${path}-2`, path)
      },
    ],
    ['by a longer one', (path: string) => appendFileSync(path, '+')],
    [
      'by a link to another file',
      (path: string) => {
        renameSync(path, `${path}-2`)
        symlinkSync(place.write('ABCDEFGHIJ', 'another.csv'), path)
      },
    ],
    [
      'by a pipe',
      (path: string) => {
        rmSync(path)
        execFileSync('mkfifo', [path])
      },
    ],
  ])('is not read on when it was replaced: %s', async (_, replace) => {
    const path = place.write('0123456789')
    const time = new Date('2026-01-02T03:04:05Z')
    utimesSync(path, time, time)
    const source = await openForeignFile(path)
    await source.assertUnchanged?.()
    replace(path)
    if (lstatSync(path).isFile()) utimesSync(path, time, time)
    const changed = { name: 'Data.SourceChanged', message: expect.stringContaining(path) }
    await expect(source.read(0, 3)).rejects.toMatchObject(changed)
    await expect(source.readInto?.(new Uint8Array(3), 0)).rejects.toMatchObject(changed)
    await expect(source.assertUnchanged?.()).rejects.toMatchObject(changed)
    if (lstatSync(path).isFile()) expect((await openFile(path)).fingerprint).not.toBe(source.fingerprint)
  })

  it.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a device', (path: string) => symlinkSync('/dev/null', path)],
  ])('is a file, and not %s', async (what, make) => {
    const path = join(place.folder, what.replace(' ', '-'))
    make(path)
    await expect(openFile(path)).rejects.toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining(`${path} is ${what}`) })
  })

  it.skipIf(!existsSync('/proc/version'))('is not empty because it has no size', async () => {
    await expect(openFile('/proc/version')).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('a size of 0 bytes'),
    })
    expect((await openFile(place.write(''))).size).toBe(0)
  })

  it('is where its links lead, for native code', async () => {
    const path = place.write('0123456789')
    const link = `${path}-link`
    symlinkSync(path, link)
    expect((await openFile(link)).path).toBe(realpathSync(path))
  })
})
