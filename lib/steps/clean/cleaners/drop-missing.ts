/** drop_missing: takes rows with missing cells out of the output, into quarantine. */
import * as z from 'zod'
import { columnChoice } from '#steps/kind/fields.ts'
import { defineCleaner } from '../cleaner.ts'
import { missing } from './missing.ts'

export const dropMissing = defineCleaner({
  name: 'drop_missing',
  summary:
    'Quarantine the rows in which one of the columns is missing: they leave the output, and none vanishes. Short for `missing` with `quarantine`.',
  config: z.strictObject({
    columns: columnChoice.default('*').describe('The columns, or "*" for all.'),
    to: z.literal('quarantine').default('quarantine').describe('Where the rows go.'),
  }),
  needs: () => ({ facts: true, key_sets: [] }),
  moves: () => true,
  changes: () => false,
  lower: ({ columns }, context) => missing.lower({ columns, strategy: 'quarantine' }, context),
  examples: ['{columns: "*", to: quarantine}', '{columns: [quantity, price]}'],
})
