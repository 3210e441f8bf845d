/** Why a message starts nothing: told in one sentence, in the log of the function and beside the message in the queue of the dead. */
export class StartError extends Error {
  override readonly name = 'StartFault'
}
