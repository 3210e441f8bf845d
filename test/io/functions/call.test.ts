/** What a step returns is accounted for row by row. */
// biome-ignore-all lint/suspicious/noExplicitAny: what an author writes can be anything
import { describe, expect, it } from 'vitest'
import { callAndLocate, callStep, type RowFailure } from '#io/functions/call.ts'
import type { OwnStep, StepTools } from '#io/functions/step.ts'

const columns = [
  { name: 'id', type: 'integer' },
  { name: 'note', type: 'text' },
]
const message = (count: number) => ({
  rows: Array.from({ length: count }, (_, at) => [`${at}`, `note ${at}`]),
  columns,
  output: [...columns, { name: 'more', type: 'text' }],
})
const tools = { with: {}, http: async () => new Response(), secret: () => '' }
const step = (rows: (batch: any[], tools: StepTools) => unknown, more: Partial<OwnStep> = {}): OwnStep =>
  ({ name: 'tried', columns: { more: 'text?' }, ...more, rows }) as OwnStep

const failureOf = (one: OwnStep, count = 3) =>
  callAndLocate(one, message(count), tools).then(
    () => undefined,
    (error: RowFailure) => error.failure,
  )

describe('rows that are accounted for', () => {
  it('are those returned and those rejected, in any order', async () => {
    const one = step((batch, { reject }) => batch.map((row) => (row.id === 1 ? reject(row, 'odd') : { ...row, more: 'x' })).reverse())
    const { made, rejected } = await callStep(one, message(3), tools)
    expect(made).toEqual([
      [2, ['2', 'note 2', 'x']],
      [0, ['0', 'note 0', 'x']],
    ])
    expect(rejected).toEqual([[1, 'odd']])
  })

  it('are those rejected without being returned, and those written anew in their order', async () => {
    const one = step((batch, { reject }) => {
      reject(batch[0], 'first')
      return batch.slice(1).map(({ id, note }) => ({ id, note, more: null }))
    })
    const { made } = await callStep(one, message(3), tools)
    expect(made.map(([row]) => row)).toEqual([1, 2])
  })

  it('may be several for one where the step says so', async () => {
    const one = step(
      (batch) =>
        batch.flatMap((row) => [
          { ...row, more: 'a' },
          { ...row, more: 'b' },
        ]),
      { fan_out: true },
    )
    const { made } = await callStep(one, message(2), tools)
    expect(made.map(([row]) => row)).toEqual([0, 0, 1, 1])
  })

  it('keep values that were not changed, whatever they are', async () => {
    const { made } = await callStep(
      step((batch) => batch.map((row) => ({ ...row, more: null }))),
      {
        rows: [['294247-01-10 (BC)', null]],
        columns: [
          { name: 'id', type: 'date' },
          { name: 'note', type: 'text' },
        ],
        output: [{ name: 'id', type: 'date' }, ...message(0).output.slice(1)],
      },
      tools,
    )
    expect(made).toEqual([[0, ['294247-01-10 (BC)', null, null]]])
  })
})

describe('a step fails that', () => {
  it.each<[string, OwnStep, string, number | null]>([
    ['loses a row', step((batch) => batch.slice(1).map((row) => ({ ...row, more: '' }))), 'neither returned the row nor rejected it', 0],
    [
      'loses rows written anew',
      step((batch) => batch.slice(1).map(({ id, note }) => ({ id, note, more: '' }))),
      'was given 3 rows, returned 2 and rejected 0: 1 are lost',
      null,
    ],
    [
      'returns a row twice',
      step((batch) => [...batch, batch[1]].map((row) => ({ ...row, more: '' }))),
      'made 2 rows of one, which it may only with `fan_out: true`',
      1,
    ],
    [
      'returns rows of nothing',
      step((batch) => [...batch.map((row) => ({ ...row, more: '' })), { id: 9, note: '', more: '' }]),
      'a row that is not made of a row it was given',
      null,
    ],
    [
      'returns a row it rejected',
      step((batch, { reject }) => {
        reject(batch[2], 'x')
        return batch.map((row) => ({ ...row, more: '' }))
      }),
      'returned a row that it rejected',
      2,
    ],
    ['returns no list', step(() => 'done'), 'returned "done" in place of a list', null],
    ['returns no rows', step((batch) => batch.map(() => 1)), 'returned 1 in place of a row', null],
    ['returns nothing in a row’s place', step((batch) => batch.map(() => undefined)), 'returned undefined in place of a row', null],
    ['forgets a column', step((batch) => batch), 'a row without the column `more`', 0],
    [
      'adds a column',
      step((batch) => batch.map((row) => ({ ...row, more: '', moer: '' }))),
      'the column `moer`, which is neither in the data nor declared',
      0,
    ],
    [
      'returns a wrong type',
      step((batch) => batch.map((row) => ({ ...row, more: row.id === 2 ? 7 : '' }))),
      'the column `more` is 7, which is no text',
      2,
    ],
    ['throws for a row', step((batch) => batch.map((row) => (row.id === 2 ? row.none.x : { ...row, more: '' }))), 'threw TypeError', 2],
    [
      'throws for rows together',
      step((batch) => {
        if (batch.length > 1) throw new Error('too many')
        return batch.map((row) => ({ ...row, more: '' }))
      }),
      'threw Error: too many',
      null,
    ],
    [
      'throws something else',
      step(() => {
        throw 'no'
      }),
      'threw "no"',
      0,
    ],
    ['rejects without a reason', step((batch, { reject }) => batch.map((row) => reject(row, ' '))), 'reject needs a reason', 0],
    [
      'rejects what is no row',
      step((batch, { reject }) => batch.map(() => reject({}, 'x'))),
      'reject was given {}, which is no row of the batch',
      0,
    ],
  ])('%s', async (_, one, why, row) => {
    const failure = await failureOf(one)
    expect(failure?.message).toContain(why)
    expect(failure?.row).toBe(row)
  })
})
