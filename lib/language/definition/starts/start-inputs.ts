/** The inputs of runs that start by themselves: known, complete and of their types, as far as that can be told before. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from '../build-values.ts'
import type { CheckContext } from '../check-shape.ts'
import { isOpaque, reportInText } from '../compile-value.ts'
import type { InputDeclaration, StartInputs } from '../definition.ts'
import { fitInput } from '#language/inputs/fit.ts'
import { type Path, report } from '../parse-context.ts'
import { parseCause, referencesOf, soleReference } from '../template.ts'
import { withArticle } from '../describe-schema.ts'
import { shown } from '#language/inputs/shown.ts'
import { type Read, type Readable, readName } from './readable.ts'

/** The inputs a definition declares; undefined for one whose declaration is not as it must be. */
export interface Declared {
  readonly inputs: ReadonlyMap<string, InputDeclaration | undefined>
  /** Whether a name that is not in it is a mistake. */
  readonly complete: boolean
}

export interface StartPlace {
  /** Where the inputs are written, or would be. */
  readonly path: Path
  /** What starts the runs: `the schedule`. */
  readonly subject: string
  readonly readable: Readable
  /** Whether a text for an input that takes a list is one item of it. */
  readonly collecting: boolean
}

export interface StartInputsRead {
  readonly inputs: StartInputs
  readonly collects: readonly string[]
}

export function readStartInputs(given: StartInputs, place: StartPlace, declared: Declared, checking: CheckContext): StartInputsRead {
  const { reading } = checking
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
        reading,
        'unknown-input',
        [...path, name],
        { what: `there is no input \`${name}\``, hint: meant === undefined ? list : `did you mean \`${meant}\`? ${list}` },
        { at: 'key' },
      )
      continue
    }
    const own = readValue(value, [...path, name], place, declared.inputs.get(name), checking)
    inputs[name] = own.value
    if (own.collects) collects.push(name)
  }
  for (const [name, declaration] of declared.inputs) {
    if (declaration?.required !== true || Object.hasOwn(given, name) || misspelt(name, given, declared)) continue
    const description = declaration.description === '' ? '' : `: ${declaration.description}`
    report(reading, 'missing-input', path, {
      what: `${subject} gives its runs no \`${name}\`, which they need${description}`,
      hint: `add \`${name}\` to its \`inputs\`, or give the input a default`,
    })
  }
  if (collects.length > 0) refuseMixed(given, collects, place, checking)
  return { inputs, collects }
}

/** Whether a given name that is unknown most likely means this input; then it is told there. */
const misspelt = (name: string, given: StartInputs, { inputs }: Declared) =>
  Object.keys(given).some((own) => !inputs.has(own) && nearest(own, [...inputs.keys()]) === name)

function readValue(
  value: Json,
  path: Path,
  { readable, collecting }: StartPlace,
  declared: InputDeclaration | undefined,
  checking: CheckContext,
): { readonly value: Json; readonly collects: boolean } {
  const reads = checkTexts(value, path, readable, checking)
  if (reads === undefined || declared === undefined || isOpaque(path, checking)) return { value, collects: false }
  if (reads.length === 0) {
    const fitted = fitInput(value, declared)
    if ('value' in fitted) return { value: fitted.value, collects: false }
    report(checking.reading, 'invalid-input', path, { what: `the value ${fitted.misfit.what}`, hint: fitted.misfit.hint })
    return { value, collects: false }
  }
  if (typeof value !== 'string') {
    const type = Array.isArray(value) ? 'array' : 'object'
    if (declared.type !== type) refuse(type)
    return { value, collects: false }
  }
  const type = soleReference(parseCause(value)) === undefined ? 'string' : reads[0]?.type
  if (type === undefined || type === declared.type || (type === 'integer' && declared.type === 'number')) return { value, collects: false }
  if (declared.type === 'array' && collecting) return { value, collects: true }
  refuse(type)
  return { value, collects: false }

  function refuse(type: string): void {
    const hint =
      declared?.type === 'array' ? `write it as a list: [${shown(value).replaceAll("'", '"')}]` : `give a value of type ${declared?.type}`
    report(checking.reading, 'invalid-input', path, { what: `the value is ${withArticle(type)}, not of type ${declared?.type}`, hint })
  }
}

/** What the texts of a value read; undefined when something is wrong with one, and then it has been reported. */
function checkTexts(value: Json, path: Path, readable: Readable, checking: CheckContext): readonly Read[] | undefined {
  if (typeof value !== 'string') {
    const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : []
    const found = entries.map(([key, entry]) => checkTexts(entry as Json, [...path, key], readable, checking))
    return found.some((reads) => reads === undefined) ? undefined : found.flatMap((reads) => reads ?? [])
  }
  if (isOpaque(path, checking)) return []
  if (/\{%[\s\S]*%\}/.test(value)) {
    reportInText(checking, 'invalid-reference', path, value.indexOf('{%'), {
      what: '`{% … %}` stands where no machine is running yet',
      hint: 'read a name with `{{ … }}`, and calculate in the steps',
    })
    return undefined
  }
  let sound = true
  const reads = referencesOf(value).flatMap(({ inner, start, closed }): Read[] => {
    const found = closed
      ? readName(inner, readable)
      : { code: 'invalid-reference' as const, what: '`{{` is not closed', hint: 'write {{ name }}' }
    if (!('code' in found)) return [found]
    sound = false
    reportInText(checking, found.code, path, start, found)
    return []
  })
  return sound ? reads : undefined
}

/** A run for many events has one value for every input that gathers none. */
function refuseMixed(given: StartInputs, collects: readonly string[], { path, readable }: StartPlace, checking: CheckContext): void {
  for (const [name, value] of Object.entries(given)) {
    if (collects.includes(name)) continue
    const varying = referencesOf(JSON.stringify(value)).find(({ inner }) => {
      const found = readName(inner, readable)
      return 'varies' in found && found.varies && !['ds', 'ds_nodash', 'ts'].includes(inner)
    })
    if (varying === undefined) continue
    report(checking.reading, 'invalid-input', [...path, name], {
      what: `\`${collects[0]}\` gathers many events for one run, and \`{{ ${varying.inner} }}\` is another value for each of them`,
      hint: `let \`${name}\` be a list as well, or \`${collects[0]}\` a single value, so that each event starts a run`,
    })
  }
}
