/**
 * The ways dates are written. A form is a strptime format. Where day and month are ambiguous, the format has slots `%1` and `%2`, which are
 * filled once the order is known for the whole column.
 */
import { wordedForm } from './worded-dates.ts'

export type DateOrder = 'dmy' | 'mdy'

export interface DateForm {
  readonly format: string
  readonly time: boolean
  /** The two numbers in the slots, if the format has slots. */
  readonly slots: readonly [number, number] | null
}

const ZONE = String.raw`Z| UTC| GMT| ?[+-]\d{2}:?\d{2}`
/** Words before a time, of languages that write the day before the month. */
const DAY_FIRST_WORDS = /klo|kl|um|à|om|\bu\b/
const TIME = String.raw`(?:(?<gap>,? |T|,? (?:klo|kl\.?|um|u|at|à|om) )(?<h>\d{1,2}):(?<min>\d{2})(?<sec>:\d{2}(?<frac>\.\d{1,9})?)?(?<ampm> ?[AaPp][Mm])?(?<zone>${ZONE})?)?`
const YMD = new RegExp(String.raw`^(?<y>\d{4})(?<sep>[-/])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})${TIME}$`)
const NUMERIC = new RegExp(String.raw`^(?<a>\d{1,2})(?<sep>[-/.])(?<b>\d{1,2})\k<sep>(?<y>\d{4}|\d{2})(?<end>\.?)${TIME}$`)
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

/** The format of East Asian dates: `2016年3月20日 21時40分`. */
const CHARACTERS =
  /^(?<y>\d{4})(?<year>[年년] ?)(?<m>\d{1,2})(?<month>[月월] ?)(?<d>\d{1,2})(?<day>[日일](?:[(（][月火水木金土日一二三四五六][)）])?)(?:(?<gap> ?)(?<h>\d{1,2})(?<hour>[時时시] ?)(?<min>\d{2})(?<minute>[分분]))?$/

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

/** Whether a day is in the calendar; the year may have two digits. */
function isDay(year = '', month = '', day = ''): boolean {
  const full = year.length === 2 ? 2000 + Number(year) : Number(year)
  const last = new Date(Date.UTC(2000, Number(month), 0))
  last.setUTCFullYear(full, Number(month), 0)
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= last.getUTCDate()
}

const MONTH_STARTS = 'janfebmaraprmayjunjulaugsepoctnovdec'
const monthOf = (name = '') => String(MONTH_STARTS.indexOf(name.slice(0, 3).toLowerCase()) / 3 + 1)

const monthFormat = (month: string | undefined) => (month?.length === 3 ? '%b' : '%B')
const yearFormat = (year: string | undefined) => (year?.length === 2 ? '%y' : '%Y')

/** Whether the time of a cell is one of a day, or there is none. */
function isTime({ h, min, sec, ampm }: Groups): boolean {
  if (h === undefined) return true
  const hour = Number(h)
  const isHour = ampm === undefined ? hour < 24 : hour >= 1 && hour <= 12
  return isHour && Number(min ?? 0) < 60 && Number(sec?.slice(1, 3) ?? 0) < 60
}

/** The format of a cell if it is a date. Plain numbers are not dates. */
export function dateForm(cell: string): DateForm | null {
  if (cell.length < 6 || cell.length > 60) return null
  const form = cell.length > 40 ? null : formOf(cell)
  if (form === null) {
    const worded = wordedForm(cell)
    return worded === null ? null : { ...worded, slots: null }
  }
  return !isTime(form.groups) ? null : { format: form.format, time: form.time, slots: form.slots }
}

function formOf(cell: string): (DateForm & { readonly groups: Groups }) | null {
  const form = (format: string, groups: Groups, slots: DateForm['slots'] = null) => ({
    groups,
    format: format + timeFormat(groups),
    time: groups['h'] !== undefined,
    slots,
  })
  let groups = YMD.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    // 1001-10-12 is a part number rather than a day; 0001 and 9999 stand for "always" and "never"
    if (!isDay(groups['y'], groups['m'], groups['d']) || !/^(1[5-9]|2[01]|0001|9999)/.test(groups['y'] ?? '')) return null
    return form(groups['sep'] === '-' ? '%Y-%m-%d' : '%Y/%m/%d', groups)
  }
  groups = NUMERIC.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    const [first, second] = [Number(groups['a']), Number(groups['b'])]
    if (!isDay(groups['y'], groups['b'], groups['a']) && !isDay(groups['y'], groups['a'], groups['b'])) return null
    // 1.2.03. is the number of a section
    if (groups['end'] === '.' && (groups['sep'] !== '.' || groups['y']?.length === 2)) return null
    const isDayFirst = DAY_FIRST_WORDS.test(groups['gap'] ?? '')
    if (isDayFirst && !isDay(groups['y'], groups['b'], groups['a'])) return null
    const [one, two] = isDayFirst ? ['%d', '%m'] : ['%1', '%2']
    const format = `${one}${groups['sep']}${two}${groups['sep']}${yearFormat(groups['y'])}${groups['end']}`
    return form(format, groups, isDayFirst ? null : [first, second])
  }
  groups = MONTH_FIRST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined && !isDay(groups['y'], monthOf(groups['mon']), groups['d'])) return null
  if (groups !== undefined) return form(`${dayFormat(groups)}${monthFormat(groups['mon'])} %d${groups['comma']} %Y`, groups)
  groups = DAY_FIRST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined && !isDay(groups['y'], monthOf(groups['mon']), groups['d'])) return null
  if (groups !== undefined)
    return form(`${dayFormat(groups)}%d${groups['sep']}${monthFormat(groups['mon'])}${groups['sep']}${yearFormat(groups['y'])}`, groups)
  groups = CHARACTERS.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined && isDay(groups['y'], groups['m'], groups['d'])) {
    const { year, month, day, h, gap, hour, minute } = groups
    const format = `%Y${year}%m${month}%d${day}${h === undefined ? '' : `${gap}%H${hour}%M${minute}`}`
    return { groups, format, time: h !== undefined, slots: null }
  }
  groups = YEAR_LAST.exec(cell)?.groups as Groups | undefined
  if (groups !== undefined) {
    const format = `${dayFormat(groups)}${monthFormat(groups['mon'])} %d %H:%M:%S${zoneFormat(groups['zone'])} %Y`
    return { groups, format, time: true, slots: null }
  }
  return null
}

/** The order that the numbers of a date show: one that can be no month is the day. Null if both can be a month, or there are no slots. */
export function orderShown({ slots }: Pick<DateForm, 'slots'>): DateOrder | null {
  if (slots === null) return null
  return slots[0] > 12 ? 'dmy' : slots[1] > 12 ? 'mdy' : null
}

/** The format with its slots filled. */
export const orderedFormat = (format: string, order: DateOrder) =>
  format.replace('%1', order === 'dmy' ? '%d' : '%m').replace('%2', order === 'dmy' ? '%m' : '%d')
