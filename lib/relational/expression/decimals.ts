/** SQL for numbers that stay numbers: nothing infinite, no noise behind the last reliable digit. */
import type { Once } from '#relational/types/once.ts'

/**
 * A finite DOUBLE rounded to 15 significant digits, the most every decimal fraction survives in a DOUBLE: 0.1 + 0.2 is
 * 0.3. Equal to printing with `%.15g` and reading back, at a third of the cost; numbers beyond the range in which
 * powers of ten are exact stay as they are.
 */
export const tidy = (sql: string, once: Once) =>
  once(
    sql,
    (value) =>
      `CASE WHEN abs(${value}) BETWEEN 1e-7 AND 1e15 THEN round(${value}, 14 - CAST(floor(log10(abs(${value}))) AS INTEGER)) WHEN isfinite(${value}) THEN ${value} END`,
  )

/**
 * A sum or difference of the terms, rounded to the digits that its largest term holds reliably: what is left of 0.1 * 3 - 0.3 is noise,
 * and so are the last digits of 1000.1 - 1000. The result is never a negative zero.
 */
export const tidySum = (sql: string, terms: readonly string[], once: Once) =>
  once(sql, (value) =>
    once(
      `greatest(${[value, ...terms].map((term) => `abs(${term})`).join(', ')})`,
      (largest) =>
        `CASE WHEN ${largest} BETWEEN 1e-7 AND 1e15 THEN round(${value}, 14 - CAST(floor(log10(${largest})) AS INTEGER)) + 0e0 WHEN isfinite(${value}) THEN ${value} END`,
    ),
  )
