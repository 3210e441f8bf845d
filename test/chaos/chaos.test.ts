/** The driver of `npm run chaos`, and some cases of the kinds that run in the process of the test; the others have tests of whole runs. */
import { describe, expect, it } from 'vitest'
import { type Disturbance, Skipped } from '../../scripts/chaos/disturbance.ts'
import { DISTURBANCES } from '../../scripts/chaos/disturbances.ts'
import { longLinesOf } from '../../scripts/chaos/long-lines.ts'
import { recordsOf } from '../../scripts/chaos/records.ts'
import { failuresOf, tableOf } from '../../scripts/chaos/table.ts'
import { type Choice, inThisProcess, tryCases } from '../../scripts/chaos/try.ts'
import { seed } from '../kit/seed.ts'

const choice: Choice = { first: 0, count: 6, seed: 7, lanes: 2, until: Number.POSITIVE_INFINITY }

function disturbance(one: (number: number, random: () => number) => string): Disturbance {
  const cases = { usual: 6, short: 1 }
  return {
    name: 'made-up',
    title: 'Something',
    holds: 'all',
    cases,
    inProcess: true,
    open: async () => ({ one: async (...given) => one(...given) }),
  }
}

describe('cases', () => {
  it('are counted by what was done, and failures printed with the command that tries them again', async () => {
    const outcome = await tryCases(
      disturbance((number) => {
        if (number === 2) throw new Error('row 17 is gone')
        if (number === 4) throw new Error('row 18 is gone')
        if (number === 5) throw new Skipped('skipped: no disk')
        return number === 0 ? 'begun' : 'done'
      }),
      choice,
      inThisProcess,
    )
    expect(Object.fromEntries(outcome.held)).toEqual({ begun: 1, done: 2 })
    expect(failuresOf(outcome, 7)).toEqual([
      'FAILED 2 times, first made-up case 2: row 17 is gone\n  again: npm run chaos -- --only made-up --seed 7 --first 2 --cases 1',
    ])
    expect(tableOf([outcome]).split('\n').at(-1)).toBe('| Something | 5 | 3 | 2 | all | 2 × done; 1 × begun; 1 × skipped: no disk |')
  })

  it('draw the same chance whatever is tried before them', async () => {
    const drawn = async (first: number, count: number) => {
      const seen = new Map<number, number>()
      await tryCases(
        disturbance((number, random) => {
          seen.set(number, random())
          return 'done'
        }),
        { ...choice, first, count },
        inThisProcess,
      )
      return seen
    }
    const [all, one] = [await drawn(0, 6), await drawn(3, 1)]
    expect(one.get(3)).toBe(all.get(3))
    expect(new Set(all.values()).size).toBe(6)
  })
})

it.each(DISTURBANCES.filter(({ inProcess }) => inProcess))('$name: $holds', async (one) => {
  const outcome = await tryCases(one, { ...choice, count: 14, seed, lanes: 1 }, inThisProcess)
  expect(failuresOf(outcome, seed)).toEqual([])
  expect([...outcome.held.values()].reduce((sum, count) => sum + count, 0)).toBe(14)
})

it('the memory of a run does not grow with a line that is too long', async () => {
  const outcome = await tryCases(longLinesOf(300_000_000), { ...choice, count: 1, lanes: 1 }, inThisProcess)
  expect(failuresOf(outcome, 7)).toEqual([])
})

it.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,"b ""c"", d"\r\n"two\nlines",\n',
    [
      ['a', 'b "c", d'],
      ['two\nlines', ''],
    ],
  ],
  ['a,', [['a', '']]],
  ['\n', [['']]],
])('reads the records of %j', (text, records) => {
  expect(recordsOf(text)).toEqual(records)
})
