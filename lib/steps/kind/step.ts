/**
 * The contract of a step kind: its spec, imported by everyone and free of I/O, and `load`, which imports its behaviour in the task that
 * runs it. Shared code knows shapes, never kinds by name.
 */
import type * as z from 'zod'
import type { JsonObject } from '#core/json.ts'
import type { CatalogTable } from '#io/catalog/table.ts'
import type { AddressUse } from './addresses.ts'
import type { AssetFile, AssetUse } from './assets.ts'
import type { Behaviour } from './behaviour.ts'
import type { ColumnChange } from './known-columns.ts'
import type { Figures, Needs } from './lower-context.ts'
import type { ExpressionUse } from './expression-use.ts'

/** How a kind is spread over data; the planner knows nothing else. */
export type Shape =
  /** Lists and inspects sources, writes the chunk plan. */
  | 'scan'
  /** Reads facts of the whole dataset; one task. */
  | 'assess'
  /** Works row by row; neighbours fuse into one segment. */
  | 'rows'
  /** Rows meet across chunks; one task over all rows. */
  | 'exchange'
  /** Code of the author: a pass of its own over each batch, outside of the engine. */
  | 'own'
  /** The end of a segment: writes it, then commits once. */
  | 'sink'
  /** One task that sees no rows. */
  | 'control'
  /** A function of the author, called by the machine itself; one task reports it. */
  | 'call'

/** A function to call, by the name it has on AWS, and its event: JSON with references, or undefined if the author gave none. */
export interface FunctionCall {
  readonly function_name: string
  readonly payload: unknown
}

/** How a test of a definition runs a step: with these settings, or not at all for this reason. */
export type UnderTest = { readonly settings: JsonObject } | { readonly refused: string }

export interface StepExample {
  readonly title: string
  /** One step as written in a list of steps. */
  readonly yaml: string
  /** Steps that it names, one in a line: they stand before it. */
  readonly before?: readonly string[]
}

/** A rule, by its number, with the keys whose repeats it needs, and the figures of columns that it uses. */
export interface Place {
  readonly rule: number
  readonly key_sets: Needs['key_sets']
  readonly figures: Figures | null
}

/** A setting that is a statement in the language of the engine. */
export interface StatementUse {
  /** Below the settings of the step. */
  readonly path: readonly (string | number)[]
  /** The statement, or the file that holds it. */
  readonly text: AssetFile
  /** The names that it may use. */
  readonly tables: readonly string[]
  readonly parameters: readonly string[]
  /** The column in which it counts the rows of a group. */
  readonly members?: string | undefined
}

