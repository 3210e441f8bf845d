/** The settings of everything that compares keys: exactly the same texts are equal, unless one of these says otherwise. */
import * as z from 'zod'
import type { KeyMatch } from '#relational/operations/key-set.ts'

/** The settings; each is a field of the setting or rule that has a key. */
export const keyMatchFields = {
  case: z.enum(['exact', 'fold']).optional().describe('`fold`: keys that differ only in upper and lower case are equal (default: exact).'),
  whitespace: z.enum(['exact', 'trim']).optional().describe('`trim`: white space at the ends of a key does not count (default: exact).'),
}

interface Given {
  readonly case?: 'exact' | 'fold' | undefined
  readonly whitespace?: 'exact' | 'trim' | undefined
}

/** What they mean, as a part of a key set or a test; empty if keys are compared exactly. */
export function keyMatch({ case: letters, whitespace }: Given): { readonly match?: KeyMatch } {
  const match: KeyMatch = { ...(letters === 'fold' ? { folded: true } : {}), ...(whitespace === 'trim' ? { trimmed: true } : {}) }
  return Object.keys(match).length === 0 ? {} : { match }
}
