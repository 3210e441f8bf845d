/** Formats numbers for people. */

/** Formats bytes in powers of a thousand with one decimal: `14.2 MB`. */
export function bytes(amount: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  let [value, unit] = [amount, 0]
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${value} ${value === 1 ? 'byte' : 'bytes'}` : `${value.toFixed(1)} ${units[unit]}`
}

/** `40.0K`, `1.2M`; the number itself below a thousand. */
export function compact(amount: number): string {
  if (amount < 1000) return `${amount}`
  return amount < 999_950
    ? `${(amount / 1e3).toFixed(1)}K`
    : amount < 999_950_000
      ? `${(amount / 1e6).toFixed(1)}M`
      : `${(amount / 1e9).toFixed(1)}G`
}

/** `1 file`, `3 files`, `12,000 rows`. */
export const count = (amount: number, one: string, many = `${one}s`) => `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`

/** `94%`. Shows 100% only for all and 0% only for none; otherwise `>99%` and `<1%`. */
export function percent(share: number): string {
  if (share > 0.995 && share < 1) return '>99%'
  if (share > 0 && share < 0.005) return '<1%'
  return `${Math.round(share * 100)}%`
}

/**
 * Whether `part` of `whole` is more than `share`. Compares integers instead of dividing: 29 of 100 is not more than 0.29, although 0.29 *
 * 100 is less than 29 in floating point. The share is taken by its decimal digits.
 */
export function isMoreThanShare(part: number, whole: number, share: number): boolean {
  const [digits = '0', exponent = '0'] = share.toExponential().replace('.', '').split('e')
  // share = digits * 10 ^ power
  const power = Number(exponent) - (digits.replace('-', '').length - 1)
  const [left, right] = [BigInt(part), BigInt(digits) * BigInt(whole)]
  return power < 0 ? left * 10n ** BigInt(-power) > right : left > right * 10n ** BigInt(power)
}

/** `0.4s`, `44.1s`, `3m 20s`. */
export function seconds(amount: number): string {
  if (amount < 100) return `${amount.toFixed(1)}s`
  const whole = Math.round(amount)
  return whole < 3600 ? `${Math.floor(whole / 60)}m ${whole % 60}s` : `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`
}
