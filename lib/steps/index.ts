/** The list of step kinds. To add a kind: add its folder, and a line here. */
import { approval } from '#steps/approval/spec.ts'
import { archive } from '#steps/archive/spec.ts'
import { clean } from '#steps/clean/spec.ts'
import { detectChanges } from '#steps/detect_changes/spec.ts'
import { detectAnomalies } from '#steps/detect_anomalies/spec.ts'
import { discover } from '#steps/discover/spec.ts'
import { exportStep } from '#steps/export/spec.ts'
import { functionStep } from '#steps/function/spec.ts'
import { gate } from '#steps/gate/spec.ts'
import { lambda } from '#steps/lambda/spec.ts'
import { lineage } from '#steps/lineage/spec.ts'
import { monitor } from '#steps/monitor/spec.ts'
import { notify } from '#steps/notify/spec.ts'
import { profile } from '#steps/profile/spec.ts'
import { report } from '#steps/report/spec.ts'
import { schema } from '#steps/schema/spec.ts'
import { sensor } from '#steps/sensor/spec.ts'
import { shell } from '#steps/shell/spec.ts'
import { stats } from '#steps/stats/spec.ts'
import { sql } from '#steps/sql/spec.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { todo } from '#steps/todo/spec.ts'
import { transform } from '#steps/transform/spec.ts'
import { validate } from '#steps/validate/spec.ts'
import { verify } from '#steps/verify/spec.ts'

export const STEP_KINDS = [
  sensor,
  approval,
  discover,
  detectChanges,
  schema,
  profile,
  detectAnomalies,
  clean,
  transform,
  validate,
  sql,
  functionStep,
  exportStep,
  lambda,
  archive,
  lineage,
  monitor,
  verify,
  gate,
  report,
  stats,
  shell,
  notify,
  todo,
] as const

/** The kind of that name. Only this function drops the types of a kind's settings. */
export function kindOf(type: string): StepKind | undefined {
  return STEP_KINDS.find((kind) => kind.kind === type) as StepKind | undefined
}
