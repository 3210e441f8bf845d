/** The graph of a definition. */
import type { Graph } from '#data/report/graph/graph.ts'
import type { Definition } from '#language/definition/definition.ts'
import { order } from '#language/compiler/order.ts'

export function graphOf(definition: Pick<Definition, 'name' | 'steps'>): Graph {
  const { steps, dependencies } = order(definition)
  return {
    name: definition.name,
    nodes: steps.map(({ id, type, condition_text, loop }) => ({
      id,
      type,
      condition: condition_text ?? null,
      loop: loop !== undefined,
    })),
    edges: steps.flatMap(({ id }) => [...(dependencies.get(id) ?? [])].map((before) => [before, id] as const)),
  }
}
