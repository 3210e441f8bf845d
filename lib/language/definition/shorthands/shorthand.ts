/** The contract of a shorthand: a type of step that stands for several ordinary ones, so that the compiler and the engine know nothing of it. */
import type * as z from 'zod'
import type { StepExample } from '#steps/kind/step.ts'
import type { DialectProblem } from '../dialects/dialect.ts'
import type { Arranged, Part } from '../dialects/parts.ts'

/** A step that a shorthand stands for. */
export interface GeneratedStep {
  /** Its id is the author's with this behind it, `<id>_find`; the main step keeps the author's id whatever it does. */
  readonly role: string
  /** A kind of step. */
  readonly type: string
  readonly with: Arranged
  /** Whether it follows the main step, which is the last one that does not. */
  readonly after?: true
}

export interface Shorthand {
  /** The `type` that authors write. */
  readonly kind: string
  /** One sentence. */
  readonly summary: string
  /** Markdown: what it stands for. */
  readonly description: string
  /** The settings, a strict object. */
  readonly config: z.ZodType
  readonly examples: readonly [StepExample, ...StepExample[]]
  /** The steps, in order; their settings are parts of those given. At least one, also for settings with problems. */
  steps(settings: Part, id: string): readonly [GeneratedStep, ...GeneratedStep[]]
  /** Problems that depend on more than the shape; none if absent. */
  problems?(settings: Part): readonly DialectProblem[]
}
