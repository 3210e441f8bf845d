/** Tasks that touch no rows: listing, planning, committing, reporting. */
import { taskLambda } from '../lib/lambda/lambda.ts'
import { lambdaWorld, serviceOf } from '../lib/lambda/lambda-world.ts'

export const handler = taskLambda(serviceOf(process.env), lambdaWorld(process.env))
