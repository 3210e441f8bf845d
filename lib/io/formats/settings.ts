/** Validates the settings of a source. */
import { TaskError } from '#core/errors/errors.ts'
import type { ReadSettings } from './source.ts'

/** Throws Definition.InvalidSetting with the allowed values. */
export function checkSettings(settings: ReadSettings): void {
  const { delimiter, quote, escape: escaper, comment, skip_lines } = settings
  const one = (name: string, value: string | undefined, mayBeEmpty: boolean) => {
    if (value === undefined || (mayBeEmpty && value === '')) return
    const code = value.length === 1 ? value.charCodeAt(0) : 0
    const isGood = code > 0 && code < 128 && code !== 10 && code !== 13
    if (isGood) return
    throw invalid(
      name,
      value,
      `one ${name === 'delimiter' ? 'or two ASCII characters' : 'ASCII character'} other than a line ending${mayBeEmpty ? ", or '' for none" : ''}`,
    )
  }
  if (delimiter?.length === 2) for (const character of delimiter) one('delimiter', character, false)
  else one('delimiter', delimiter, false)
  one('quote', quote, true)
  one('escape', escaper, true)
  one('comment', comment, true)
  const special = [delimiter, quote, comment].filter((character) => character !== undefined && character !== '')
  if (new Set(special).size < special.length)
    throw new TaskError('Definition.InvalidSetting', 'delimiter, quote and comment of a source must be different characters', {
      hint: 'change one of them',
    })
  if (escaper !== undefined && escaper !== '' && (escaper === delimiter || escaper === comment))
    throw invalid('escape', escaper, 'the quote itself, for doubled quotes, or another character such as a backslash')
  if (quote === ' ' || escaper === ' ') throw invalid(quote === ' ' ? 'quote' : 'escape', ' ', 'any character except a space')
  if (skip_lines !== undefined && !(Number.isInteger(skip_lines) && skip_lines >= 0))
    throw invalid('skip_lines', skip_lines, 'a whole number of at least 0')
}

const invalid = (name: string, value: unknown, allowed: string) =>
  new TaskError('Definition.InvalidSetting', `invalid ${name} of a source: ${JSON.stringify(value)}`, {
    hint: `it must be ${allowed}`,
  })
