/** The evidence of several samples of a column together. */
import { entryOf, record } from '#core/text/record.ts'
import { add, type Counts, type Evidence, FEW_OTHERS, FEW_VALUES } from './evidence.ts'
import { mergeVariety } from './variety.ts'

/** The combined evidence of two samples. */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  const counts = (left: Counts, right: Counts): Counts => {
    const sum = record(Object.entries(left))
    for (const [key, value] of Object.entries(right)) add(sum, key, value)
    return sum
  }
  const dates = record(Object.entries(a.dates))
  for (const [format, seen] of Object.entries(b.dates)) {
    const known = entryOf(dates, format)
    dates[format] =
      known === undefined
        ? seen
        : { count: known.count + seen.count, time: seen.time, dmy: known.dmy + seen.dmy, mdy: known.mdy + seen.mdy }
  }
  const values = a.values === null || b.values === null ? null : counts(a.values, b.values)
  const others = a.others === null || b.others === null ? null : counts(a.others, b.others)
  return {
    cells: a.cells + b.cells,
    missing: a.missing + b.missing,
    padded: a.padded + b.padded,
    words: counts(a.words, b.words),
    codes: counts(a.codes, b.codes),
    integers: a.integers + b.integers,
    coded: a.coded + b.coded,
    huge: a.huge + b.huge,
    inexact: a.inexact + b.inexact,
    ungrouped: a.ungrouped + b.ungrouped,
    decimals: a.decimals + b.decimals,
    thousands: a.thousands + b.thousands,
    scales: counts(a.scales, b.scales),
    trailing: a.trailing + b.trailing,
    formatted_scales: counts(a.formatted_scales, b.formatted_scales),
    zeros: a.zeros + b.zeros,
    powers: a.powers + b.powers,
    whole: Math.max(a.whole, b.whole),
    numbers: counts(a.numbers, b.numbers),
    booleans: a.booleans + b.booleans,
    errors: counts(a.errors, b.errors),
    formula_texts: a.formula_texts + b.formula_texts,
    mixed: a.mixed + b.mixed,
    unfit: a.unfit ?? b.unfit,
    others: others !== null && Object.keys(others).length <= FEW_OTHERS ? others : null,
    dates,
    epochs: { seconds: a.epochs.seconds + b.epochs.seconds, millis: a.epochs.millis + b.epochs.millis },
    semantics: counts(a.semantics, b.semantics),
    values: values !== null && Object.keys(values).length > FEW_VALUES ? null : values,
    listed: values === null ? FEW_VALUES + 1 : Object.keys(values).length,
    variety: mergeVariety(a.variety, b.variety),
    sum: a.sum + b.sum,
    largest: Math.max(a.largest, b.largest),
    smallest: Math.min(a.smallest, b.smallest),
  }
}
