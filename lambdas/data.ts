/** Tasks that work on rows. The native engine is loaded while the function starts, when time costs least. */
import '#io/duckdb/session.ts'
import { taskLambda } from '#aws/lambda/lambda.ts'
import { lambdaWorld, samplingOf, serviceOf } from '#aws/lambda/lambda-world.ts'

export const handler = taskLambda(serviceOf(process.env), lambdaWorld(process.env), samplingOf(process.env))
