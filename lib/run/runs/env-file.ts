/** Files of variables, one `NAME=value` per line: the common format, without variable expansion. */
import { record } from '#core/text/record.ts'
import { RunError } from './run-error.ts'

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/

/** Parses the variables. Values may be quoted, in double quotes with \n; a comment starts with # at the line start or after a space. */
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
        `${path}:${at + 1} is not a variable: ${JSON.stringify(line)}`,
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
