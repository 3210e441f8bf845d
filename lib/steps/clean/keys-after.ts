/** Key sets of a rule, compared as the rules before it in the step left the texts. */
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Cleaner } from './cleaner.ts'

interface Given {
  readonly cleaner: Cleaner
  readonly config: unknown
}

/** The set without the white space that the rules before cut: it is measured in the rows as read. */
export function keysAfter(before: readonly Given[], set: KeySet): KeySet {
  const cut = [set.match?.trimmed ?? [], ...before.map(({ cleaner, config }) => cleaner.trims?.(config) ?? [])]
  const trimmed = cut.includes(true) || [...new Set(cut.flatMap((names) => (names === true ? [] : names)))]
  return trimmed !== true && trimmed.length === 0 ? set : { ...set, match: { ...set.match, trimmed } }
}
