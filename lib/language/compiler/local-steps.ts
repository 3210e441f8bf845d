/** Steps that run on a laptop only, as problems of a deployment. */
import type { Problem } from '#language/definition/problem.ts'
import { kindOf } from '#steps/index.ts'
import { type Compiled, pathOf } from './compile.ts'
import { stepsOf, unitsOf } from './plan.ts'

/** One problem for each step whose kind does not run on AWS. */
export function localSteps({ plan, definition, map }: Compiled, file: string): readonly Problem[] {
  return unitsOf(plan)
    .flatMap(stepsOf)
    .flatMap(({ id, type }): Problem[] => {
      const why = kindOf(type)?.local
      if (why === undefined) return []
      const path = pathOf(definition, id)
      const { line, column } = map.at(path)
      return [
        {
          code: 'unsupported-key',
          level: 'error',
          file,
          line,
          column,
          path: map.written(path),
          what: `\`${id}\` is a ${type} step, which cannot be deployed: ${why}`,
          hint: 'use steps that work on rows or files, such as process and report',
        },
      ]
    })
}
