/** Metrics as text: whatever a label or a help holds is read back, and each value. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exposition } from '#core/text/exposition.ts'
import { readExposition } from '../../kit/prometheus.ts'

describe('metrics as text', () => {
  it.each(['plain', 'a "quoted" name', 'C:\\new', 'two\nlines', 'ends with \\', '{a="b"} 1', 'naïve, ✓', ''])(
    'keep the label %j',
    (label) => {
      const text = exposition([{ name: 'rows', type: 'gauge', help: `Of ${label}`, samples: [{ labels: { pipeline: label }, value: 3 }] }])
      expect(readExposition(text)).toEqual([
        { name: 'rows', type: 'gauge', help: `Of ${label}`, samples: [{ labels: { pipeline: label }, value: 3 }] },
      ])
    },
  )

  it('keep every label and every number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double(), (label, value) => {
        const text = exposition([{ name: 'x', type: 'counter', help: 'X.', samples: [{ labels: { a: label, b: '' }, value }] }])
        const [sample] = readExposition(text)[0]?.samples ?? []
        expect(sample?.labels).toEqual({ a: label, b: '' })
        // -0 is written as 0, which is the same number there
        expect(sample?.value === value || (Number.isNaN(value) && Number.isNaN(sample?.value))).toBe(true)
      }),
    )
  })

  it('name and explain each family once, also one without samples', () => {
    const text = exposition([
      { name: 'a', type: 'gauge', help: 'A.', samples: [{ value: 1 }] },
      { name: 'b', type: 'counter', help: 'B.', samples: [] },
    ])
    expect(text).toBe('# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b counter\n')
  })

  it.each([
    ['a 1\n', /no sample/],
    ['# HELP a A.\na 1\n', /no sample/],
    ['# HELP a A.\n# TYPE a gauge\na 1', /does not end/],
    ['# HELP a A.\n# TYPE a gauge\na{b="x"y"} 1\n', /no label/],
    ['# HELP a A.\n# TYPE a gauge\na 1\na 2\n', /twice/],
    ['# HELP a A.\n# TYPE a gauge\n# HELP a A.\n# TYPE a gauge\n', /twice/],
  ])('the reader of the tests refuses %j', (text, message) => {
    expect(() => readExposition(text)).toThrow(message)
  })
})
