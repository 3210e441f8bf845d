/** A value of the author's code as short text for messages. */
const LONGEST = 60

export function shownValue(value: unknown): string {
  const text = (() => {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return 'a function'
    if (typeof value === 'symbol') return 'a symbol'
    if (typeof value !== 'object' || value === null) return String(value)
    if (value instanceof Promise) return 'a promise'
    try {
      return JSON.stringify(value) ?? 'an object'
    } catch {
      return 'an object'
    }
  })()
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
