/**
 * The ways dates are written. A form is a strptime format. Where day and month are ambiguous, the format has slots `%1` and `%2`, which are
 * filled once the order is known for the whole column.
 */

export type DateOrder = 'dmy' | 'mdy'

export interface DateForm {
  readonly format: string
  readonly time: boolean
  /** The two numbers in the slots, if the format has slots. */
  readonly slots: readonly [number, number] | null
}

const ZONE = String.raw`Z| UTC| GMT| ?[+-]\d{2}:?\d{2}`
const TIME = String.raw`(?:(?<gap>,? |T)(?<h>\d{1,2}):(?<min>\d{2})(?<sec>:\d{2}(?<frac>\.\d{1,9})?)?(?<ampm> ?[AaPp][Mm])?(?<zone>${ZONE})?)?`
const YMD = new RegExp(String.raw`^(?<y>\d{4})(?<sep>[-/])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})${TIME}$`)
const NUMERIC = new RegExp(String.raw`^(?<a>\d{1,2})(?<sep>[-/.])(?<b>\d{1,2})\k<sep>(?<y>\d{4}|\d{2})${TIME}$`)
const MONTHS =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const WEEKDAY = `(?:(?<day>mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?<pause>,? ))?`
const MONTH_FIRST = new RegExp(String.raw`^${WEEKDAY}(?<mon>${MONTHS}) (?<d>\d{1,2})(?<comma>,?) (?<y>\d{4})${TIME}$`, 'i')
const DAY_FIRST = new RegExp(String.raw`^${WEEKDAY}(?<d>\d{1,2})(?<sep>[ -])(?<mon>${MONTHS})\k<sep>(?<y>\d{4}|\d{2})${TIME}$`, 'i')

/** The format of C's ctime and many logs: `Thu Sep 25 10:36:28 2003`, with or without a zone. */
const YEAR_LAST = new RegExp(
  String.raw`^${WEEKDAY}(?<mon>${MONTHS}) {1,2}(?<d>\d{1,2}) (?<h>\d{2}):\d{2}:\d{2}(?<zone>${ZONE})? (?<y>\d{4})$`,
  'i',
)

/** Whether digits would be a time between 2001 and 2033, in seconds or milliseconds since 1970. */
export const isEpochSeconds = (cell: string) => /^1\d{9}$/.test(cell)
export const isEpochMillis = (cell: string) => /^1\d{12}$/.test(cell)

type Groups = { readonly [name: string]: string | undefined }

function timeFormat(groups: Groups): string {
  if (groups['h'] === undefined) return ''
  const clock = groups['ampm'] === undefined ? '%H:%M' : '%I:%M'
  const seconds = groups['sec'] === undefined ? '' : groups['frac'] === undefined ? ':%S' : ':%S.%f'
  const ampm = groups['ampm'] === undefined ? '' : groups['ampm'].startsWith(' ') ? ' %p' : '%p'
  return `${groups['gap'] ?? ' '}${clock}${seconds}${ampm}${zoneFormat(groups['zone'])}`
}

const zoneFormat = (zone = '') => (/\d/.test(zone) ? `${zone.startsWith(' ') ? ' ' : ''}%z` : zone)
const dayFormat = ({ day, pause }: Groups) => (day === undefined ? '' : `${day.length === 3 ? '%a' : '%A'}${pause}`)

const within = (value: number, low: number, high: number) => value >= low && value <= high
const monthFormat = (month: string | undefined) => (month?.length === 3 ? '%b' : '%B')
const yearFormat = (year: string | undefined) => (year?.length === 2 ? '%y' : '%Y')

/** The format of a cell if it is a date. Plain numbers are not dates. */
export function dateForm(cell: string): DateForm | null {
  if (cell.length < 6 || cell.length > 40) return null
  const form = (format: string, groups: Groups, slots: DateForm['slots'] = null): DateForm => ({
    format: format + timeFormat(groups),
    time: groups['h'] !== undefined,
    slots,
  })
  let groups = YMD.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    if (!within(Number(groups['m']), 1, 12) || !within(Number(groups['d']), 1, 31)) return null
    return form(groups['sep'] === '-' ? '%Y-%m-%d' : '%Y/%m/%d', groups)
  }
  groups = NUMERIC.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    const [first, second] = [Number(groups['a']), Number(groups['b'])]
    if (!within(first, 1, 31) || !within(second, 1, 31) || (first > 12 && second > 12)) return null
    return form(`%1${groups['sep']}%2${groups['sep']}${yearFormat(groups['y'])}`, groups, [first, second])
  }
  groups = MONTH_FIRST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) return form(`${dayFormat(groups)}${monthFormat(groups['mon'])} %d${groups['comma']} %Y`, groups)
  groups = DAY_FIRST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined)
    return form(`${dayFormat(groups)}%d${groups['sep']}${monthFormat(groups['mon'])}${groups['sep']}${yearFormat(groups['y'])}`, groups)
  groups = YEAR_LAST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    const format = `${dayFormat(groups)}${monthFormat(groups['mon'])} %d %H:%M:%S${zoneFormat(groups['zone'])} %Y`
    return { format, time: true, slots: null }
  }
  return null
}

/** The format with its slots filled. */
export const orderedFormat = (format: string, order: DateOrder) =>
  format.replace('%1', order === 'dmy' ? '%d' : '%m').replace('%2', order === 'dmy' ? '%m' : '%d')
