/** Why a message starts nothing: one sentence, for the log of the function and for the message in the dead-letter queue. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
