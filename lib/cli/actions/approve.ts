/** What approve does for a run on this machine. */
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { Plan } from '#language/compiler/plan.ts'
import { findRun } from '#run/runs/list.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { commandOn, storeFolder } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { decide, waitsForDecision } from './decide.ts'

export async function approveRun(args: Args, terminal: Terminal): Promise<number> {
  if (isOnAws(args, 'approve')) return (await import('./approve-aws.ts')).approveAwsRun(args, terminal)
  const folder = storeFolder(args, terminal)
  const { record, state } = await findRun(args.positionals[0] ?? '', folder)
  const store = folderStore(folder)
  const plan = await readJson<Plan>(store, workspace(record.id).plan)
  const steps = plan.stages.flat().flatMap((unit) => (unit.unit === 'control' && waitsForDecision(unit.step.type) ? [unit.step.id] : []))
  return decide({ id: record.id, store, steps, state, resume: commandOn(record.id, folder, terminal)('resume') }, args, terminal)
}
