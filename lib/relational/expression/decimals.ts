/** SQL that keeps numbers finite and free of noise after the last reliable digit. */
import type { Once } from '#relational/types/sql.ts'

/**
 * A finite DOUBLE rounded to 15 significant digits, the most that every decimal fraction keeps in a DOUBLE: 0.1 + 0.2 is 0.3. Equal to
 * printing with `%.15g` and parsing the result, at a third of the cost. Numbers beyond the range in which powers of ten are exact are
 * unchanged.
 */
export const tidy = (sql: string, once: Once) =>
  once(
    sql,
    (value) =>
      `CASE WHEN abs(${value}) BETWEEN 1e-7 AND 1e15 THEN round(${value}, 14 - CAST(floor(log10(abs(${value}))) AS INTEGER)) WHEN isfinite(${value}) THEN ${value} END`,
  )

/**
 * A sum or difference of terms, rounded to the reliable digits of its largest term: the remainder of 0.1 * 3 - 0.3 is noise, and so are the
 * last digits of 1000.1 - 1000. The result is never negative zero.
 */
export const tidySum = (sql: string, terms: readonly string[], once: Once) =>
  once(sql, (value) =>
    once(
      `greatest(${[value, ...terms].map((term) => `abs(${term})`).join(', ')})`,
      (largest) =>
        `CASE WHEN ${largest} BETWEEN 1e-7 AND 1e15 THEN round(${value}, 14 - CAST(floor(log10(${largest})) AS INTEGER)) + 0e0 WHEN isfinite(${value}) THEN ${value} END`,
    ),
  )
