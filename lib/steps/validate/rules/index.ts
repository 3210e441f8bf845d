/** The list of rules. To add one: add its file, and a line here. */
import * as z from 'zod'
import { registryOf } from '#steps/kind/registry.ts'
import type { Rule } from '../rule.ts'
import { length, range } from './bounds.ts'
import { freshness, qualityScore, rowCount } from './dataset.ts'
import { expression } from './expression.ts'
import { date, email, pattern, phone, type } from './form.ts'
import { inSet } from './in-set.ts'
import { notNull } from './presence.ts'
import { references } from './references.ts'
import { unique } from './unique.ts'

const units = registryOf<Rule>()([
  notNull,
  unique,
  range,
  length,
  pattern,
  inSet,
  type,
  date,
  email,
  phone,
  expression,
  references,
  rowCount,
  qualityScore,
  freshness,
])

export const RULES = {
  ...units,
  schema: z.discriminatedUnion('rule_type', units.all.map((rule) => rule.config) as never) as z.ZodType<AnyRule>,
}

type AnyRule = z.infer<(typeof units.all)[number]['config']>
