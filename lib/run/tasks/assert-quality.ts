/** Checks the data against the limits of a segment's steps before anything is published. */
import type { SegmentStep } from '#data/ledger/segment-file.ts'
import { isTooMany, tooMany } from '#data/ledger/warnings.ts'
import { TaskError } from '#core/errors/errors.ts'

/** What a step quarantined of the rows it got. */
export interface StepShare {
  readonly step: string
  readonly rows: number
  readonly of: number
}

/** Throws Data.TooManyBadRows for the first of the steps that must fail above their limit; nothing has been published yet. */
export function assertShares(shares: readonly StepShare[], limits: { readonly [step: string]: number }): void {
  for (const { step, ...share } of shares) {
    if (!isTooMany(share, limits, step)) continue
    throw new TaskError('Data.TooManyBadRows', tooMany(share, limits, step), {
      step,
      hint: 'see the reasons in the quarantine, or raise on_error.max_bad_rows; with `too_many_bad_rows: publish` the run completes in part instead',
    })
  }
}

/** Throws Quality.GateFailed; nothing has been published yet. */
export function assertQuality(steps: readonly SegmentStep[]): void {
  const failed = steps.filter(({ failing }) => failing.length > 0)
  if (failed.length === 0) return
  const [first, ...others] = failed
  const details = failed.flatMap(({ report }) => report.lines.filter(({ level }) => level === 'error').map(({ text }) => text))
  throw new TaskError(
    'Quality.GateFailed',
    `${others.length === 0 ? '' : `${failed.map(({ id }) => id).join(', ')}: `}${details.join('; ')}`,
    {
      step: first?.id,
      hint: 'fix the data, or change the rule or its `tolerance`',
    },
  )
}
