/** What a header of HTTP can hold. */
import { TaskError } from '#core/errors/errors.ts'

/** A header holds one line of Latin-1 characters. */
export function assertHeader(key: string, setting: string): void {
  const at = [...key].findIndex((sign) => !/[\t\x20-\x7e\x80-\xff]/.test(sign))
  if (at < 0) return
  const sign = /[\r\n]/.test([...key][at] ?? '') ? 'a line break' : 'a character that an HTTP header cannot hold'
  throw new TaskError('Definition.InvalidSetting', `the secret of \`${setting}\` contains ${sign} at character ${at + 1}`, {
    path: `with.${setting}`,
    hint: 'set the secret to the key alone: one line, without a line break at the end',
  })
}
