/** The rows of the chunks of a source are their records but for the bad ones, wherever these stand. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rowsOfChunks } from '#data/dataset/chunk-rows.ts'

const badOnes = (records: readonly number[]) => records.map((record) => ({ record, line: record, start: 0, end: 0, reason: '' }))

/** Chunks of so many records each, numbered from 1. */
function chunksOf(sizes: readonly number[]) {
  let first = 1
  return sizes.map((records) => {
    const chunk = { start: 0, end: 0, first, line: 0, records }
    first += records
    return chunk
  })
}

it('are all records where none is bad', () => {
  expect(rowsOfChunks({ chunks: chunksOf([3, 3, 1]), bad: [] })).toEqual([3, 3, 1])
  expect(rowsOfChunks({ chunks: [], bad: badOnes([1]) })).toEqual([])
})

it('lack the bad ones of their chunk, first and last in it, in whatever order they are listed', () => {
  expect(rowsOfChunks({ chunks: chunksOf([3, 3, 0, 1]), bad: badOnes([7, 3, 4, 1, 6]) })).toEqual([1, 1, 0, 0])
  // no chunk has these
  expect(rowsOfChunks({ chunks: chunksOf([3, 3]), bad: badOnes([0, 7]) })).toEqual([3, 3])
})

it('are those that counting chunk by chunk gives', () => {
  const sizes = fc.array(fc.nat({ max: 5 }), { maxLength: 12 })
  fc.assert(
    fc.property(sizes, fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 40 }), (own, records) => {
      const chunks = chunksOf(own)
      const within = (first: number, count: number) => records.filter((record) => record >= first && record < first + count).length
      expect(rowsOfChunks({ chunks, bad: badOnes(records) })).toEqual(chunks.map((one) => one.records - within(one.first, one.records)))
    }),
  )
})

it('take no time in the product of chunks and bad records', () => {
  const count = 200_000
  const chunks = chunksOf(Array.from({ length: count }, () => 1))
  // of the product, 40 billion comparisons would not end
  expect(rowsOfChunks({ chunks, bad: badOnes(Array.from({ length: count }, (_, at) => at + 1)) }).every((rows) => rows === 0)).toBe(true)
})
