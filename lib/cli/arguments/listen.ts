/** Where siftstep serve listens, and the token that requests need. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Args } from './flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export interface Listen {
  readonly host: string
  readonly port: number
  readonly token: string
}

const TOKEN = 'SIFTSTEP_TOKEN'
/** Shorter ones can be guessed. */
const MIN_TOKEN = 12

/** Undefined without --http. A UsageError if there is no token: whoever reaches the port could start runs. */
export function listenOf(args: Args, terminal: Terminal): Listen | undefined {
  const given = args.value('http')
  if (given === undefined) return undefined
  const [, host = '127.0.0.1', port = ''] = /^(?:(\[[0-9a-fA-F:]+\]|[\w.-]+):)?(\d{1,5})$/.exec(given) ?? []
  if (port === '' || Number(port) > 65_535)
    throw new UsageError(`invalid --http ${given}`, 'use a port, such as 8321, or an address and a port, such as 0.0.0.0:8321', 'serve')
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), token: tokenOf(args, terminal) }
}

function tokenOf(args: Args, terminal: Terminal): string {
  const file = args.value('token-file')
  const token = (file === undefined ? (terminal.env[TOKEN] ?? '') : tokenIn(resolve(terminal.cwd(), file), file)).trim()
  if (token === '')
    throw new UsageError('--http needs a token', `set ${TOKEN}, or give a file with --token-file; openssl rand -hex 24 makes one`, 'serve')
  if (token.length < MIN_TOKEN || /\s/.test(token))
    throw new UsageError(
      `the token has ${token.length} characters${/\s/.test(token) ? ', with white space among them' : ''}`,
      `use at least ${MIN_TOKEN}, without white space; openssl rand -hex 24 makes one`,
      'serve',
    )
  return token
}

function tokenIn(path: string, given: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `the token file ${given} cannot be read: ${(error as Error).message}`,
      'check its path and its permissions',
      'serve',
    )
  }
}
