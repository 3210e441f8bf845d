/** The operations that a transform lists with their settings; none for names of usual ones. */
import type * as z from 'zod'
import type { config } from './config.ts'

type Operations = z.infer<typeof config>['operations']

export const listedOperations = (operations: Operations): Exclude<Operations, string> => (typeof operations === 'string' ? [] : operations)
