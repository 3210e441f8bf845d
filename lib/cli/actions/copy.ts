/** siftstep copy: reads data as a run does and publishes it elsewhere, with an account of every row. */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { equation } from '#data/ledger/ledger.ts'
import { count, bytes } from '#core/text/numbers.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn } from '#cli/runs/on-store.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { isPlain } from '#cli/show/suggested-pipeline.ts'
import { figuresOf } from '#run/runs/figures.ts'
import { MEASURED, runQuietly } from './quiet-run.ts'

const FIND = 'find'

export async function copyData(args: Args, terminal: Terminal): Promise<number> {
  const [from = '', to = ''] = args.positionals
  const given = { source: [from], to, ...flagged(args, ['mode', 'format']) }
  const run = { command: 'copy', definition: definitionOf(Object.keys(given), to, keysOf(args)), inputs: given, find: FIND }
  const { id, exit_code, store, record } = await runQuietly(run, args, terminal)
  if (!MEASURED.includes(exit_code) || !('rows' in record)) return exit_code
  const { rows, output, score } = record
  if (args.has('json')) {
    terminal.out(`${JSON.stringify({ run: id, status: record.status, from, output, figures: figuresOf(rows, score) }, null, 2)}\n`)
    return exit_code
  }
  if (output !== null)
    terminal.out(`Copied ${count(output.rows, 'row')} to ${escapeControls(output.to)} (${output.format}, ${bytes(output.bytes)})\n`)
  if (rows !== null) terminal.out(`${SYMBOLS.rows}Rows: ${equation(rows)}   ${SYMBOLS.balanced}\n`)
  if (record.status === 'partial') terminal.out(`${SYMBOLS.partial}Not all of it: ${commandOn(id, store, terminal)('why')}\n`)
  return exit_code
}

const flagged = (args: Args, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (args.value(name) === undefined ? [] : [[name, args.value(name) ?? '']])))

/** Keys are names of columns in the definition, where braces would begin an expression. */
function keysOf(args: Args): readonly string[] {
  const wrong = args.all('key').find((key) => !isPlain(key))
  if (wrong !== undefined) throw new UsageError(`invalid --key ${wrong}`, 'give a column without {{ and ${ in its name', 'copy')
  return args.all('key')
}

/** Everything else given is an input: a name of a file is never parsed as an expression, and a wrong value is reported as that of a setting. */
function definitionOf(given: readonly string[], to: string, keys: readonly string[]): string {
  const settings = given.filter((name) => name !== 'source')
  return stringify({
    version: 1,
    // a pipeline replaces only its own output, and does not read it: each target has its own
    id: `copy_${createHash('sha256').update(to).digest('hex').slice(0, 12)}`,
    name: 'Copy',
    inputs: Object.fromEntries(
      given.map((name) => [name, { type: name === 'source' ? 'array' : 'string', required: true, description: name }]),
    ),
    steps: [
      { id: FIND, type: 'discover', with: { source: '{{ inputs.source }}' } },
      {
        id: 'copy',
        type: 'export',
        with: { ...Object.fromEntries(settings.map((name) => [name, `{{ inputs.${name} }}`])), ...(keys.length === 0 ? {} : { keys }) },
      },
    ],
  })
}