export interface StepKind<Shaped extends Shape = Shape, Config = unknown> {
  readonly kind: string
  /** One sentence. */
  readonly summary: string
  /** Markdown: when to use it, what it guarantees, what it never does. */
  readonly description: string
  readonly shape: Shaped
  readonly config: z.ZodType<Config>
  /** What `{{ id.result.<name> }}` can read, with a sentence each. */
  readonly result: Readonly<Record<string, string>>
  /** Whether its result can have any other field, too: what is in it is not known before a run. */
  readonly openResult?: true
  /** Of shape `call`: what is called. The compiler sets the setting `payload` of a step that has none. */
  call?(config: Config): FunctionCall
  readonly examples: readonly [StepExample, ...StepExample[]]
  /** The shape for given settings, if it depends on them. */
  shapeOf?(config: Config): Shape
  /** What must be known about the whole dataset before the step can run. */
  needs?(config: Config): Needs
  /** Rules that use facts which earlier rules of the step can change: these are surveyed again at their place. */
  places?(config: Config): readonly Place[]
  /** The folder where its quarantined rows are published, besides the run's own file. */
  quarantine?(config: Config): string | undefined
  /** What it asks of the step that finds its rows: settings of the task that plans the dataset. */
  asksOfScan?(config: Config): { readonly [setting: string]: string }
  /** Whether it reads the rows themselves, of shape `assess`. */
  readsRows?(config: Config): boolean
  /** Whether the step remembers something from one run of the pipeline to the next, under its id. */
  remembers?(config: Config): boolean
  /** Whether later steps see only what is new since the last run that published. */
  passesOnlyNew?(config: Config): boolean
  /** Whether it replaces what the last run published, at an address that is the same in every run. */
  replaces?(config: Config): boolean
  /** Columns whose latest value the step evaluates. */
  latest?(config: Config): readonly string[]
  /** The row expressions in the settings, to be parsed and checked before a run. */
  expressions?(config: Config): readonly ExpressionUse[]
  /** The columns its settings name and the columns after it, in the order of its work; absent: it names none and changes none. */
  columns?(config: Config): readonly ColumnChange[]
  /** The statements of the author in the settings, which the engine parses before a run. */
  statements?(config: Config): readonly StatementUse[]
  /** The settings that are addresses of sources or targets: for connections, and for what a deployment must allow. */
  addresses?(config: Config): readonly AddressUse[]
  /** The tables of the Glue catalog that it makes: for what a deployment must allow. */
  catalogTables?(config: Config): readonly CatalogTable[]
  /**
   * For kinds that reach people, services or files by more than their addresses: the compiled settings with which a test runs the step and
   * reaches nothing (default: its own). Addresses are replaced afterwards.
   */
  underTest?(settings: Config): UnderTest
  /** The settings that name files which belong to the pipeline. */
  assets?(config: Config): readonly AssetUse[]
  /** Takes `column` and `lookback` from `state.high_water_mark` where its settings have none. */
  readonly usesMark?: true
  /** The settings with which rows that break a requirement go to quarantine, for `on_error: {rows: quarantine}`. */
  intoQuarantine?(config: Config): Config
  /** By setting: values that are valid and that this version cannot carry out, with the reason. A run that asks for one is refused. */
  readonly notYet?: Readonly<Record<string, Readonly<Record<string, { readonly what: string; readonly hint: string }>>>>
  /** Settings that are secrets: a definition holds their names, `${secret.NAME}`, and the task that runs the step gets their values. */
  readonly secrets?: readonly string[]
  /** Settings that hold several secrets, by names. */
  readonly secretMaps?: readonly string[]
  /** Settings that are conditions over inputs and results of steps, like the `condition` of a step. */
  readonly conditions?: readonly string[]
  /** Settings that are the id of an earlier step, or a list of them. */
  readonly reads?: readonly string[]
  /** Of shape `control`: if its result `passed` is false, no later step of the run starts. */
  readonly gates?: true
  /** It holds the place of a step that is not written yet: compiling warns of it. */
  readonly unwritten?: true
  /** Why it runs on a laptop only; absent: it runs everywhere. */
  readonly local?: string
  /** Of shape `control`: it reads rows with the native engine. */
  readonly engine?: true
  /** Of these, the settings that can also be a plain value, with these settings beside them. */
  plain?(config: Config): readonly string[]
  /** The settings that are texts of messages, whose `{{ … }}` also read what only a message knows. */
  messages?(config: Config): readonly (readonly (string | number)[])[]
  /** Of shape `control`: its task may ask to be called again after a time. The machine waits, and no task runs meanwhile. */
  readonly again?: true
  /** It waits until a person decides, with `siftstep approve`. */
  readonly decided?: true
  /** The longest time it may wait between its tasks, in seconds; 0 where only a run knows. */
  waits?(config: Config): number
  /** Checks that the schema cannot express; each problem has the path below `with`. */
  check?(config: Config): readonly { readonly path: readonly (string | number)[]; readonly what: string; readonly hint: string }[]
  /** Checks of the settings in the definition alone: what the author wrote is wrong, but can come from the values of a run. */
  checkAsWritten?(config: Config): readonly { readonly path: readonly (string | number)[]; readonly what: string; readonly hint: string }[]
  load(): Promise<Behaviour[Shaped]>
}

/** Declares a kind; keeps the types of its settings in its own file and drops them in the registry. */
export function defineStep<Shaped extends Shape, Config>(kind: StepKind<Shaped, Config>): StepKind<Shaped, Config> {
  return kind
}
