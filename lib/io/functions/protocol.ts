/** What a task and the process of a function step say to each other. Plain JSON. */

/** A cell as text, exact for every type; null where it is missing. */
export type WireCell = string | null

/** A column as a function sees it. */
export interface FunctionColumn {
  readonly name: string
  readonly type: string
  /** Whether its cells may be missing (default: true). */
  readonly required?: boolean
}

/** What a file says about its step. */
export interface Declaration {
  readonly name: string
  readonly with: { readonly [setting: string]: string }
  readonly columns: { readonly [column: string]: string }
  readonly needs: readonly string[]
  readonly fan_out: boolean
  /** For its test. */
  readonly cases?: readonly WireCase[]
}

/** A case of a test: rows in, the rows that must come out, and those that must be rejected with a part of the reason. */
export interface WireCase extends RowsMessage {
  readonly name: string
  readonly settings: { readonly [setting: string]: unknown }
  readonly secrets: { readonly [name: string]: string }
  readonly expect: readonly (readonly WireCell[])[]
  readonly rejected: readonly (readonly [row: number, reason: string])[]
}

/** Loads the file; the answer is its declaration. */
export interface LoadMessage {
  readonly load: {
    /** The path of the bundle. */
    readonly path: string
    /** Null: only its declaration and its cases are asked for. */
    readonly settings: unknown
    readonly secrets: { readonly [name: string]: string }
  }
}

/** Calls the step with rows; the answer says what became of each. */
export interface RowsMessage {
  readonly rows: readonly (readonly WireCell[])[]
  readonly columns: readonly FunctionColumn[]
  readonly output: readonly FunctionColumn[]
}

/** The rows that came out, each with the number of the row it was made of, and the rows that were rejected. */
export interface Returned {
  readonly made: readonly (readonly [row: number, cells: readonly WireCell[]])[]
  readonly rejected: readonly (readonly [row: number, reason: string])[]
  readonly log: readonly string[]
  readonly metrics: { readonly [name: string]: number }
}

/** Why a call failed, and with which of its rows; null: with all of them together. */
export interface FunctionFailure {
  readonly message: string
  readonly row: number | null
  /** Whether rows got lost, or more came out than may. */
  readonly books?: true
}

export type FunctionMessage = LoadMessage | RowsMessage
export type FunctionReply = { readonly declared: Declaration } | { readonly returned: Returned } | { readonly failed: FunctionFailure }
