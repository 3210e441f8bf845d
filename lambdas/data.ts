/** Tasks that work on rows. The native engine is loaded while the function starts, when time costs least. */
import '../lib/duckdb/session.ts'
import { taskLambda } from '../lib/lambda/lambda.ts'
import { lambdaWorld, serviceOf } from '../lib/lambda/lambda-world.ts'

export const handler = taskLambda(serviceOf(process.env), lambdaWorld(process.env))
