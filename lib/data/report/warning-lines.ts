/** The warnings of a run as text: one line each, with a line for each of its reasons. */
import type { Example } from '#data/ledger/quarantine-tally.ts'
import type { RunWarning } from '#data/ledger/warnings.ts'
import { count } from '#core/text/numbers.ts'

export interface WarningLine {
  readonly text: string
  /** How many rows or values have which reason, and an example of each. */
  readonly reasons: readonly string[]
}

export function warningLines(warnings: readonly RunWarning[]): readonly WarningLine[] {
  return warnings.map(({ step, text, counts, reasons }) => ({
    text: step === null ? text : `${step}: ${text}`,
    reasons: reasons.map(
      ({ rows, reason, example }) => `${count(rows, counts)}: ${reason}${example === null ? '' : `, e.g. ${shown(example)}`}`,
    ),
  }))
}

/** `sales.csv:12 "abc"`. */
const shown = ({ source, line, value }: Example) => `${source}:${line}${value === null ? '' : ` "${value}"`}`
