/** Files of variables, `NAME=value` a line: the common form of them, without expansion of one variable in another. */
import { record } from '#core/text/record.ts'
import { RunError } from './run-error.ts'

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/

/** The variables. Values may stand in quotes, in double ones with \n; a comment begins with # at the start or after a space. */
export function parseEnvFile(text: string, path: string): { readonly [name: string]: string } {
  const variables = record<string>()
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, name, given] = LINE.exec(line) ?? []
    if (name === undefined || given === undefined)
      throw new RunError(
        { code: 'env-file-invalid', path },
        `${path}:${at + 1} is no variable: ${JSON.stringify(line)}`,
        'write NAME=value',
      )
    variables[name] = unquoted(given)
  }
  return variables
}

function unquoted(given: string): string {
  const [, quote, quoted] = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(given) ?? []
  if (quoted === undefined) return given.replace(/(^|\s+)#.*$/, '')
  return quote === '"' ? quoted.replaceAll('\\n', '\n') : quoted
}
