/** The contract of a dialect: another spelling of a definition, mapped onto the canonical form before anything else reads it. */
import type * as z from 'zod'
import type { Json, JsonObject } from '#core/json.ts'
import type { Path } from '../parse-context.ts'
import type { Problem, ProblemText } from '../problem.ts'
import type { ProblemCode } from '../problems.ts'
import type { Arranged, Part } from './parts.ts'

export interface DialectProblem extends ProblemText {
  readonly code: ProblemCode
  readonly level: Problem['level']
  readonly path: Path
}

export interface DialectLock {
  /** The end of the file's name, in place of the extension of the definition. */
  readonly suffix: string
  readonly schema: z.ZodType
  /** The text of the file for a definition without problems: decisions of the given lock that still apply, and new ones. */
  text(file: Part, lock?: Json): string
}

export interface Dialect {
  /** As `validate` prints it: read as … */
  readonly name: string
  readonly summary: string
  /** Whether a file is written in the dialect. A file that no dialect detects is read in the canonical form. */
  detect(file: JsonObject): boolean
  /**
   * The shape of a file, with strict mappings: it refuses unknown keys and checks values under the keys of the dialect, so that problems use
   * the author's words. Values under keys that the canonical form shares can be of any type: they are checked afterwards.
   */
  readonly schema: z.ZodType
  /** Arranges the parts of a file in the canonical form. Parts that the schema refuses can be left out: they are reported already. */
  arrange(file: Part, lock?: Json): Arranged
  /** Problems that depend on more than the shape; none if absent. */
  problems?(file: Part, lock?: Json): readonly DialectProblem[]
  /** Decisions of the dialect that are kept in a file beside the definition; absent: it makes none. */
  readonly lock?: DialectLock
  /** A whole file, for the reference and the contract suite. */
  readonly example: string
}
