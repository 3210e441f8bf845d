/** A list of units of one kind (cleaners, rules, operations): found by name, with their settings collected for the schema. */
import type * as z from 'zod'

interface Unit {
  readonly name: string
  readonly summary: string
  readonly config: z.ZodType
}

/** The settings of a unit, described by its summary if they have no description. */
const described = ({ config, summary }: Unit) => (config.description === undefined ? config.describe(summary) : config)

/**
 * `registryOf<Erased>()(units)`: `Erased` is what shared code sees of a unit, without the type of its settings. (Two calls, because
 * TypeScript infers all type parameters of a call or none.)
 */
export const registryOf =
  <Erased extends Unit>() =>
  <const Units extends readonly Erased[]>(units: Units) => {
    const byName = new Map<string, Erased>(units.map((unit) => [unit.name, unit]))
    return {
      all: units,
      schemas: Object.fromEntries(units.map((unit) => [unit.name, described(unit)])) as { [U in Units[number] as U['name']]: U['config'] },
      /** The unit of that name; a name that passed the schema always exists. */
      of(name: string): Erased {
        const unit = byName.get(name)
        if (unit === undefined) throw new Error(`unknown unit ${name}`)
        return unit
      },
    }
  }
