/** What a definition asks for that only this machine can do, as problems of a deployment. */
import type { Problem } from '#language/definition/problem.ts'
import { kindOf } from '#steps/index.ts'
import { type Compiled, pathOf } from './compile.ts'
import { stepsOf, unitsOf } from './plan.ts'

/** One problem for each step whose kind does not run on AWS, and those of `notOnAws`. */
export function onlyLocal(compiled: Compiled, file: string): readonly Problem[] {
  const steps = unitsOf(compiled.plan)
    .flatMap(stepsOf)
    .flatMap(({ id, type }): Problem[] => {
      const why = kindOf(type)?.local
      if (why === undefined) return []
      const what = `\`${id}\` is a ${type} step, which cannot be deployed: ${why}`
      const hint = 'use steps that work on rows or files, such as process and report'
      return [{ code: 'unsupported-key', level: 'error', what, hint, ...placeOf(pathOf(compiled.definition, id), compiled, file) }]
    })
  return [...steps, ...notOnAws(compiled, file)]
}

/** Settings that a deployment cannot keep yet, although their steps run on AWS. */
export function notOnAws(compiled: Compiled, file: string): readonly Problem[] {
  const past = compiled.definition.schedule?.depends_on_past
  if (past === undefined) return []
  const what = '`depends_on_past` cannot be deployed yet: on AWS a run would start whatever became of the run before it'
  const hint = 'serve the pipeline with `siftstep serve`, which keeps it, or remove the key to deploy'
  return [{ code: 'not-available', level: 'error', what, hint, ...placeOf(past, compiled, file) }]
}

const placeOf = (path: string, { map }: Compiled, file: string) => ({ file, ...map.at(path), path: map.written(path) })
