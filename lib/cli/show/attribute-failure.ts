/** Whose failure it is, from the cause that is told of it: `validate_output: quality_score 0.91, demanded …`, `step clean_data: …`. */

export interface Attribution {
  readonly step: string | null
  /** The cause without the name of the step. */
  readonly message: string
}

/** `steps` are those it can be; one that the cause begins with is it, else `otherwise`. */
export function attributeFailure(cause: string, steps: readonly string[], otherwise: string | null): Attribution {
  const [whole = '', named = ''] = /^(?:step |segment )?([a-z][a-z0-9_]*): /.exec(cause) ?? []
  if (!steps.includes(named)) return { step: otherwise, message: cause }
  return { step: named, message: cause.slice(whole.length) }
}
