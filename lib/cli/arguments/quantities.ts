/** Parses sizes and numbers: `3.2GB`, `3.6M`, `12`. */
import { size, toBytes } from '#steps/kind/fields.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

export function sizeInBytes(text: string, flag: string): number {
  if (!size.safeParse(text).success)
    throw new UsageError(`invalid size ${flag} ${text}`, 'use bytes, or a number with a unit: 500MB, 3.2GB, 1TB')
  return toBytes(text)
}

const POWERS: { readonly [unit: string]: number } = { '': 1, K: 1e3, M: 1e6, G: 1e9, B: 1e9 }

/** A whole number, optionally with K, M or G. */
export function quantity(text: string, flag: string): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMGB]?)\s*$/i.exec(text.replaceAll(/[_,](?=\d{3}\b)/g, '')) ?? []
  const amount = Math.round(Number(digits) * (entryOf(POWERS, unit.toUpperCase()) ?? Number.NaN))
  if (digits === '' || !Number.isSafeInteger(amount))
    throw new UsageError(`invalid number ${flag} ${text}`, 'use a number, optionally with K, M or G: 500000, 3.6M')
  return amount
}
