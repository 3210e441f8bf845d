/** Starts runs for the messages of a pipeline's queue: scheduled times, uploads, events. */
import { startLambda, startService, startWorld } from '#aws/lambda/start.ts'

export const handler = startLambda(startService(process.env), startWorld(process.env))
