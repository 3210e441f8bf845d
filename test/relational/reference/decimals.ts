/** Exact decimals of the reference engine: text with all digits behind the point, and whole numbers of its units. */

/** The text of a number of units: 1234 with two digits behind the point is 12.34. */
export function decimalText(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const sign = units < 0n ? '-' : ''
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** The units of a text with at most so many digits behind the point; null if it has more. */
export function unitsOf(text: string, scale: number): bigint | null {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? []
  if (/[1-9]/.test(fraction.slice(scale))) return null
  const units = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`)
  return sign === '-' ? -units : units
}
