/** What siftstep doctor prints: a line for each check, with the fix below it. */
import { count } from '#core/text/numbers.ts'
import type { Check, Status } from './check.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'

const MARKS: { readonly [Name in Status]: string } = {
  found: SYMBOLS.step.done,
  warning: '!',
  missing: SYMBOLS.step.failed,
  unchecked: SYMBOLS.step.skipped,
}

export function doctorText(checks: readonly Check[]): string {
  const lines = checks.map(({ check, status, detail, fix }) => {
    const below = fix === undefined ? '' : `\n    fix: ${fix}`
    return `${MARKS[status]} ${check}: ${detail}${below}`
  })
  const of = (status: Status) => checks.filter((one) => one.status === status).length
  const counts = [`${of('found')} found`, count(of('warning'), 'warning'), `${of('missing')} missing`, `${of('unchecked')} not checked`]
  return `${lines.join('\n')}\n\n${counts.join(', ')}\n`
}
