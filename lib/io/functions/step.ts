/** What a file with a step of the author exports, as types: `import { defineStep } from 'siftstep/step'`. */

/** A value of a cell: a text, number or boolean; a bigint where a number would lose digits; null where it is missing. */
export type CellValue = string | number | bigint | boolean | null

/**
 * A row, by the names of its columns. integer: number, or bigint beyond 2^53. decimal: text, such as '12.50'. date: '2026-01-31'.
 * timestamp: '2026-01-31T12:00:00Z'.
 */
export type Row = { [column: string]: CellValue }

/** A row in place of one that was rejected; it may be returned among the others. */
export interface Rejected {
  readonly rejected: true
}

/** What a step is given beside its rows. */
export interface StepTools {
  /** The settings of the step in the definition. */
  readonly with: { readonly [setting: string]: unknown }
  /** Sends a row to quarantine, with the reason. */
  reject(row: Row, reason: string): Rejected
  /** Calls an address, with `needs: ['http']`: like `fetch`, with a time limit, and again after a failure that may pass. */
  http(url: string, options?: RequestInit): Promise<Response>
  /** Writes a line to the log of the step. */
  log(message: string): void
  /** Adds to a number of the step, which the report shows. */
  readonly metrics: { add(name: string, more?: number): void }
  /** The value of a secret that the definition gives to the step. */
  secret(name: string): string
}

/** A case for `siftstep test`: rows in, and what becomes of them. */
export interface StepCase {
  readonly name: string
  readonly with?: { readonly [setting: string]: unknown }
  readonly secrets?: { readonly [name: string]: string }
  /** The types of the columns of `rows`, where a value does not say it. */
  readonly columns?: { readonly [column: string]: string }
  readonly rows: readonly Row[]
  /** The rows that must come out, in order. */
  readonly expect: readonly Row[]
  /** The rows that must be rejected: their numbers, from 0, with the reason or a part of it. */
  readonly rejected?: { readonly [row: number]: string }
}

export interface OwnStep {
  /** A name for messages. */
  readonly name: string
  /** The settings it takes, with their types: string, number, integer, boolean or json, and `?` behind those that may be absent. */
  readonly with?: { readonly [setting: string]: string }
  /** The columns it adds, or writes in another type; `?` behind the type of those whose cells may be missing. */
  readonly columns?: { readonly [column: string]: string }
  /** What it uses of the world outside. */
  readonly needs?: readonly 'http'[]
  /** Whether it may make several rows of one. */
  readonly fan_out?: boolean
  readonly cases?: readonly StepCase[]
  /** Rows in, rows out: the rows it was given, changed, or new ones made with `{...row}`. */
  rows(batch: Row[], tools: StepTools): readonly (Row | Rejected)[] | Promise<readonly (Row | Rejected)[]>
}

/** Checks the type of a step, and returns it. */
export function defineStep(step: OwnStep): OwnStep {
  return step
}
