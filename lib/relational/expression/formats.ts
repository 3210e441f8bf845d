/** The format language of strftime, to_date and to_timestamp: its `%` letters, and validation of a format. */
import type { PatternProblem } from './regex.ts'

/** The supported specifiers. Locale-dependent ones and time zones are excluded: results must not depend on the machine. */
export const FORMAT_LETTERS: Readonly<Record<string, string>> = {
  '%Y': 'year, four digits',
  '%y': 'year, two digits',
  '%m': 'month, 01–12',
  '%b': 'month, Jan',
  '%B': 'month, January',
  '%d': 'day of the month, 01–31',
  '%j': 'day of the year, 001–366',
  '%a': 'weekday, Mon',
  '%A': 'weekday, Monday',
  '%H': 'hour, 00–23',
  '%I': 'hour, 01–12',
  '%p': 'AM or PM',
  '%M': 'minute, 00–59',
  '%S': 'second, 00–59',
  '%f': 'microseconds, six digits',
  '%%': 'a percent sign',
}
/** Letters that may also be written without leading zeros: `%-d`. */
const UNPADDED = 'ymdjHIMS'

/** The first problem of a format; undefined if it is valid. */
export function formatProblem(format: string): PatternProblem | undefined {
  if (format === '') return { at: 0, length: 0, what: 'The format is empty.', hint: "Write one, such as '%Y-%m-%d'." }
  for (let at = format.indexOf('%'); at >= 0; at = format.indexOf('%', at)) {
    const unpadded = format.charAt(at + 1) === '-'
    const letter = format.charAt(at + (unpadded ? 2 : 1))
    const length = (unpadded ? 2 : 1) + letter.length
    if (unpadded ? letter === '' || !UNPADDED.includes(letter) : !Object.hasOwn(FORMAT_LETTERS, `%${letter}`)) {
      const hint = `Use ${Object.keys(FORMAT_LETTERS).join(' ')}, and %-d %-m … without leading zeros.`
      return { at, length, what: `\`${format.slice(at, at + length)}\` is not a part of a date or time.`, hint }
    }
    at += length
  }
  return undefined
}
