/** Compares what a test says of quarantined rows with the quarantine of its run. Pure. */
import type { Json } from '#core/json.ts'
import type { TestExpectations } from '#language/definition/tests-schema.ts'
import { isSame } from './compare-rows.ts'

type Expected = Exclude<NonNullable<TestExpectations['quarantined']>, number>[number]

/** A row of the quarantine, as far as tests speak of it. */
type Found = { readonly [Key in 'step' | 'rule' | 'column' | 'value' | 'line' | 'reason']: string }

/** The expected rows that none is left for, and the rows that are left; null if each has one. `records` has the header first. */
export function quarantineDiffers(expected: readonly Expected[], [header = [], ...records]: readonly (readonly string[])[]) {
  const cell = (record: readonly string[], name: string) => record[header.indexOf(`_${name}`)] ?? ''
  const found = records.map(
    (record): Found => ({
      step: cell(record, 'step'),
      rule: cell(record, 'rule'),
      column: cell(record, 'column'),
      value: cell(record, 'value'),
      line: cell(record, 'line'),
      reason: cell(record, 'reason'),
    }),
  )
  const owner = new Map<number, number>()
  // a row that several can mean goes to one that has no other
  const place = (at: number, seen: Set<number>): boolean =>
    found.some((row, other) => {
      if (seen.has(other) || !matches(expected[at] ?? {}, row)) return false
      seen.add(other)
      const before = owner.get(other)
      if (before !== undefined && !place(before, seen)) return false
      owner.set(other, at)
      return true
    })
  const missing = expected.filter((_, at) => !place(at, new Set()))
  const left = found.filter((_, at) => !owner.has(at))
  return missing.length === 0 && left.length === 0 ? null : { expected: missing as unknown as Json, found: left as unknown as Json }
}

const matches = ({ reason, value, ...exact }: Expected, found: Found): boolean =>
  (reason === undefined || found.reason.includes(reason)) &&
  (value === undefined || isSame(value, found.value === '' ? null : found.value)) &&
  Object.entries(exact).every(([key, wanted]) => wanted === undefined || String(wanted) === found[key as keyof Found])
