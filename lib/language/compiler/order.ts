/** Orders the steps and finds the ancestors of each. */
import type { Definition, Entry, Step } from '#language/definition/definition.ts'

export interface Ordered {
  /** All steps, including those of parallel entries, each after its dependencies, otherwise in the order written. */
  readonly steps: readonly Step[]
  /** Direct dependencies by step id; a parallel entry is resolved to all its steps. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>
  /** All ancestors of a step. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>>
}

/** Assumes a checked definition: ids are unique, dependencies exist, there is no cycle. */
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

/** Steps of a parallel entry start when the entry can; its id stands for all of them. */
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
