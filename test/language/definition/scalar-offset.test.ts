import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMap, isScalar, parseDocument, type Scalar, stringify } from 'yaml'
import { valueOffset } from '#language/definition/scalar-offset.ts'

function scalarOf(text: string): Scalar {
  const { contents } = parseDocument(text)
  const value = isMap(contents) ? contents.items[0]?.value : undefined
  if (!isScalar(value)) throw new Error('there is no scalar')
  return value
}

/** For each character of the value, the character of the source it is said to stand at. */
const read = (text: string): string => {
  const scalar = scalarOf(text)
  return [...String(scalar.value)].map((_, index) => text[valueOffset(text, scalar, index) ?? -1] ?? '?').join('')
}

describe('valueOffset', () => {
  it('finds every character of a scalar as it is written', () => {
    expect(read('a: some text # not this\n')).toBe('some text')
    expect(read("a: 'it''s'\n")).toBe("it's")
    expect(read('a: "x\\ty"\n')).toBe('x\\y')
    expect(read('a: "\\u0041b"\n')).toBe('\\b')
    expect(read('a: |\n  one\n   two\n')).toBe('one\n two\n')
    expect(read('a: >-\n  one\n  two\n\n  three\n')).toBe('one\ntwo\nthree')
    expect(read('a: one\n  two\n')).toBe('one\ntwo')
    expect(read('a: "one\n  two\n\n  three"\n')).toBe('one\ntwo\nthree')
    expect(read('a: "one \\\n  two"\n')).toBe('one two')
  })

  it('knows where the end is, and that there is nothing after it', () => {
    const text = 'a: abc\n'
    expect(valueOffset(text, scalarOf(text), 3)).toBe(6)
    expect(valueOffset(text, scalarOf(text), 4)).toBeUndefined()
  })

  it('holds for any text in any style: a plain character stands where it is said to', () => {
    const letters = fc.array(fc.constantFrom(...'ab .,\n\'"\\#:{}é😀\t-'), { maxLength: 40 }).map((parts) => parts.join(''))
    const styles = fc.constantFrom('QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED', 'PLAIN')
    let compared = 0
    fc.assert(
      fc.property(letters, styles, fc.constantFrom('\n', '\r\n'), fc.constantFrom(20, 80), (value, style, lineEnd, lineWidth) => {
        const text = stringify({ a: value }, { defaultStringType: style as 'PLAIN', lineWidth }).replaceAll('\n', lineEnd)
        const scalar = scalarOf(text)
        const written = String(scalar.value)
        for (let index = 0; index < written.length; index++) {
          const offset = valueOffset(text, scalar, index)
          if (offset === undefined || !/[ab.,#:{}é-]/.test(written[index] ?? '')) continue
          compared++
          expect(text[offset]).toBe(written[index])
        }
      }),
      { numRuns: 2000 },
    )
    expect(compared).toBeGreaterThan(5000)
  })

  it('finds the place in almost every case', () => {
    const texts = [
      "a: 'x {{ y }} ''z'''\n",
      'a: "x\\n{{ y }}"\n',
      'a: |-\n    CASE\n      WHEN {{ y }}\n    END\n',
      'a: >\n  x >\n  {{ y }}\n',
    ]
    for (const text of texts) {
      const scalar = scalarOf(text)
      expect(text.slice(valueOffset(text, scalar, String(scalar.value).indexOf('{{'))).startsWith('{{ y }}')).toBe(true)
    }
  })
})
