/** Rewrites text of other encodings as UTF-8. */

import { blocksOf } from '#io/bytes/copy.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import { charactersOf, type SingleByte } from './single-byte.ts'
import type { ByteSource, Encoding } from './source.ts'

/**
 * Rewrites the text after a mark of `bom` bytes. Invalid sequences become bytes that are not UTF-8 either, so that their record is found
 * bad.
 */
export async function transcode(from: ByteSource, to: ByteSink, encoding: Exclude<Encoding, 'utf-8'>, bom: number): Promise<void> {
  const decode = encoding === 'utf-16le' || encoding === 'utf-16be' ? decoder16(encoding === 'utf-16be') : decoder8(encoding)
  for await (const block of blocksOf(from, bom)) await to.write(decode(block, false))
  await to.write(decode(new Uint8Array(), true))
}

type Decoder = (block: Uint8Array, last: boolean) => Uint8Array

function decoder8(encoding: SingleByte): Decoder {
  const table = charactersOf(encoding).map((character) => Buffer.from(character))
  return (block) => {
    const out = new Uint8Array(block.length * 3)
    let length = 0
    for (let at = 0; at < block.length; at++) {
      const byte = block[at] ?? 0
      if (byte < 128) out[length++] = byte
      else {
        const bytes = table[byte - 128] ?? []
        for (let place = 0; place < bytes.length; place++) out[length++] = bytes[place] ?? 0
      }
    }
    return out.subarray(0, length)
  }
}

function decoder16(swapped: boolean): Decoder {
  let left = Buffer.alloc(0)
  return (block, last) => {
    const bytes = Buffer.concat([left, block])
    const even = bytes.length & ~1
    const units = bytes.subarray(0, even)
    if (swapped) units.swap16()
    // do not split a surrogate pair
    const cut = !last && even > 0 && ((units[even - 1] ?? 0) & 0xfc) === 0xd8 ? 2 : 0
    const text = units.toString('utf16le', 0, even - cut)
    left = Buffer.from(bytes.subarray(even - cut))
    if (swapped && cut > 0) left.subarray(0, 2).swap16()
    const out = isWellFormed(text) ? Buffer.from(text) : withLoneSurrogates(text)
    return last && bytes.length > even ? Buffer.concat([out, Buffer.from([0xff])]) : out
  }
}

/** Available in Node from version 20, but missing in its types. */
const isWellFormed = (text: string) => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** Encodes lone surrogates like other characters, which is not valid UTF-8. */
function withLoneSurrogates(text: string): Buffer {
  const parts: Buffer[] = []
  let start = 0
  for (const found of text.matchAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g)) {
    const code = found[0].charCodeAt(0)
    parts.push(
      Buffer.from(text.slice(start, found.index)),
      Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]),
    )
    start = found.index + 1
  }
  parts.push(Buffer.from(text.slice(start)))
  return Buffer.concat(parts)
}
