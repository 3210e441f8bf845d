/**
 * The contract of a step kind: what it is (its spec, imported by everyone, free of I/O) and how to get what it does
 * (`load`, imported only by the task that runs it). Shared code knows shapes, never kinds by name.
 */
import type * as z from 'zod'
import type { AddressUse } from './addresses.ts'
import type { Behaviour } from './behaviour.ts'
import type { ColumnChange } from './known-columns.ts'
import type { Figures, Needs } from './lower-context.ts'
import type { ExpressionUse } from './expression-use.ts'

/** How a kind is spread over data; the planner knows only these. */
export type Shape =
  /** Lists and inspects sources, writes the chunk plan. */
  | 'scan'
  /** Reads facts found for the whole dataset; one task. */
  | 'assess'
  /** Row-local work on a relation; neighbours fuse into one segment. */
  | 'rows'
  /** Rows meet across chunks; one task over the whole relation. */
  | 'exchange'
  /** The tail of a segment: writes it, then commits once. */
  | 'sink'
  /** One task that sees no rows. */
  | 'control'

export interface StepExample {
  readonly title: string
  /** One step as it stands in a list of steps. */
  readonly yaml: string
}

/** A rule, by its number, with the keys whose repeats it asks for, and the columns whose figures it goes by. */
export interface Place {
  readonly rule: number
  readonly key_sets: Needs['key_sets']
  readonly figures: Figures | null
}

export interface StepKind<Shaped extends Shape = Shape, Config = unknown> {
  readonly kind: string
  /** One sentence. */
  readonly summary: string
  /** Markdown: when to use it, what it promises, what it never does. */
  readonly description: string
  readonly shape: Shaped
  readonly config: z.ZodType<Config>
  /** What `{{ id.result.<name> }}` may read, with a sentence each. */
  readonly result: Readonly<Record<string, string>>
  readonly examples: readonly [StepExample, ...StepExample[]]
  /** A kind that changes its shape with its settings says so here. */
  shapeOf?(config: Config): Shape
  /** What must be found out about the whole dataset before the step can work. */
  needs?(config: Config): Needs
  /** Rules that go by what earlier rules of the step may change: it is found out again where they stand. */
  places?(config: Config): readonly Place[]
  /** The folder the rows it sets aside are published to, besides the run's own file. */
  quarantine?(config: Config): string | undefined
  /** Columns whose latest value the step judges. */
  latest?(config: Config): readonly string[]
  /** The row expressions in the settings, so that they are parsed and checked before a run. */
  expressions?(config: Config): readonly ExpressionUse[]
  /** The columns its settings name, and those there are after it, in the order of its work; absent: it names none and changes none. */
  columns?(config: Config): readonly ColumnChange[]
  /** The settings that are addresses of sources or targets: for connections, and for what a deployment must allow. */
  addresses?(config: Config): readonly AddressUse[]
  /** Settings that are secrets: a definition gives their names, `${secret.NAME}`, and the task that runs the step is given their values. */
  readonly secrets?: readonly string[]
  /** What the settings cannot say by their schema alone; each fault names the place below `with`. */
  check?(config: Config): readonly { readonly path: readonly (string | number)[]; readonly what: string; readonly hint: string }[]
  load(): Promise<Behaviour[Shaped]>
}

/** Declares a kind; keeps the types of its settings for its own file and forgets them for the registry. */
export function defineStep<Shaped extends Shape, Config>(kind: StepKind<Shaped, Config>): StepKind<Shaped, Config> {
  return kind
}
