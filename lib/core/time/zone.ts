/** Time zones: converts between moments and wall time. Supports the zones that Intl supports. */
import { nearest } from '#core/text/nearest.ts'
import { entryOf } from '#core/text/record.ts'

/** Wall time. Months and days count from 1. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...fields })
    formats.set(zone, format)
  }
  return format
}

let names: readonly string[] | undefined

/** Cached: the list is long, and Intl builds it on every call. */
function zoneNames(): readonly string[] {
  names ??= ['UTC', ...Intl.supportedValuesOf('timeZone')]
  return names
}

/** The problem with a text that is not a time zone; undefined if it is one. */
export function zoneProblem(zone: string): { readonly what: string; readonly hint: string } | undefined {
  const known = zoneNames()
  if (known.includes(zone)) return undefined
  // renamed zones are still valid, though Intl does not list them; offsets have no summer time and are not zones
  const spelled = known.find((name) => name.toLowerCase() === zone.toLowerCase())
  if (spelled === undefined && /^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/.test(zone) && isZone(zone)) return undefined
  const meant =
    spelled ??
    nearest(zone, known) ??
    known.find((name) => name.split('/').at(-1)?.toLowerCase() === zone.toLowerCase().replaceAll(' ', '_'))
  return {
    what: `unknown time zone \`${zone}\``,
    hint: `${meant === undefined ? '' : `did you mean ${meant}? `}write a name such as UTC, Europe/Zurich or America/New_York`,
  }
}

function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** The offset of a zone from UTC at a moment, in milliseconds. */
function offsetAt(moment: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  const number = (part: string) => Number(entryOf(parts, part))
  const wall = Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'), number('second'))
  return wall - (moment - (((moment % 1000) + 1000) % 1000))
}

export const wallTime = (moment: Date, zone: string): WallTime => wallAt(moment.getTime() + offsetAt(moment.getTime(), zone))

/** The wall time that a clock of UTC shows at a moment. */
function wallAt(time: number): WallTime {
  const shifted = new Date(time)
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  }
}

/** The moment of a wall time: the first of two when clocks are set back, undefined when they skip it. */
export function momentOf({ year, month, day, hour, minute }: WallTime, zone: string): Date | undefined {
  const wall = Date.UTC(year, month - 1, day, hour, minute)
  const offsets = [...new Set([offsetAt(wall - DAY, zone), offsetAt(wall + DAY, zone), offsetAt(wall, zone)])]
  const moments = offsets.map((offset) => wall - offset).filter((moment) => moment + offsetAt(moment, zone) === wall)
  return moments.length === 0 ? undefined : new Date(Math.min(...moments))
}

/** Formats a moment in a zone: `2026-11-21T08:00:00+01:00`; with `Z` for UTC. */
export function isoIn(moment: Date, zone: string): string {
  const offset = offsetAt(moment.getTime(), zone)
  const wall = new Date(moment.getTime() + offset).toISOString().slice(0, 19)
  if (zone === 'UTC') return `${wall}Z`
  const minutes = Math.abs(Math.round(offset / MINUTE))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** A change of the clocks of a zone: wall time jumps from `before` to `after`. */
export interface ClockChange {
  readonly at: Date
  readonly before: WallTime
  readonly after: WallTime
}

/** The changes of the clocks after a moment and not after another, in order. */
export function clockChanges(zone: string, from: Date, until: Date): readonly ClockChange[] {
  const found: ClockChange[] = []
  for (let start = from.getTime(); start < until.getTime(); start += DAY) {
    let [low, high] = [start, Math.min(start + DAY, until.getTime())]
    const offset = offsetAt(low, zone)
    if (offsetAt(high, zone) === offset) continue
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle, zone) === offset) low = middle
      else high = middle
    }
    const at = new Date(Math.floor(high / 1000) * 1000)
    found.push({ at, before: wallAt(at.getTime() + offset), after: wallTime(at, zone) })
  }
  return found
}
