/** Checks the inputs of scheduled and triggered runs: known, complete and of their types, as far as possible at build time. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from '../build-values.ts'
import type { CheckContext } from '../check-shape.ts'
import { isOpaque, reportInText } from '../compile-value.ts'
import type { InputDeclaration, StartInputs } from '../definition.ts'
import { fitInput } from '#language/inputs/fit.ts'
import { type Path, report } from '../parse-context.ts'
import { partsOf, referencesOf, soleReference } from '../template.ts'
import { shown } from '#language/inputs/shown.ts'
import { type Read, type Readable, readName } from './readable.ts'

/** The inputs a definition declares; undefined for an invalid declaration. */
export interface Declared {
  readonly inputs: ReadonlyMap<string, InputDeclaration | undefined>
  /** Whether an unknown name is a problem. */
  readonly complete: boolean
}

export interface StartPlace {
  /** Where the inputs are written, or would be. */
  readonly path: Path
  /** What starts the runs: `the schedule`. */
  readonly subject: string
  readonly readable: Readable
  /** Whether a text for an input of type array is one item of it. */
  readonly collecting: boolean
}

export interface StartInputsRead {
  readonly inputs: StartInputs
  readonly collects: readonly string[]
}

export function readStartInputs(given: StartInputs, place: StartPlace, declared: Declared, context: CheckContext): StartInputsRead {
  const { path, subject } = place
  const inputs: Record<string, Json> = {}
  const collects: string[] = []
  for (const [name, value] of Object.entries(given)) {
    if (!declared.inputs.has(name)) {
      if (!declared.complete) continue
      const meant = nearest(name, [...declared.inputs.keys()])
      const names = [...declared.inputs.keys()]
      const list = names.length === 0 ? 'the pipeline declares no inputs' : `inputs: ${names.join(', ')}`
      report(
        context,
        'unknown-input',
        [...path, name],
        { what: `unknown input \`${name}\``, hint: meant === undefined ? list : `did you mean \`${meant}\`? ${list}` },
        { at: 'key' },
      )
      continue
    }
    const own = readValue(value, [...path, name], place, declared.inputs.get(name), context)
    inputs[name] = own.value
    if (own.collects) collects.push(name)
  }
  for (const [name, declaration] of declared.inputs) {
    if (declaration?.required !== true || Object.hasOwn(given, name) || misspelt(name, given, declared)) continue
    const description = declaration.description === '' ? '' : `: ${declaration.description}`
    report(context, 'missing-input', path, {
      what: `${subject} does not set the required input \`${name}\`${description}`,
      hint: `add \`${name}\` to its \`inputs\`, or set a default for the input`,
    })
  }
  if (collects.length > 0) reportMixed(given, collects, place, context)
  return { inputs, collects }
}

/** Whether an unknown given name most likely means this input; the problem is then reported there. */
const misspelt = (name: string, given: StartInputs, { inputs }: Declared) =>
  Object.keys(given).some((own) => !inputs.has(own) && nearest(own, [...inputs.keys()]) === name)

function readValue(
  value: Json,
  path: Path,
  { readable, collecting }: StartPlace,
  declared: InputDeclaration | undefined,
  context: CheckContext,
): { readonly value: Json; readonly collects: boolean } {
  const reads = checkTexts(value, path, readable, context)
  if (reads === undefined || declared === undefined || isOpaque(path, context)) return { value, collects: false }
  if (reads.length === 0) {
    const fitted = fitInput(value, declared)
    if ('value' in fitted) return { value: fitted.value, collects: false }
    report(context, 'invalid-input', path, { what: `the value ${fitted.misfit.what}`, hint: fitted.misfit.hint })
    return { value, collects: false }
  }
  if (typeof value !== 'string') {
    const type = Array.isArray(value) ? 'array' : 'object'
    if (declared.type !== type) misfit(type)
    return { value, collects: false }
  }
  const type = soleReference(partsOf(value)) === undefined ? 'string' : reads[0]?.type
  if (type === undefined || type === declared.type || (type === 'integer' && declared.type === 'number')) return { value, collects: false }
  if (declared.type === 'array' && collecting) return { value, collects: true }
  misfit(type)
  return { value, collects: false }

  function misfit(type: string): void {
    const hint =
      declared?.type === 'array' ? `write it as a list: [${shown(value).replaceAll("'", '"')}]` : `use a value of type ${declared?.type}`
    report(context, 'invalid-input', path, { what: `the value has type ${type}, expected ${declared?.type}`, hint })
  }
}

/** What the texts of a value read; undefined if one is invalid and has been reported. */
function checkTexts(value: Json, path: Path, readable: Readable, context: CheckContext): readonly Read[] | undefined {
  if (typeof value !== 'string') {
    const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : []
    const found = entries.map(([key, entry]) => checkTexts(entry as Json, [...path, key], readable, context))
    return found.some((reads) => reads === undefined) ? undefined : found.flatMap((reads) => reads ?? [])
  }
  if (isOpaque(path, context)) return []
  if (/\{%[\s\S]*%\}/.test(value)) {
    reportInText(context, 'invalid-reference', path, value.indexOf('{%'), {
      what: '`{% … %}` cannot be used here, because the run has not started yet',
      hint: 'use `{{ … }}`, and calculate in the steps',
    })
    return undefined
  }
  let valid = true
  const reads = referencesOf(value).flatMap(({ inner, start, closed }): Read[] => {
    const found = closed
      ? readName(inner, readable)
      : { code: 'invalid-reference' as const, what: '`{{` is not closed', hint: 'write {{ name }}' }
    if (!('code' in found)) return [found]
    valid = false
    reportInText(context, found.code, path, start, found)
    return []
  })
  const list = soleReference(partsOf(value)) === undefined ? referencesOf(value).find(({ inner }) => isList(inner, readable)) : undefined
  if (list !== undefined) {
    reportInText(context, 'invalid-input', path, list.start, {
      what: `\`${list.inner}\` is a list, which cannot be part of a text`,
      hint: `write "{{ ${list.inner} }}" alone, for an input of type array`,
    })
    return undefined
  }
  return valid ? reads : undefined
}

function isList(inner: string, readable: Readable): boolean {
  const found = readName(inner, readable)
  return 'type' in found && found.type === 'array'
}

/** A run for many events has one value for each input that does not collect. */
function reportMixed(given: StartInputs, collects: readonly string[], { path, readable }: StartPlace, context: CheckContext): void {
  for (const [name, value] of Object.entries(given)) {
    if (collects.includes(name)) continue
    const varying = referencesOf(JSON.stringify(value)).find(({ inner }) => {
      const found = readName(inner, readable)
      return 'varies' in found && found.varies && !['ds', 'ds_nodash', 'ts'].includes(inner)
    })
    if (varying === undefined) continue
    report(context, 'invalid-input', [...path, name], {
      what: `\`${collects[0]}\` collects many events for one run, but \`{{ ${varying.inner} }}\` differs between them`,
      hint: `make \`${name}\` a list as well, or \`${collects[0]}\` a single value, so that each event starts a run`,
    })
  }
}
