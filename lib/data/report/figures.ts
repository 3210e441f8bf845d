/** Figures of the report, the same text in Markdown and HTML: rounded, but never to a value that claims more than is true. */

/** `3,600,000`. */
export const whole = (amount: number) => amount.toLocaleString('en')

/** `91.2%`; 100% only for all, 0% only for none. */
export function shareOf(value: number): string {
  if (value === 1 || value === 0) return `${value * 100}%`
  return `${Math.min(99.9, Math.max(0.1, value * 100)).toFixed(1)}%`
}

/** `0.98`; 1.00 only if it is 1. */
export const scoreOf = (value: number) => (value < 1 && value >= 0.995 ? '0.99' : value.toFixed(2))

/** Four decimals, for calculations that are shown. */
export const precise = (value: number) => (value < 1 && value >= 0.99995 ? '0.9999' : value.toFixed(4))

/** `44.1 seconds`. */
export const secondsOf = (value: number) => `${value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} seconds`

/** A measured number with six digits, a text unchanged; empty if there is none. */
export function measured(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'number' ? (Number.isInteger(value) ? whole(value) : `${Number(value.toPrecision(6))}`) : String(value)
}
