/** Row expressions in a compiled definition and in the settings of a task. */
import type { Json } from '#core/json.ts'

/** A row expression with the values of its `{{ … }}`, which are bound, never spliced. */
export interface RowExpression {
  /** The author's text. */
  readonly expression: string
  /**
   * By the text between the brackets, trimmed. In a definition a value is JSON or a `{% … %}` expression; in the settings of a task, which
   * the machine has resolved, it is JSON.
   */
  readonly parameters: { readonly [name: string]: Json }
}

/** The row expression of a compiled setting; undefined if it is something else. */
export function rowExpressionOf(setting: Json | undefined): RowExpression | undefined {
  if (setting === undefined || setting === null || typeof setting !== 'object' || Array.isArray(setting)) return undefined
  const { expression, parameters, ...rest } = setting as { [key: string]: Json }
  const isOne = typeof expression === 'string' && parameters !== null && typeof parameters === 'object' && !Array.isArray(parameters)
  return isOne && Object.keys(rest).length === 0 ? (setting as unknown as RowExpression) : undefined
}
