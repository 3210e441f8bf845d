/** Starts runs for what the queue of a pipeline tells: moments of its schedule, uploads, events. */
import { startLambda, startService, startWorld } from '#aws/lambda/start.ts'

export const handler = startLambda(startService(process.env), startWorld(process.env))
