import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meaningsOfShape, SEMANTIC_SHAPES } from '#relational/infer/semantics.ts'
import { trimmedText } from '#core/text/white-space.ts'

const EXAMPLES: readonly (readonly [meaning: string, cells: readonly string[]])[] = [
  ['email', ['ann@example.org', '1@a.b', '+x@y.zz', 'é@é.fr']],
  ['url', ['http://a', 'HTTPS://example.org/x?y=1', 'ftp://files']],
  ['uuid', ['0a1b2c3d-0000-1111-2222-0123456789AB']],
  ['ip', ['1.2.3.4', '255.255.255.255']],
  ['phone', ['5551234', '+1 (555) 123-4567', '(030) 12 34 56', '.1234567', '-1234567', '+12345678901234567890']],
  ['time_of_day', ['9:05', '23:59:59.123', '7:30 p.m.']],
  ['year_range', ['1999-2003', '2019/20', '2001 – 2004']],
  ['country', ['Germany', 'u.s.a.', 'Åland Islands', 'DE', 'côte d’ivoire', 'South Korea']],
]

describe('the meanings that the shape of a cell shows', () => {
  it.each(EXAMPLES)('include %s', (meaning, cells) => {
    for (const cell of cells) expect([cell, meaningsOfShape(cell)]).toEqual([cell, expect.arrayContaining([meaning])])
  })

  it('are those of all shapes: the cheap test before a shape never decides otherwise', () => {
    const character = fc.constantFrom(...'09af:/@. +-()–pm', '\t', 'é', 'Å', 'z')
    const cell = fc.oneof(
      fc.string({ unit: character, maxLength: 40 }),
      fc.constantFrom(...EXAMPLES.flatMap(([, cells]) => cells)),
      fc.string(),
    )
    fc.assert(
      fc.property(cell, (given) => {
        const trimmed = trimmedText(given)
        expect(meaningsOfShape(trimmed)).toEqual(SEMANTIC_SHAPES.flatMap(({ name, shape }) => (shape.test(trimmed) ? [name] : [])))
      }),
      { numRuns: 2000 },
    )
  })
})
