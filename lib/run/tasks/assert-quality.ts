/** Checks the data against the limits of a segment's steps before anything is published. */
import type { SegmentStep } from '#data/ledger/segment-file.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count, isMoreThanShare } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'

/** Throws Quality.GateFailed or Data.TooManyBadRows; nothing has been published yet. */
export function assertQuality(steps: readonly SegmentStep[], limits: { readonly [step: string]: number }): void {
  for (const { id, rows } of steps) {
    const limit = entryOf(limits, id)
    if (limit === undefined || rows === null || !isMoreThanShare(rows.quarantined, rows.in, limit)) continue
    const share = ((100 * rows.quarantined) / rows.in).toFixed(1)
    throw new TaskError(
      'Data.TooManyBadRows',
      `${rows.quarantined.toLocaleString('en')} of ${count(rows.in, 'row')} went to quarantine (${share}%), more than the limit of ${Number((100 * limit).toPrecision(6))}%`,
      {
        step: id,
        hint: 'see the reasons in the quarantine, or raise on_error.max_bad_rows',
      },
    )
  }
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
