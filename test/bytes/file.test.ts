import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createFile, openFile } from '../../lib/bytes/file.ts'
import { workplace } from '../reader/kit.ts'

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

  it('is told of where it cannot be', async () => {
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
})
