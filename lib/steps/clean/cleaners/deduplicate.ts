/** deduplicate: keeps one row of each group of duplicates. */
import * as z from 'zod'
import { columns } from '#steps/kind/fields.ts'
import { keyMatch, keyMatchFields } from '#steps/kind/key-match.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { defineCleaner } from '../cleaner.ts'
import { expectedCoincidences } from './coincidence.ts'

const config = z.strictObject({
  keys: z
    .union([z.literal('auto'), columns])
    .default('auto')
    .describe(
      'The columns that identify duplicates, compared after the rules before this one. Only the same values are equal. `auto` compares the whole row as read, unless rows have so few different values that they are equal by chance.',
    ),
  keep: z.enum(['first', 'last']).default('first').describe('Which row of a group to keep, in the order of the sources.'),
  ...keyMatchFields,
})

export const deduplicate = defineCleaner({
  name: 'deduplicate',
  summary:
    'Keep one row of each group with the same key, across all chunks and sources; the others are listed in the duplicates. Rows that are quarantined or filtered in the same pass count neither as duplicates nor as the row to keep.',
  config,
  needs: (settings) => ({ facts: true, key_sets: [keySet(settings)] }),
  changes: () => false,
  moves: () => true,
  lower: (settings, context) => {
    const key_set = context.keySet(keySet(settings))
    const surplus = context.facts?.surplus[key_set.set] ?? 0
    if (settings.keys === 'auto' && context.facts !== undefined && surplus > 0) {
      const expected = expectedCoincidences(context.facts)
      if (expected > BY_CHANCE * surplus) {
        context.decide({
          rule: 'deduplicate',
          column: '',
          choice: 'leave',
          why: 'rows with so few different values are equal by chance; name the columns in keys if they identify a row',
        })
        return []
      }
    }
    return [{ op: 'deduplicate', origin: { step: context.step, rule: 'deduplicate' }, key_set }]
  },
  examples: ['{keys: auto, keep: first}', '{keys: [order_id], keep: last}'],
})

/** Equal rows are not duplicates if at least this share of them is expected by chance. */
const BY_CHANCE = 0.1

const keySet = ({ keys, keep, ...match }: z.infer<typeof config>): KeySet => ({
  columns: keys === 'auto' ? null : keys,
  keep,
  ...keyMatch(match),
})
