/** The repeats a pass uses: as found by surveys, or as settled after a first pass. */
import type { Flag } from '#relational/operations/lowered-pass.ts'
import type { KeyReference } from '#relational/operations/ops.ts'
import { decodeRepeats, type Repeat, type Repeats } from '#data/survey/repeats.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readBytes } from '#io/workspace/json-store.ts'
import { type Members, membersOf } from './members.ts'
import { listedFlags } from './tally.ts'

export type Where = Pick<TaskContext, 'store' | 'workspace' | 'step'>

const surveyed = async ({ survey, set }: KeyReference, batch: number, { store, workspace }: Where): Promise<Repeats> =>
  decodeRepeats(await readBytes(store, workspace.repeats(survey, set, batch)))

/** The repeats of a flag in a round; `number` counts the flags about repeats. */
export async function repeatsIn(key: KeyReference, number: number, batch: number, round: number, where: Where): Promise<readonly Repeat[]> {
  if (round === 0) return (await surveyed(key, batch, where)).repeats
  return decodeRepeats(await readBytes(where.store, where.workspace.settledRepeats(where.step, number, batch))).repeats
}

/** For each flag about repeats, the rows of a batch whose key occurs more than once. */
export async function membersIn(flags: readonly Flag[], batch: number, round: number, where: Where): Promise<ReadonlyMap<number, Members>> {
  const members = new Map<number, Members>()
  for (const [number, at] of listedFlags(flags).entries()) {
    const key = (flags[at] as Flag).key_set as KeyReference
    const found = await surveyed(key, batch, where)
    const repeated = round === 0 ? undefined : (await repeatsIn(key, number, batch, round, where)).map(([row]) => row)
    members.set(at, membersOf(found, repeated))
  }
  return members
}
