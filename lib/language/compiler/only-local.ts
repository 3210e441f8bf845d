/** What a definition asks for that only this machine can do, as problems of a deployment. */
import { distinctProblems, type Problem } from '#language/definition/problem.ts'
import type { Step } from '#language/definition/definition.ts'
import { referencesIn } from '#language/definition/references.ts'
import { addressIn, onlyHere } from '#steps/kind/addresses.ts'
import { kindOf } from '#steps/index.ts'
import { type Compiled, pathOf } from './compile.ts'
import { addressSettings } from './places.ts'
import { stepsOf, unitsOf } from './plan.ts'

/** One problem for each step whose kind does not run on AWS, and those of `notOnAws`. */
export function onlyLocal(compiled: Compiled, file: string): readonly Problem[] {
  const kinds = stepsIn(compiled).flatMap(({ id, type }): Problem[] => {
    const why = kindOf(type)?.local
    if (why === undefined) return []
    const what = `\`${id}\` is a ${type} step, which cannot be deployed: ${why}`
    const hint = 'use steps that work on rows or files, such as process and report'
    return [{ code: 'unsupported-key', level: 'error', what, hint, ...placeOf(pathOf(compiled.definition, id), compiled, file) }]
  })
  return [...kinds, ...notOnAws(compiled, file)]
}

/**
 * One problem for each address of this machine that a step names itself; what an input holds is known when a run starts. A template can be
 * made of such a definition, but its runs would find nothing.
 */
export const localAddresses = (compiled: Compiled, file: string): readonly Problem[] =>
  distinctProblems(stepsIn(compiled).flatMap((step) => localIn(step, compiled, file)))

const stepsIn = ({ plan }: Compiled) => unitsOf(plan).flatMap(stepsOf)

const localIn = (step: Step, compiled: Compiled, file: string): readonly Problem[] =>
  addressSettings(step).flatMap(({ path, use, value }): Problem[] => {
    if (referencesIn(value, () => false).any) return []
    const uri = addressIn(value)
    const why = onlyHere(uri)
    if (why === undefined) return []
    const what = `\`${step.id}\` ${use === 'read' ? 'reads' : 'writes'} ${uri}, which cannot be deployed: ${why}`
    const hint = 'write an address such as s3://bucket/folder, or an input that the start of a run gives'
    const at = [pathOf(compiled.definition, step.id), ...path].join('.')
    return [{ code: 'unsupported-key', level: 'error', what, hint, ...placeOf(at, compiled, file) }]
  })

/** Settings that a deployment cannot keep yet, although their steps run on AWS. */
export function notOnAws(compiled: Compiled, file: string): readonly Problem[] {
  const past = compiled.definition.schedule?.depends_on_past
  if (past === undefined) return []
  const what = '`depends_on_past` cannot be deployed yet: on AWS a run would start whatever became of the run before it'
  const hint = 'serve the pipeline with `siftstep serve`, which keeps it, or remove the key to deploy'
  return [{ code: 'not-available', level: 'error', what, hint, ...placeOf(past, compiled, file) }]
}

const placeOf = (path: string, { map }: Compiled, file: string) => ({ file, ...map.at(path), path: map.written(path) })
