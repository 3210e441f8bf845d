/**
 * Other spellings within the canonical form: `blocks` or `stages` for `steps`, steps without an id, which are named by their title, steps with
 * `run` only, which are shell steps, steps with `todo`, which are not written yet, steps with a `function_name`, which are lambda steps, steps with `uses`, which are function steps with settings of their own, and `params` of triggers, which declare inputs
 * where the file declares none. One step of `on_failure` or `finally` is a list of one.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { slugOf } from '#core/text/slug.ts'
import { isMapping } from '../build-values.ts'
import { type Arranged, arranged, constant, constants, itemsOf, kept, list, mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { unknownKey } from '../unknown-key.ts'

/** The keys that mean `steps`. */
export const STEPS: readonly string[] = ['blocks', 'stages']

/** The file with `steps` and ids; undefined if it is written with them. */
export function withSteps(file: Part): Arranged | undefined {
  if (!isMapping(file.value)) return undefined
  const key = Object.hasOwn(file.value, 'steps') ? 'steps' : STEPS.find((one) => Object.hasOwn(file.value as JsonObject, one))
  const steps = key === undefined ? undefined : partOf(file, key)
  if (key === undefined || steps === undefined) return undefined
  const ends = ENDS.flatMap((end) => partOf(file, end) ?? [])
  const inputs = inputsOfParams(file)
  const single = ends.some(({ value }) => isMapping(value))
  if (key === 'steps' && inputs === undefined && !single && ![steps, ...ends].some(isSpelled)) return undefined
  return mapping(file, [
    ...others(file, [key, ...ENDS]),
    ...ENDS.map((end) => [end, endNamed(partOf(file, end))] as const),
    ['inputs', inputs],
    ['steps', named(steps)],
  ])
}

/** The keys with steps for the end of a run: a list of them, or one. */
const ENDS = ['on_failure', 'finally']

const endNamed = (part: Part | undefined): Arranged | undefined =>
  part === undefined ? undefined : isMapping(part.value) ? list(part, [spelled(part)]) : named(part)

/** An input for each name in the `params` of the triggers, of the type of its value; undefined if the file declares inputs itself. */
function inputsOfParams(file: Part): Arranged | undefined {
  const triggers = partOf(file, 'triggers')
  if (triggers === undefined || !isMapping(file.value)) return undefined
  // with a misspelt `inputs`, that is the problem, not the names
  if (Object.keys(file.value).some((key) => key === 'inputs' || unknownKey(key, ['inputs'], {}).meant === 'inputs')) return undefined
  const found = new Map<string, Part>()
  for (const trigger of itemsOf(triggers)) {
    const params = partOf(trigger, 'params')
    if (params === undefined || !isMapping(params.value)) continue
    for (const name of Object.keys(params.value)) {
      const param = partOf(params, name)
      if (param !== undefined && !found.has(name)) found.set(name, param)
    }
  }
  if (found.size === 0) return undefined
  return mapping(
    triggers,
    [...found].map(([name, param]) => [name, constants(param, { type: typeOf(param.value) })] as const),
  )
}

const typeOf = (value: Json): string =>
  Array.isArray(value) ? 'array' : value === null || typeof value === 'string' ? 'string' : typeof value

/** Settings that stand beside the id, in place of `type` and `with`: the first one says which type it is. */
export const SHORT_FORMS: readonly { readonly keys: readonly [string, ...string[]]; readonly type: string }[] = [
  { keys: ['function_name', 'payload'], type: 'lambda' },
  { keys: ['run'], type: 'shell' },
  { keys: ['todo'], type: 'todo' },
]

const shortFormOf = (step: Part) =>
  ['type', 'with'].every((key) => partOf(step, key) === undefined)
    ? SHORT_FORMS.find(({ keys }) => partOf(step, keys[0]) !== undefined)
    : undefined

/** A step with an id and a type. */
function spelled(step: Part): Arranged {
  const id = idOf(step)
  const file = fileOf(step)
  if (file !== undefined) {
    const own: readonly [string, Arranged | undefined][] = [
      ['uses', file],
      ['settings', partOf(step, 'with')],
    ]
    const type = partOf(step, 'type') ?? constant(file, 'function')
    return mapping(step, [['id', id], ...others(step, ['uses', 'type', 'with']), ['type', type], ['with', mapping(file, own)]])
  }
  const { keys = [], type } = shortFormOf(step) ?? {}
  const main = keys[0] === undefined ? undefined : partOf(step, keys[0])
  if (main === undefined || type === undefined) return id === undefined ? step : mapping(step, [['id', id], ...others(step, [])])
  return mapping(step, [['id', id], ...others(step, keys), ['type', constant(main, type)], ['with', mapping(main, kept(step, keys))]])
}

/** The same of a tree. */
export function treeWithSteps(tree: JsonObject): JsonObject {
  const found = withSteps({ path: [], value: tree })
  return found === undefined ? tree : (arranged(found).tree as JsonObject)
}

/** The id of a step that has a name only; none if a key can be a misspelt `id`. */
function idOf(step: Part): Part | undefined {
  const name = partOf(step, 'name')
  if (name === undefined || typeof name.value !== 'string' || !isMapping(step.value)) return undefined
  if (Object.keys(step.value).some((key) => key === 'id' || unknownKey(key, ['id'], {}).meant === 'id')) return undefined
  const id = slugOf(name.value)
  return id === undefined ? undefined : constant(name, id)
}

/** The file of a step with `uses`: its `with` holds the settings of the author's own. */
const fileOf = (step: Part): Part | undefined => {
  const type = partOf(step, 'type')?.value
  return type === undefined || type === 'function' ? partOf(step, 'uses') : undefined
}

const isSpelled = (part: Part): boolean =>
  (isMapping(part.value) ? [part] : itemsOf(part)).some((item) => {
    const group = partOf(item, 'parallel')
    return group === undefined ? (idOf(item) ?? fileOf(item) ?? shortFormOf(item)) !== undefined : isSpelled(group)
  })

function named(steps: Part): Arranged {
  if (!Array.isArray(steps.value)) return steps
  return list(
    steps,
    itemsOf(steps).map((item) => {
      const group = partOf(item, 'parallel')
      if (group !== undefined) return mapping(item, [...others(item, ['parallel']), ['parallel', named(group)]])
      return spelled(item)
    }),
  )
}
