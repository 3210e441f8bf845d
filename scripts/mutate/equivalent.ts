/** Mutants that change nothing a program could tell, each with the reason. They are not tried, and not counted. */
import type { Mutant } from './mutants.ts'

interface Equivalent {
  readonly file: string
  /** The line it is on, without the white space around it. */
  readonly line: string
  readonly before: string
  readonly replacement: string
  readonly why: string
}

const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'lib/data/survey/corrected-plan.ts',
    line: 'const format = plan.date === null ? null : missingFormat(plan, first)',
    before: 'plan.date === null',
    replacement: 'false',
    why: 'the format is looked at only where plan.date is not null',
  },
]

/** Why a mutant of a file with this text is equivalent; undefined when it is not listed. */
export function whyEquivalent(mutant: Mutant, text: string): string | undefined {
  const line = text.split('\n')[mutant.line - 1]?.trim()
  return EQUIVALENT.find(
    (one) => one.file === mutant.file && one.line === line && one.before === mutant.before && one.replacement === mutant.replacement.trim(),
  )?.why
}
