/** Starts runs for what the queue of a pipeline tells: moments of its schedule, uploads, events. */
import { startLambda, startWorld } from '../lib/starts/lambda.ts'

export const handler = startLambda(startWorld(process.env))
