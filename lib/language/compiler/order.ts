/** The order of steps, and who comes before whom. */
import type { Definition, Entry, Step } from '#language/definition/definition.ts'

export interface Ordered {
  /** All steps, those of parallel entries too, each after everything it depends on, otherwise in the order they are written. */
  readonly steps: readonly Step[]
  /** Direct dependencies by step id; a parallel entry stands for all its steps. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>
  /** Everything before a step. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>>
}

/** The definition has been checked: ids are unique, dependencies exist, and there is no cycle. */
export function order({ steps: entries }: Pick<Definition, 'steps'>): Ordered {
  const members = new Map<string, readonly string[]>()
  const written = flatten(entries, [], members)
  const dependencies = new Map(
    written.map(({ step, also }) => [step.id, new Set([...step.depends_on, ...also].flatMap((id) => members.get(id) ?? [id]))]),
  )
  const ancestors = new Map<string, ReadonlySet<string>>()
  const steps: Step[] = []
  const waiting = written.map(({ step }) => step)
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ id }) => [...(dependencies.get(id) ?? [])].every((dependency) => ancestors.has(dependency)))
    const [step] = waiting.splice(at, 1)
    if (at < 0 || step === undefined) throw new Error('the steps depend on each other in a circle')
    const direct = dependencies.get(step.id) ?? new Set()
    ancestors.set(step.id, new Set([...direct, ...[...direct].flatMap((dependency) => [...(ancestors.get(dependency) ?? [])])]))
    steps.push(step)
  }
  return { steps, dependencies, ancestors }
}

/** Steps of parallel entries begin when the entry may; the entry's name stands for all of them. */
function flatten(
  entries: readonly Entry[],
  also: readonly string[],
  members: Map<string, readonly string[]>,
): { step: Step; also: readonly string[] }[] {
  return entries.flatMap((entry) => {
    if (!('parallel' in entry)) return [{ step: entry, also }]
    const inner = flatten(entry.parallel, [...also, ...entry.depends_on], members)
    members.set(
      entry.id,
      inner.map(({ step }) => step.id),
    )
    return inner
  })
}
