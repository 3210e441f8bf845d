/** Groups the units of a plan into stages. */
import type { Ordered } from './order.ts'
import type { Unit } from './plan.ts'

/** Units whose dependencies are done run in parallel. */
export function stagesOf(
  units: readonly Unit[],
  { dependencies }: Pick<Ordered, 'dependencies'>,
  most: number,
): readonly (readonly Unit[])[] {
  const unitOfStep = new Map(units.flatMap((unit) => idsOf(unit).map((id) => [id, unit.id] as const)))
  const level = new Map<string, number>()
  for (const unit of units) {
    const before = idsOf(unit).flatMap((id) =>
      [...(dependencies.get(id) ?? [])].map((dependency) => unitOfStep.get(dependency) ?? dependency),
    )
    if ('reads' in unit) before.push(unit.reads)
    const levels = before.filter((id) => id !== unit.id).map((id) => level.get(id) ?? 0)
    level.set(unit.id, levels.length === 0 ? 0 : Math.max(...levels) + 1)
  }
  const stages: Unit[][] = []
  for (const unit of units) {
    const at = level.get(unit.id) ?? 0
    while (stages.length <= at) stages.push([])
    stages[at]?.push(unit)
  }
  return stages.flatMap((stage) => chunked(stage, most))
}

const idsOf = (unit: Unit): readonly string[] =>
  unit.unit === 'segment' ? [...unit.steps.map(({ step }) => step.id), ...(unit.sink === null ? [] : [unit.sink.id])] : [unit.step.id]

function chunked<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const size = Math.min(most, Math.max(1, items.length))
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
