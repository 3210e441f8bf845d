/** A list of small units of one sort (cleaners, rules, operations): found by name, their settings collected for the schema. */
import type * as z from 'zod'

interface Unit {
  readonly name: string
  readonly summary: string
  readonly config: z.ZodType
}

/** The settings say what they are for; where they do not themselves, the unit's sentence does. */
const described = ({ config, summary }: Unit) => (config.description === undefined ? config.describe(summary) : config)

/**
 * `registryOf<Erased>()(units)`: `Erased` is what shared code sees of a unit, its settings' type forgotten. (Two calls,
 * because TypeScript infers all type parameters of a call or none.)
 */
export const registryOf =
  <Erased extends Unit>() =>
  <const Units extends readonly Erased[]>(units: Units) => {
    const byName = new Map<string, Erased>(units.map((unit) => [unit.name, unit]))
    return {
      all: units,
      schemas: Object.fromEntries(units.map((unit) => [unit.name, described(unit)])) as { [U in Units[number] as U['name']]: U['config'] },
      /** The unit of that name; a name that passed the schema is always there. */
      of(name: string): Erased {
        const unit = byName.get(name)
        if (unit === undefined) throw new Error(`no unit is called ${name}`)
        return unit
      },
    }
  }
