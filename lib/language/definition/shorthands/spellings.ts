/**
 * Other spellings within the canonical form: `blocks` or `stages` for `steps`, steps without an id, which are named by their title, and
 * steps with `run` only, which are shell steps, and steps with `uses`, which are function steps with settings of their own.
 */
import type { JsonObject } from '#core/json.ts'
import { slugOf } from '#core/text/slug.ts'
import { isMapping } from '../build-values.ts'
import { type Arranged, arranged, constant, itemsOf, list, mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { unknownKey } from '../unknown-key.ts'

/** The keys that mean `steps`. */
export const STEPS: readonly string[] = ['blocks', 'stages']

/** The file with `steps` and ids; undefined if it is written with them. */
export function withSteps(file: Part): Arranged | undefined {
  if (!isMapping(file.value)) return undefined
  const key = Object.hasOwn(file.value, 'steps') ? 'steps' : STEPS.find((one) => Object.hasOwn(file.value as JsonObject, one))
  const steps = key === undefined ? undefined : partOf(file, key)
  if (key === undefined || steps === undefined || (key === 'steps' && !isRespelled(steps))) return undefined
  return mapping(file, [...others(file, [key]), ['steps', named(steps)]])
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

/** The commands of a step that has them in place of a type and settings. */
function commandsOf(step: Part): Part | undefined {
  if (!isMapping(step.value) || Object.hasOwn(step.value, 'type') || Object.hasOwn(step.value, 'with')) return undefined
  return partOf(step, 'run')
}

/** The file of a step with `uses`: its `with` holds the settings of the author's own. */
const fileOf = (step: Part): Part | undefined => {
  const type = partOf(step, 'type')?.value
  return type === undefined || type === 'function' ? partOf(step, 'uses') : undefined
}

const isRespelled = (list: Part): boolean =>
  itemsOf(list).some((item) => {
    const group = partOf(item, 'parallel')
    return group === undefined ? (idOf(item) ?? commandsOf(item) ?? fileOf(item)) !== undefined : isRespelled(group)
  })

function named(steps: Part): Arranged {
  if (!Array.isArray(steps.value)) return steps
  return list(
    steps,
    itemsOf(steps).map((item) => {
      const group = partOf(item, 'parallel')
      if (group !== undefined) return mapping(item, [...others(item, ['parallel']), ['parallel', named(group)]])
      const [id, run, file] = [idOf(item), commandsOf(item), fileOf(item)]
      if (id === undefined && run === undefined && file === undefined) return item
      const commands: readonly [string, Arranged][] =
        file !== undefined
          ? [
              ['type', partOf(item, 'type') ?? constant(file, 'function')],
              [
                'with',
                mapping(file, [
                  ['uses', file],
                  ['settings', partOf(item, 'with')],
                ]),
              ],
            ]
          : run === undefined
            ? []
            : [
                ['type', constant(run, 'shell')],
                ['with', mapping(run, [['run', run]])],
              ]
      return mapping(item, [
        ...(id === undefined ? [] : [['id', id] as const]),
        ...others(item, file !== undefined ? ['uses', 'type', 'with'] : run === undefined ? [] : ['run']),
        ...commands,
      ])
    }),
  )
}
