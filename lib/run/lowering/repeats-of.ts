/** Proves that every duplicate repeats a written row; where the choice of the survey fails, decides anew. */
import type { Flag } from '#relational/operations/lowered-pass.ts'
import type { Again } from '#core/task/task.ts'
import { repeatsIn, type Where } from '#data/pass/repeats-in.ts'
import { decodeFates } from '#data/pass/members.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { type RepeatFlag, raisedRepeats, settle, unprovenRepeats } from '#data/pass/settle.ts'
import { TaskError } from '#core/errors/errors.ts'
import { encodeRepeats, type Repeat } from '#data/survey/repeats.ts'
import { readBytes, writeJson } from '#io/workspace/json-store.ts'
import { count } from '#core/text/numbers.ts'
import type { LoweredStep } from './lower-steps.ts'
import { keySetOf } from './lower-pass.ts'

/** The batches that need a second pass. */
export interface SettledFile {
  readonly affected: readonly number[]
}

/** All flags about repeats, with the fate of their rows in all batches. */
async function repeatFlags(
  flags: readonly Flag[],
  steps: readonly LoweredStep[],
  batches: number,
  round: number,
  where: Where,
): Promise<readonly RepeatFlag[]> {
  const listed = flags.flatMap(({ key_set, fate }) => (key_set === null ? [] : [{ key: key_set, removes: fate !== 'keep' }]))
  if (listed.length === 0) return []
  const fates: ReturnType<typeof decodeFates>[] = []
  for (let batch = 0; batch < batches; batch++)
    fates.push(decodeFates(await readBytes(where.store, where.workspace.fates(where.step, batch))))
  const found: RepeatFlag[] = []
  for (const [number, { key, removes }] of listed.entries()) {
    const repeats: (readonly Repeat[])[] = []
    for (let batch = 0; batch < batches; batch++) repeats.push(await repeatsIn(key, number, batch, round, where))
    const own = fates.map((all) => all[number] ?? { rows: new Uint32Array(), fates: new Uint32Array(), proofs: new BigUint64Array() })
    found.push({ keep: keySetOf(key, steps).keep, removes, repeats, fates: own })
  }
  return found
}

/**
 * Whether the batches need another pass: the first pass showed that a row other than the survey's choice stays. Accounting.Imbalance if
 * a duplicate is not shown to repeat a written row, or if the counts of rows differ from the rows removed.
 */
export async function isUnsettled(
  outcomes: readonly Pick<Outcome, 'flags'>[],
  steps: readonly LoweredStep[],
  round: number,
  where: Where,
): Promise<boolean> {
  const all = outcomes[0]?.flags.map(({ flag }) => flag) ?? []
  const flags = await repeatFlags(all, steps, outcomes.length, round, where)
  if (flags.length === 0) return false
  const unproven = unprovenRepeats(flags)
  if (unproven > 0 && round === 0) {
    await settleAnew(flags, where)
    return true
  }
  if (unproven > 0)
    throw imbalance(
      `${count(unproven, 'duplicate')} of segment ${where.step} ${unproven === 1 ? 'is' : 'are'} not shown to repeat a row that was written`,
    )
  const listed = all.flatMap(({ key_set, fate }, at) => (key_set === null ? [] : [{ at, fate }]))
  for (const [number, flag] of flags.entries()) {
    const { at = 0, fate } = listed[number] ?? {}
    const counted = outcomes.reduce((sum, { flags: own }) => sum + (own[at]?.counts ?? []).reduce((a, b) => a + b, 0), 0)
    const raised = flag.repeats.reduce((sum, _, batch) => sum + raisedRepeats(flag, number, batch).length, 0)
    if (fate !== 'keep' && counted !== raised)
      throw imbalance(`segment ${where.step} removed ${count(counted, 'duplicate')} where ${raised} repeat a row that was written`)
  }
  return false
}

const imbalance = (what: string) =>
  new TaskError('Accounting.Imbalance', what, {
    hint: 'nothing was published; this is a defect of siftstep, please report it with the run folder',
  })

async function settleAnew(flags: readonly RepeatFlag[], { store, workspace, step }: Where): Promise<void> {
  const { repeats, affected } = settle(flags)
  for (const [number, batches] of repeats.entries())
    for (const [batch, own] of batches.entries())
      await store.write(workspace.settledRepeats(step, number, batch), encodeRepeats({ repeats: own, kept: [] }))
  await writeJson(store, workspace.settled(step), { affected } satisfies SettledFile)
}

interface Named {
  readonly id: string
}

/** The answer of commit before a second pass: nothing is final yet. */
export const again = ({ steps, sink }: { readonly steps: readonly Named[]; readonly sink: Named | null }, round: number) => ({
  again: { after_seconds: 0 } satisfies Again,
  round,
  steps: Object.fromEntries([...steps.map(({ id }) => id), ...(sink === null ? [] : [sink.id])].map((id) => [id, {}])),
  reports: [],
  dataset: null,
})
