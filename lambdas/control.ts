/** Tasks that touch no rows: listing, planning, committing, reporting. */
import { taskLambda } from '#aws/lambda/lambda.ts'
import { lambdaWorld, samplingOf, serviceOf } from '#aws/lambda/lambda-world.ts'

export const handler = taskLambda(serviceOf(process.env), lambdaWorld(process.env), samplingOf(process.env))
