/** Suggests rules for the columns of a dataset: those that hold for all its rows now. Each rule says itself when it is suggested. */
import type { Json } from '#core/json.ts'
import type { KnownColumn } from './rule.ts'
import { RULES } from './rules/index.ts'

export interface SuggestedRule {
  /** As written in the step: `rule_type`, `column` and the other settings. */
  readonly rule: { readonly rule_type: string; readonly column: string; readonly [setting: string]: Json }
  readonly because: string
}

export const suggestRules = (columns: readonly KnownColumn[]): readonly SuggestedRule[] =>
  columns.flatMap((column) =>
    RULES.all.flatMap((unit) => {
      const suggested = unit.level === 'row' ? (unit.suggest?.(column) ?? null) : null
      if (suggested === null) return []
      return [{ rule: { rule_type: unit.name, column: column.facts.name, ...suggested.settings }, because: suggested.because }]
    }),
  )
