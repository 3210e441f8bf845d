/** Which mutants are not tried, because they are equivalent to the program. */
import type { Mutant } from '../mutants.ts'
import type { Equivalent } from './equivalent.ts'
import { KERNEL } from './kernel.ts'
import { LISTS } from './lists.ts'
import { OTHERS } from './others.ts'
import { PASS } from './pass.ts'
import { SURVEY } from './survey.ts'

const EQUIVALENT: readonly Equivalent[] = [...SURVEY, ...KERNEL, ...LISTS, ...PASS, ...OTHERS]

/** Why a mutant of a file with this text is equivalent; undefined when it is not listed. */
export function whyEquivalent({ file, line, column, before, replacement }: Mutant, text: string): string | undefined {
  const lines = text.split('\n')
  const [previous = '', written = ''] = [lines[line - 2], lines[line - 1]]
  const indent = written.length - written.trimStart().length
  const change = `${column - indent}: ${before} → ${replacement.trim()}`
  return EQUIVALENT.find(
    (one) =>
      one.file === file &&
      one.line === written.trim() &&
      (one.after === undefined || one.after === previous.trim()) &&
      one.changes.includes(change),
  )?.why
}
