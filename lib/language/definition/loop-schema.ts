/** The schema of loops. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { reference } from '#steps/kind/fields.ts'
import { name } from './atoms.ts'

/** Any value; it is checked elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

/** Keys that this version does not support; listed so that they are not reported as typos. */
const NOT_YET = 'on_item_error min_success while until'.split(' ')

export const loop = z
  .strictObject({
    foreach: z.union([z.array(json), reference]).describe('The items: a list, or a reference to one.'),
    as: name.default('item').describe('The name of the item in `{{ … }}`.'),
    parallel: z.boolean().default(false).describe('Whether items run in parallel.'),
    max_concurrency: z.int().min(1).max(10_000).optional().describe('Number of parallel items (default: 10 if `parallel` is true).'),
    max_items: z.int().min(0).default(0).describe('With more items, the step fails before it starts; 0: no limit.'),
    max_iterations: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('With `parallel: true` the same as `max_concurrency`, else the same as `max_items`.'),
  })
  .refine((value) => value.max_iterations === undefined || value.max_concurrency === undefined, {
    error: '`max_iterations` and `max_concurrency` mean the same with `parallel: true`: remove one of them',
    path: ['max_iterations'],
  })
  .refine((value) => value.max_iterations === undefined || value.parallel || value.max_items === 0, {
    error: '`max_iterations` and `max_items` mean the same without `parallel: true`: remove one of them',
    path: ['max_iterations'],
  })
  .refine((value) => value.parallel || (value.max_concurrency ?? 1) === 1, {
    error: 'max_concurrency requires parallel: true',
    path: ['max_concurrency'],
  })
  .meta({ title: 'loop', unsupported: NOT_YET })

export type LoopFields = z.infer<typeof loop>
