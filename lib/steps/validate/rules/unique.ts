/** unique: no two rows have the same key. */
import * as z from 'zod'
import { columns } from '#steps/kind/fields.ts'
import { asCompiled } from '#relational/operations/expressions.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { keyMatch, keyMatchFields } from '#steps/kind/key-match.ts'
import { defineRowRule, rowCommon } from '../rule.ts'

const config = z.strictObject({
  ...rowCommon,
  rule_type: z.literal('unique'),
  column: z.string().min(1).optional().describe('The column.'),
  columns: columns.optional().describe('Several columns that are unique in combination.'),
  ...keyMatchFields,
})

const keyOf = (settings: z.infer<typeof config>): readonly string[] =>
  settings.columns ?? (settings.column === undefined ? [] : [settings.column])

const keySet = (settings: z.infer<typeof config>): KeySet => ({
  columns: keyOf(settings),
  keep: 'first',
  ...(settings.when === undefined ? {} : { when: asCompiled(settings.when) }),
  ...keyMatch(settings),
})

export const unique = defineRowRule({
  name: 'unique',
  summary:
    'No two rows have the same key; the later rows of a group break the rule. Rows that are quarantined or filtered in the same pass do not count.',
  config: config.refine((settings) => keyOf(settings).length > 0, { error: 'column or columns is required here' }),
  needs: (settings) => ({ facts: true, key_sets: [keySet(settings)] }),
  violations: (settings, context) => {
    const names = keyOf(settings).map((name) => existingColumn(name, context).name)
    const key = names.join(', ')
    return [{ column: key, test: { repeats: context.keySet(keySet(settings)) }, reason: `an earlier row has the same ${key}` }]
  },
  suggest: ({ facts: { rows, distinct }, meaning }) => {
    const isKey = (meaning === 'id' || meaning === 'uuid') && rows > 1 && distinct.exact && distinct.value === rows
    return isKey ? { settings: {}, because: `all ${rows.toLocaleString('en')} values differ` } : null
  },
  examples: ['column: order_id', 'columns: [customer_id, order_date]'],
})
