/** Settings of a source that no text can be read by. */
import { TaskError } from '#core/errors/errors.ts'
import type { ReadSettings } from './source.ts'

/** Definition.InvalidSetting, with what is allowed. */
export function checkSettings(settings: ReadSettings): void {
  const { delimiter, quote, escape: escaper, comment, skip_lines } = settings
  const one = (name: string, value: string | undefined, mayBeEmpty: boolean) => {
    if (value === undefined || (mayBeEmpty && value === '')) return
    const code = value.length === 1 ? value.charCodeAt(0) : 0
    const isGood = code > 0 && code < 128 && code !== 10 && code !== 13
    if (isGood) return
    throw invalid(name, value, `one character of ASCII that ends no line${mayBeEmpty ? ", or '' for none" : ''}`)
  }
  one('delimiter', delimiter, false)
  one('quote', quote, true)
  one('escape', escaper, true)
  one('comment', comment, true)
  const special = [delimiter, quote, comment].filter((character) => character !== undefined && character !== '')
  if (new Set(special).size < special.length)
    throw new TaskError('Definition.InvalidSetting', 'delimiter, quote and comment of a source must be different characters', {
      hint: 'change one of them',
    })
  if (escaper !== undefined && escaper !== '' && (escaper === delimiter || escaper === comment))
    throw invalid('escape', escaper, 'the quote itself, for doubled quotes, or a character of its own such as a backslash')
  if (quote === ' ' || escaper === ' ') throw invalid(quote === ' ' ? 'quote' : 'escape', ' ', 'any character but a space')
  if (skip_lines !== undefined && !(Number.isInteger(skip_lines) && skip_lines >= 0))
    throw invalid('skip_lines', skip_lines, 'a whole number from 0')
}

const invalid = (name: string, value: unknown, allowed: string) =>
  new TaskError('Definition.InvalidSetting', `${JSON.stringify(value)} cannot be the ${name} of a source`, {
    hint: `it must be ${allowed}`,
  })
