/** Values that operations made missing, of those that were there when they came. */
import { describe, expect, it } from 'vitest'
import { addLostValues, lostValues } from '#data/pass/lost-values.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'

const flag = (counts: Flag['counts'], fate: Flag['fate'] = 'keep', rule = 'cast') =>
  ({ origin: { step: 's', rule }, column: 'c', fate, counts }) as const

describe('the values an operation made missing', () => {
  it('are of the rows that are still there, without the cells that were missing before', () => {
    const counted = [
      [flag('void'), 5],
      [flag('lost'), 2],
      [flag('rows', 'quarantine'), 10],
      [flag('cells', 'filter'), 20],
      [flag('rows'), 50],
      [flag('cells'), 50],
      [flag('void', 'keep', 'map'), 7],
      [flag('lost', 'keep', 'map'), 3],
    ] as const
    expect(lostValues(100, counted)).toEqual([
      { step: 's', rule: 'cast', column: 'c', lost: 2, values: 95 },
      { step: 's', rule: 'map', column: 'c', lost: 3, values: 63 },
    ])
  })

  it('are all that were there, where none was missing before', () => {
    expect(lostValues(8, [[flag('lost'), 8]])).toEqual([{ step: 's', rule: 'cast', column: 'c', lost: 8, values: 8 }])
    expect(lostValues(8, [[flag('rows', 'deduplicate'), 8]])).toEqual([])
  })

  it('are added up over batches, operation by operation', () => {
    const one = (rule: string, lost: number, values: number) => ({ step: 's', rule, column: 'c', lost, values })
    expect(
      addLostValues([
        [one('a', 1, 10), one('b', 2, 20)],
        [one('a', 3, 30), one('b', 4, 40)],
      ]),
    ).toEqual([one('a', 4, 40), one('b', 6, 60)])
    expect(addLostValues([])).toEqual([])
  })
})
