/** Rewrites text of other encodings as UTF-8. */

import { blocksOf } from '#io/bytes/copy.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import { charactersOf, type SingleByte } from './single-byte.ts'
import { type Encoding, MULTI_BYTE } from './encodings.ts'
import type { ByteSource } from './source.ts'

/**
 * Rewrites the text after a mark of `bom` bytes. Invalid sequences become bytes that are not UTF-8 either, so that their record is found
 * bad.
 */
export async function transcode(from: ByteSource, to: ByteSink, encoding: Exclude<Encoding, 'utf-8'>, bom: number): Promise<void> {
  const decode = decoderOf(encoding)
  for await (const block of blocksOf(from, bom)) await to.write(decode(block, false))
  await to.write(decode(new Uint8Array(), true))
}

type Decoder = (block: Uint8Array, last: boolean) => Uint8Array

function decoderOf(encoding: Exclude<Encoding, 'utf-8'>): Decoder {
  switch (encoding) {
    case 'utf-16le':
    case 'utf-16be':
      return decoder16(encoding === 'utf-16be')
    case 'utf-32le':
    case 'utf-32be':
      return decoder32(encoding === 'utf-32be')
    case 'windows-1252':
    case 'latin-1':
    case 'macintosh':
      return decoder8(encoding)
    default:
      return decoderOfPlatform(encoding)
  }
}

/** Node has the tables of all encodings of the Encoding Standard. What it cannot decode becomes a byte that is not UTF-8. */
function decoderOfPlatform(encoding: string): Decoder {
  // the Encoding Standard decodes both alike; Node only the second as the standard says
  const decoder = new TextDecoder(encoding === 'gbk' ? 'gb18030' : encoding)
  const invalid = MULTI_BYTE.has(encoding) ? NO_CHARACTERS : '\ufffd'
  return (block, last) => {
    const text = decoder.decode(block, { stream: !last })
    const parts = text.split(invalid)
    if (parts.length === 1) return Buffer.from(text)
    return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [Buffer.from(part)] : [NO_CHARACTER, Buffer.from(part)])))
  }
}

/** What Node makes of bytes that are no character in an encoding of two bytes. */
const NO_CHARACTERS = /[\ufffd\uf8f8\x80-\x9f]/
const NO_CHARACTER = Buffer.from([0xff])

function decoder32(swapped: boolean): Decoder {
  let left = Buffer.alloc(0)
  return (block, last) => {
    const bytes = Buffer.concat([left, block])
    const whole = bytes.length & ~3
    const parts: Buffer[] = []
    for (let at = 0; at < whole; at += 4) {
      const code = swapped ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
      const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      parts.push(isCharacter ? Buffer.from(String.fromCodePoint(code)) : NO_CHARACTER)
    }
    left = Buffer.from(bytes.subarray(whole))
    return Buffer.concat(last && left.length > 0 ? [...parts, NO_CHARACTER] : parts)
  }
}

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
