/** The contract of a dialect: another spelling of a definition, mapped onto the canonical form before anything else reads it. */
import type * as z from 'zod'
import type { JsonObject } from '#core/json.ts'
import type { Arranged, Part } from './parts.ts'

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
  arrange(file: Part): Arranged
  /** A whole file, for the reference and the contract suite. */
  readonly example: string
}
