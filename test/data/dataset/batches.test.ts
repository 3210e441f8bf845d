import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planBatches } from '#data/dataset/batches.ts'

const chunk = fc
  .record({ bytes: fc.integer({ min: 1, max: 100 }), records: fc.integer({ min: 0, max: 9 }) })
  .map((one) => ({ ...one, rows: one.records }))
const sources = fc.array(fc.record({ layout: fc.integer({ min: 0, max: 1 }), chunks: fc.array(chunk, { minLength: 1, maxLength: 12 }) }), {
  maxLength: 6,
})

it('puts every chunk into one batch, in order, a source at most once into each', () => {
  fc.assert(
    fc.property(sources, fc.integer({ min: 1, max: 400 }), (all, target) => {
      const batches = planBatches(all, target)
      const placed = batches.flatMap(({ spans }) =>
        spans.flatMap(({ source, first_chunk, last_chunk }) =>
          Array.from({ length: last_chunk - first_chunk + 1 }, (_, at) => [source, first_chunk + at]),
        ),
      )
      expect(placed).toEqual(all.flatMap(({ chunks }, source) => chunks.map((_, at) => [source, at])))
      for (const { layout, spans, bytes, rows } of batches) {
        expect(new Set(spans.map(({ source }) => source)).size).toBe(spans.length)
        expect(spans.every(({ source }) => all[source]?.layout === layout)).toBe(true)
        const taken = spans.flatMap(({ source, first_chunk, last_chunk }) => all[source]?.chunks.slice(first_chunk, last_chunk + 1) ?? [])
        expect(bytes).toBe(taken.reduce((sum, one) => sum + one.bytes, 0))
        expect(rows).toBe(taken.reduce((sum, one) => sum + one.rows, 0))
        for (const { source, first_chunk, last_chunk, records } of spans) {
          const own = all[source]?.chunks.slice(first_chunk, last_chunk + 1) ?? []
          expect(records).toBe(own.reduce((sum, one) => sum + one.records, 0))
        }
      }
    }),
  )
})
