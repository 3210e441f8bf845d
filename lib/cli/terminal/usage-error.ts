/** A mistake in how a command is called, or in its input: one sentence and a fix; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string
  /** The command whose help explains more. */
  readonly command: string | undefined

  constructor(message: string, hint: string, command?: string) {
    super(message)
    this.hint = hint
    this.command = command
  }
}
