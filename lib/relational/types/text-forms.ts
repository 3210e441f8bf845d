/** Patterns for values in text. They match the whole text without surrounding white space, and mean the same in RE2 and JavaScript. */

/** A text as a pattern that matches only this text. */
export const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** A whole number in digits; zeros may follow a decimal point. */
export const DIGITS = '[+-]?\\d+(?:\\.0*)?'

/** A number in digits, with an optional decimal point and exponent. */
export const NUMBER = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,9})?'

/** A number in digits with at most so many of them behind the point, zeros at the end apart. */
export const decimalDigits = (scale: number) => (scale === 0 ? DIGITS : `[+-]?(?:\\d+(?:\\.\\d{0,${scale}}0*)?|\\.\\d{1,${scale}}0*)`)

/** A number that may be whole although it is not in plain digits: 1e3, .0. */
export const POWER = '[+-]?(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)[eE][+-]?\\d{1,9}|\\.0+)'

/** Texts for true and false, in any case. */
export const TRUE_TEXTS: readonly string[] = ['true', 't', 'yes', 'y', 'on', '1']
export const FALSE_TEXTS: readonly string[] = ['false', 'f', 'no', 'n', 'off', '0']

const YEAR = '(?:[1-9]\\d{3}|0[1-9]\\d{2}|00[1-9]\\d|000[1-9])'
const DAY = `${YEAR}-\\d{1,2}-\\d{1,2}`
const CLOCK = '[T ](?:[01]?\\d|2[0-3]):\\d{2}'
const SECONDS = ':\\d{2}(?:\\.\\d{1,9})?'
const OFFSET = ' ?[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?'

/** A date or timestamp of ISO 8601, without an offset or in UTC. */
export const ISO_PLAIN = `${DAY}(?:${CLOCK}(?:${SECONDS})?Z?)?`

/** A timestamp of ISO 8601 with an offset from UTC, to the minute and to the second. */
export const ISO_OFFSET_MINUTE = `${DAY}${CLOCK}${OFFSET}`
export const ISO_OFFSET_SECOND = `${DAY}${CLOCK}${SECONDS}${OFFSET}`

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/** An e-mail address: a dot-atom, an @ and a domain of two or more labels (RFC 5321 and 1035; no quoted local parts, no address literals). */
export const EMAIL = `${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}`

/** Of an e-mail address, in characters: the whole, and the part before the @ (RFC 5321). */
export const EMAIL_LIMITS = { address: 254, local: 64 } as const
