import { describe, expect, it } from 'vitest'
import { charactersOf, type SingleByte, singleByteOf } from '#io/formats/single-byte.ts'

function encode(text: string, encoding: SingleByte): Uint8Array {
  const characters = charactersOf(encoding)
  return Uint8Array.from([...text].map((character) => (character < '\x80' ? character.charCodeAt(0) : 128 + characters.indexOf(character))))
}

describe('encodings of one byte a character', () => {
  it.each([
    'Café, Bogotá, Müller, São Paulo, Île, Élan',
    'It’s “so” – he said… naïve',
    'price 12 €, © 2024, 20 °C, ½ pint',
    'GRÖSSE, ÉCOLE, Österreich, Ñandú',
    'knowledge\u00a0of cuisines',
    'nothing beyond ASCII',
  ])('are distinguished in %j', (text) => {
    expect(singleByteOf([encode(text, 'windows-1252')])).toBe('windows-1252')
  })

  it.each([
    'Café, Bogotá, Müller, São Paulo',
    'It’s what they don’t say',
    'knowledge\u00a0of cuisines; Not much\u00a0',
    'señor, garçon, naïve, crème brûlée',
  ])('are distinguished in %j of a Macintosh', (text) => {
    expect(singleByteOf([encode(text, 'macintosh')])).toBe('macintosh')
  })

  it('agree with the platform', () => {
    const bytes = Uint8Array.from({ length: 128 }, (_, at) => 128 + at)
    // Node 20 takes windows-1252 for ISO 8859-1, so only the other is compared
    expect(charactersOf('macintosh').join('')).toBe(new TextDecoder('macintosh').decode(bytes))
  })
})
