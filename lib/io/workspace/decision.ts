/** The decision of a person about a run that waits for it: an object in the store of the run. */
import * as z from 'zod'
import { TaskError } from '#core/errors/errors.ts'
import type { Store } from '#io/store/store.ts'
import { findJson, writeJson } from './json-store.ts'
import type { Workspace } from './workspace.ts'

const schema = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string().min(1),
  reason: z.string().nullable(),
  /** ISO 8601. */
  at: z.string().min(1),
})

export type Decision = z.output<typeof schema>

/** Undefined while nobody has decided. Throws Data.Unreadable for an object that is no decision: it may be a rejection. */
export async function readDecision(store: Store, workspace: Workspace, step: string): Promise<Decision | undefined> {
  const key = workspace.approval(step)
  const found = await findJson<unknown>(store, key)
  if (found === undefined) return undefined
  const parsed = schema.safeParse(found)
  if (parsed.success) return parsed.data
  throw new TaskError('Data.Unreadable', `the decision in ${key} cannot be read: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`, {
    step,
    hint: 'decide again with siftstep approve',
  })
}

export const writeDecision = (store: Store, workspace: Workspace, step: string, decision: Decision): Promise<void> =>
  writeJson(store, workspace.approval(step), decision)
