/** Which repeats a pass reads: those of the survey at first, those that were settled in later rounds. */
import { expect, it } from 'vitest'
import { membersIn, repeatsIn } from '#data/pass/repeats-in.ts'
import { encodeRepeats, type Repeat } from '#data/survey/repeats.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { flagOf } from './fates.ts'

const SPACE = workspace('r')
const repeats = (...rows: readonly number[]) => rows.map((row): Repeat => [row, 0, 0])
const OBJECTS = new Map([
  [SPACE.repeats('look', 3, 1), encodeRepeats({ repeats: repeats(4, 6), kept: [2] })],
  [SPACE.repeats('look', 5, 1), encodeRepeats({ repeats: [], kept: [7] })],
  [SPACE.settledRepeats('tidy', 0, 1), encodeRepeats({ repeats: repeats(6), kept: [] })],
  [SPACE.settledRepeats('tidy', 1, 1), encodeRepeats({ repeats: repeats(7), kept: [] })],
])
const WHERE = {
  store: { read: async (key: string) => OBJECTS.get(key) } as unknown as Store,
  workspace: SPACE,
  step: 'tidy',
}
const key = (set: number) => ({ survey: 'look', set, after: 0 })

it('the repeats of a key are those of its survey in the first round, and those settled for the step later', async () => {
  expect(await repeatsIn(key(3), 0, 1, 0, WHERE)).toEqual(repeats(4, 6))
  expect(await repeatsIn(key(3), 0, 1, 1, WHERE)).toEqual(repeats(6))
  expect(await repeatsIn(key(5), 1, 1, 1, WHERE)).toEqual(repeats(7))
})

it('the members of each flag about repeats are those of the survey in every round; which of them repeat another may change', async () => {
  const flags = [
    flagOf({ fate: 'quarantine', about: 'row' }, 0),
    { ...flagOf({ fate: 'deduplicate', about: 'key' }, 1), key_set: key(3) },
    { ...flagOf({ fate: 'keep', about: 'key' }, 2), key_set: key(5) },
  ]
  const members = async (round: number) =>
    [...(await membersIn(flags, 1, round, WHERE))].map(([flag, { rows, repeats: own }]) => [flag, [...rows], [...own]])
  expect(await members(0)).toEqual([
    [1, [2, 4, 6], [0, 1, 1]],
    [2, [7], [0]],
  ])
  expect(await members(1)).toEqual([
    [1, [2, 4, 6], [0, 0, 1]],
    [2, [7], [1]],
  ])
})
