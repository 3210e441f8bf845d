/** Tasks that touch no rows: listing, planning, committing, reporting. */
import { taskLambda } from '../lib/runtime/lambda.ts'
import { lambdaWorld, serviceOf } from '../lib/runtime/lambda-world.ts'

export const handler = taskLambda(serviceOf(process.env), lambdaWorld(process.env))
