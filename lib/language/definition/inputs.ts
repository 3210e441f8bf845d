/** Inputs: the declarations of a pipeline, and the values of a run. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from './build-values.ts'
import { type CheckContext, checkShape } from './check-shape.ts'
import { checkNotEvaluated, checkPlain } from './compile-value.ts'
import type { Definition, InputDeclaration } from './definition.ts'
import type { Problem, ProblemText } from './problem.ts'
import { type Path, report } from './parse-context.ts'
import { name as nameSchema } from './atoms.ts'
import { inputDeclaration } from './schema.ts'
import { RESERVED_NAMES } from './scope.ts'
import { fitInput, isOfType, misfit, refusal } from '#language/inputs/fit.ts'
import { shown } from '#language/inputs/shown.ts'

/** The declarations by name; undefined for an invalid one. */
export function readInputs(tree: Json | undefined, context: CheckContext): Map<string, InputDeclaration | undefined> {
  const inputs = new Map<string, InputDeclaration | undefined>()
  if (!isMapping(tree)) return inputs
  for (const [name, given] of Object.entries(tree)) {
    const path = ['inputs', name]
    if (!nameSchema.safeParse(name).success) {
      report(
        context,
        'invalid-id',
        path,
        { what: `invalid input name \`${name}\``, hint: 'allowed: letters, digits and `_`, not starting with a digit' },
        { at: 'key' },
      )
    } else if (RESERVED_NAMES.includes(name)) {
      report(
        context,
        'reserved-name',
        path,
        { what: `\`${name}\` is a reserved name in {{ }}`, hint: `choose another name, such as ${name}_value` },
        { at: 'key' },
      )
    }
    inputs.set(name, readDeclaration(name, given, path, context))
  }
  return inputs
}

/** Whether an input of that name can be read. */
export const isUsableName = (name: string) => nameSchema.safeParse(name).success && !RESERVED_NAMES.includes(name)

function readDeclaration(name: string, given: Json, path: Path, context: CheckContext): InputDeclaration | undefined {
  const parsed = checkShape(inputDeclaration, given, path, { subject: `the input \`${name}\``, keys: 'key' }, context)
  if (parsed === undefined) return undefined
  const { description = '', required = false, ...rest } = parsed
  const declared = dropUndefined({ ...rest, description, required }) as InputDeclaration
  checkNotEvaluated(description, [...path, 'description'], 'a description', context)
  if (declared.default !== undefined) checkPlain(declared.default, [...path, 'default'], 'a default', context)
  if (declared.enum !== undefined) checkPlain(declared.enum, [...path, 'enum'], 'a choice', context)
  const problems = declarationProblems(declared)
  for (const { key, ...problem } of problems)
    report(context, key === 'required' ? 'required-with-default' : 'invalid-input-default', [...path, key], problem)
  return problems.length > 0 ? undefined : declared
}

const dropUndefined = (value: object) => Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined))

function declarationProblems(declared: InputDeclaration): (ProblemText & { key: string })[] {
  const { type, minimum, maximum, required } = declared
  const numeric = type === 'integer' || type === 'number'
  if (!numeric && minimum !== undefined)
    return [{ key: 'minimum', what: `an input of type ${type} cannot have a minimum`, hint: 'remove it, or use type integer or number' }]
  if (!numeric && maximum !== undefined)
    return [{ key: 'maximum', what: `an input of type ${type} cannot have a maximum`, hint: 'remove it, or use type integer or number' }]
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    return [{ key: 'maximum', what: `the maximum ${maximum} is less than the minimum ${minimum}`, hint: 'swap them' }]
  }
  const stray = declared.enum?.find((value) => !isOfType(value, type))
  if (stray !== undefined) return [{ key: 'enum', what: `${shown(stray)} is not of type ${type}`, hint: `list values of type ${type}` }]
  if (required && declared.default !== undefined) {
    return [
      {
        key: 'required',
        what: 'the input is required and has a default',
        hint: 'remove `required`, or the default, which would never be used',
      },
    ]
  }
  if (declared.default === undefined || declared.default === null) return []
  const problem = misfit(declared.default, declared)
  return problem === undefined ? [] : [{ key: 'default', what: `the default ${problem.what}`, hint: problem.hint }]
}

export type ResolvedInputs =
  | { readonly ok: true; readonly inputs: { readonly [name: string]: Json } }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Resolves the inputs of a run: the given values, converted to the declared types, and the defaults. Every declared input is in the result;
 * it is null if it is neither given nor has a default. Texts are converted (`--input n=10`); other JSON must fit as it is.
 */
export function resolveInputs(
  definition: Pick<Definition, 'inputs' | 'unavailable'>,
  given: { readonly [name: string]: Json },
): ResolvedInputs {
  const problems: Problem[] = []
  const names = Object.keys(definition.inputs)
  const add = (code: Problem['code'], flag: string, path: string, text: ProblemText) =>
    problems.push({ code, level: 'error', file: flag, path, ...text })
  const inputs: Record<string, Json> = {}
  for (const [name, declared] of Object.entries(definition.inputs)) {
    if (!Object.hasOwn(given, name)) {
      if (declared.required) add('missing-input', '--input', `inputs.${name}`, missingProblem(name, declared))
      else inputs[name] = declared.default ?? null
      const refused = refusal(declared.default ?? null, declared)
      if (refused !== undefined)
        add('invalid-input', `the default of ${name}`, `inputs.${name}`, { what: `the value ${refused.what}`, hint: refused.hint })
      continue
    }
    const value = given[name] ?? null
    const flag = `--input ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    const fitted = fitInput(value, declared)
    if ('misfit' in fitted)
      add('invalid-input', flag, `inputs.${name}`, { what: `the value ${fitted.misfit.what}`, hint: fitted.misfit.hint })
    else inputs[name] = fitted.value
  }
  for (const name of Object.keys(given).filter((one) => !Object.hasOwn(definition.inputs, one))) {
    const meant = nearest(name, names)
    const list = names.length === 0 ? 'this pipeline has no inputs' : `inputs: ${names.join(', ')}`
    add('unknown-input', `--input ${name}=${String(given[name])}`, `inputs.${name}`, {
      what: `unknown input \`${name}\``,
      hint: meant === undefined ? list : `did you mean \`${meant}\`? ${list}`,
    })
  }
  for (const { step, setting, what, hint } of definition.unavailable ?? [])
    add('not-available', `the step ${step}`, `${step}.with.${setting}`, { what, hint })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inputs }
}

function missingProblem(name: string, { description, type }: InputDeclaration): ProblemText {
  return { what: `the input \`${name}\` is missing${description === '' ? '' : `: ${description}`}`, hint: `add --input ${name}=<${type}>` }
}
