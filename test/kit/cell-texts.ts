/** Values of types that databases have, as text that their servers read. */
import * as fc from 'fast-check'

const padded = (n: number, width: number) => String(n).padStart(width, '0')

const day = fc.record({ y: fc.integer({ min: 1, max: 9999 }), m: fc.integer({ min: 1, max: 12 }), d: fc.integer({ min: 1, max: 28 }) })
export const dayText = day.map(({ y, m, d }) => `${padded(y, 4)}-${padded(m, 2)}-${padded(d, 2)}`)

/** With six digits of a second. */
export const momentText = fc
  .tuple(dayText, fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 0, max: 999_999 }))
  .map(
    ([date, s, micro]) =>
      `${date} ${padded(Math.floor(s / 3600), 2)}:${padded(Math.floor(s / 60) % 60, 2)}:${padded(s % 60, 2)}.${padded(micro, 6)}`,
  )

/** Without NUL. */
export const anyText = fc.string({ unit: 'binary', maxLength: 12 }).map((one) => one.replaceAll('\0', '').replace(/\p{Surrogate}/gu, ''))

/** Decimals of up to `most` digits, `scale` of them behind the point. */
export const scaledText = (most: number, scale: number) =>
  fc.bigInt({ min: -(10n ** BigInt(most)) + 1n, max: 10n ** BigInt(most) - 1n }).map(
    (n) =>
      `${n < 0n ? '-' : ''}${String(n < 0n ? -n : n)
        .padStart(scale + 1, '0')
        .replace(new RegExp(`(\\d{${scale}})$`), '.$1')}`,
  )
