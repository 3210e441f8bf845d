/** Finds the step a failure belongs to, from its cause: `validate_output: quality_score 0.91, expected …`, `step clean_data: …`. */

export interface Attribution {
  readonly step: string | null
  /** The cause without the step name. */
  readonly message: string
}

/** Returns the step among `steps` that the cause starts with, otherwise `otherwise`. */
export function attributeFailure(cause: string, steps: readonly string[], otherwise: string | null): Attribution {
  const [whole = '', named = ''] = /^(?:step |segment )?([a-z][a-z0-9_]*): /.exec(cause) ?? []
  if (!steps.includes(named)) return { step: otherwise, message: cause }
  return { step: named, message: cause.slice(whole.length) }
}
