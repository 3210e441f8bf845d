/** deduplicate: one row of each group that says the same. */
import * as z from 'zod'
import { columns } from '../../fields.ts'
import type { KeySet } from '../../lowering.ts'
import { defineCleaner } from '../cleaner.ts'

const config = z.strictObject({
  keys: z
    .union([z.literal('auto'), columns])
    .default('auto')
    .describe('The columns that make two rows the same; `auto` is the whole row, compared as standardised.'),
  keep: z.enum(['first', 'last']).default('first').describe('Which row of a group stays, in the order of the sources.'),
})

export const deduplicate = defineCleaner({
  name: 'deduplicate',
  summary: 'Keep one row of each group with the same key, across all chunks and sources; the others are listed, not lost.',
  config,
  needs: (settings) => ({ facts: true, key_sets: [keySet(settings)] }),
  lower: (settings, context) => [
    { op: 'deduplicate', origin: { step: context.step, rule: 'deduplicate' }, key_set: context.keySet(keySet(settings)) },
  ],
  examples: ['{keys: auto, keep: first}', '{keys: [order_id], keep: last}'],
})

const keySet = ({ keys, keep }: z.infer<typeof config>): KeySet => ({ columns: keys === 'auto' ? null : keys, keep })
