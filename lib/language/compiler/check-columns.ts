/** Checks the columns that steps name against the columns left by earlier steps, as far as they are known before a run. */
import type { Step } from '#language/definition/definition.ts'
import { kindOf } from '#steps/index.ts'
import { ANY_COLUMNS, either, followColumns, type KnownColumns } from '#steps/kind/known-columns.ts'
import { nearest } from '#core/text/nearest.ts'
import type { PlanProblem } from './problems.ts'

export interface CheckedColumns {
  readonly problems: readonly PlanProblem[]
  /** What is known of the columns that come into each step. */
  readonly before: ReadonlyMap<string, KnownColumns>
}

/** `steps` in order; `parents` maps a step to the step whose rows it reads. */
export function checkColumns(steps: readonly Step[], parents: ReadonlyMap<string, string>): CheckedColumns {
  const left = new Map<string, KnownColumns>()
  const into = new Map<string, KnownColumns>()
  const problems = steps.flatMap((step) => {
    const before = left.get(parents.get(step.id) ?? '') ?? ANY_COLUMNS
    into.set(step.id, before)
    const { missing, known } = follow(step, step.with, before)
    const ways = step.on_error.fallback.map((settings) => follow(step, settings, before).known)
    // if a step is skipped or fails without ending the run, later steps read the rows it would have read
    const mayBeSkipped = step.condition !== undefined || step.on_error.continue_on_error
    left.set(step.id, [...ways, ...(mayBeSkipped ? [before] : [])].reduce(either, known))
    return missing.map(({ path, name, known: here }): PlanProblem => {
      const names = [...here.there.values()]
      const meant = here.complete ? nearest(name, names) : undefined
      const list = here.complete ? `the columns here are ${names.join(', ')}` : 'an operation before it drops or renames the column'
      return {
        code: 'unknown-column',
        step: step.id,
        path: ['with', ...path],
        what: `\`${step.id}\` reads the column \`${name}\`, which does not exist at this point`,
        hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}${list}`,
      }
    })
  })
  return { problems, before: into }
}

function follow(step: Step, settings: Step['with'], before: KnownColumns) {
  const kind = kindOf(step.type)
  return followColumns(kind?.columns?.(kind.config.parse(settings)) ?? [], before)
}
