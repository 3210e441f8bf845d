/** A column whose cells are known to be numbers is read without testing their forms, and to the same values. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cellOperation } from '#relational/cells/index.ts'
import type { NumberFormat } from '#relational/types/number-forms.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const formats: fc.Arbitrary<NumberFormat> = fc.record({
  decimal: fc.constantFrom('.', ','),
  grouping: fc.constantFrom('', ',', '.', "'", ' '),
  lakhs: fc.boolean(),
  symbols: fc.subarray(['$', 'A$', 'EUR', 'Fr.', '€', 'e']),
  loose: fc.boolean(),
})

/** Numbers in all forms: most fit some format, and none of them all. */
const cells = fc
  .tuple(
    fc.constantFrom('', '', '-', '+', '(', '\u2212', '+-', '-+', '--'),
    fc.constantFrom('', '', '$', 'A$', 'EUR ', 'Fr. ', '€\u00a0', 'e ', '$ -', '$-'),
    fc.oneof(
      fc.constantFrom(
        '1,234',
        '1.234',
        '12,34,567.8',
        "1'234.50",
        '1 234,5',
        '1\u00a0234',
        '1.234.567,89',
        '007',
        '0',
        '5.',
        '.5',
        '1.5e3',
        '1e+3',
        '12345678901234567890',
        '0.1234567890123456789',
        '1_000',
      ),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Math.abs(value))),
      fc.nat().map(String),
    ),
    fc.constantFrom('', '', '-', ')', ' $', ' EUR', '€', '\u2009Fr.'),
  )
  .map((parts) => parts.join(''))

it('with the values that the tests of forms would let pass', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      formats,
      fc.constantFrom('integer', 'float'),
      fc.array(cells, { minLength: 200, maxLength: 200 }),
      async (format, kind, drawn) => {
        const value = (sound: boolean) => `CAST(${cellOperation(`parse_${kind}`).sql('r0', { ...format, sound }, 'text')} AS VARCHAR)`
        const rows = await database.session.rows(
          `SELECT r0, ${value(false)} AS tested, ${value(true)} AS read FROM (${cellsRelation([...drawn, '', null])}) WHERE ${value(false)} IS NOT NULL OR r0 IS NULL OR r0 = ''`,
        )
        for (const { r0, tested, read } of rows) expect([r0, read]).toEqual([r0, tested])
        compared += rows.length
      },
    ),
    { numRuns: runs(15) },
  )
  expect(compared).toBeGreaterThan(runs(15) * 10)
})
