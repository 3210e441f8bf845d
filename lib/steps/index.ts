/** The one list of step kinds. To add a kind: its folder, and a line here. */
import { clean } from './clean/spec.ts'
import { discover } from './discover/spec.ts'
import { exportStep } from './export/spec.ts'
import { lineage } from './lineage/spec.ts'
import { monitor } from './monitor/spec.ts'
import { profile } from './profile/spec.ts'
import { schema } from './schema/spec.ts'
import type { StepKind } from './step.ts'
import { transform } from './transform/spec.ts'
import { validate } from './validate/spec.ts'

export const STEP_KINDS = [discover, schema, profile, clean, transform, validate, exportStep, lineage, monitor] as const

/** The kind of that name, its settings' type forgotten: the one place where it is. */
export function kindOf(type: string): StepKind | undefined {
  return STEP_KINDS.find((kind) => kind.kind === type) as StepKind | undefined
}
