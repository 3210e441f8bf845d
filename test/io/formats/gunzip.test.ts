import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ByteSink } from '#io/bytes/file.ts'
import { gunzip } from '#io/formats/compressions/gunzip.ts'
import { seeded } from '../../kit/chance.ts'
import { memorySource } from './kit.ts'

async function gunzipped(bytes: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = []
  const sink: ByteSink = {
    bytes: 0,
    write: async (part) => {
      parts.push(Buffer.from(part))
    },
    close: async () => {},
  }
  await gunzip(memorySource(bytes), sink, 'x.gz')
  return Buffer.concat(parts)
}

/** What gzip cannot make smaller, so that members end where the test wants them to. */
function noise(length: number): Buffer {
  const chance = seeded(length)
  return Buffer.alloc(length).map(() => chance() * 256) as Buffer
}

/** A member of exactly so many bytes. */
function memberOf(length: number): { readonly text: Buffer; readonly member: Buffer } {
  for (let size = length - 60; ; size++) {
    const text = noise(size)
    const member = gzipSync(text, { level: 0 })
    if (member.length === length) return { text, member }
    if (member.length > length) throw new Error(`no member is ${length} bytes long`)
  }
}

const BLOCK = 1 << 18

describe('gzip', () => {
  it.each([0, 1, 3, 511, BLOCK - 1, BLOCK, 2 * BLOCK + 7])(
    'members with %d zero bytes between and behind them are one text',
    async (zeros) => {
      const [first, second, third] = [noise(1000), noise(300_000), noise(5)]
      const padding = Buffer.alloc(zeros)
      const all = [first, second, third].flatMap((text) => [gzipSync(text), padding])
      expect((await gunzipped(Buffer.concat(all))).equals(Buffer.concat([first, second, third]))).toBe(true)
    },
  )

  it.each([BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1])(
    'a member that ends at byte %d, where blocks meet, is followed by the next',
    async (length) => {
      const { text, member } = memberOf(length)
      for (const between of [Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(BLOCK)]) {
        const bytes = Buffer.concat([member, between, gzipSync('more')])
        expect((await gunzipped(bytes)).equals(Buffer.concat([text, Buffer.from('more')]))).toBe(true)
      }
    },
  )

  it.each([
    ['text', 'id,name\n1,a\n'],
    ['text behind zeros', '\0\0\0id,name\n'],
    ['one byte behind zeros', '\0\0\x1f'],
    ['another compression', '\x28\xb5\x2f\xfd____________'],
  ])('with %s behind it is refused', async (_, tail) => {
    const bytes = Buffer.concat([gzipSync('id\n1\n'), Buffer.from(tail, 'latin1')])
    await expect(gunzipped(bytes)).rejects.toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining('x.gz is damaged') })
  })

  it('cut off within any of its members is refused', async () => {
    const whole = Buffer.concat([gzipSync('id\n1\n'), Buffer.alloc(4), gzipSync('2\n')])
    const second = whole.length - gzipSync('2\n').length
    for (let length = second + 1; length < whole.length; length++)
      await expect(gunzipped(whole.subarray(0, length))).rejects.toMatchObject({ name: 'Data.Unreadable' })
    expect((await gunzipped(whole.subarray(0, second))).toString()).toBe('id\n1\n')
  })
})
