/** siftstep head: finds data as a run does, and prints its first rows. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { record as textRecord } from '#core/text/record.ts'
import { count } from '#core/text/numbers.ts'
import { EXIT } from '#run/local/events.ts'
import { firstRows } from '#run/runs/first-rows.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { MEASURED, planFound, runQuietly } from './quiet-run.ts'

const FIND = 'find'
const USUAL = 10
const MOST = 10_000
const CELL = 40

/** The address is passed as an input, so it is never parsed as an expression. */
const DEFINITION = `version: 1
id: head
name: Head
inputs:
  source: {type: array, required: true, description: What to read}
steps:
  - {id: ${FIND}, type: discover, with: {source: "{{ inputs.source }}", allow_empty: true}}
`

export async function showHead(args: Args, terminal: Terminal): Promise<number> {
  const most = rowsOf(args)
  const run = { command: 'head', definition: DEFINITION, inputs: { source: args.positionals }, find: FIND }
  const { id, exit_code, store, record } = await runQuietly(run, args, terminal)
  if (!MEASURED.includes(exit_code)) return exit_code
  const plan = await planFound({ id, store }, FIND, FIND)
  const { columns, rows } = await firstRows(record, plan, most, store)
  if (args.has('json')) {
    const objects = rows.map((row) => textRecord(columns.map(({ name }, at) => [name, row[at] ?? null] as const)))
    terminal.out(`${JSON.stringify(objects, null, 2)}\n`)
    return EXIT.ok
  }
  const head = columns.map(({ name }) => escapeControls(name, CELL))
  const types = columns.map(({ type }) => type)
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '∅' : escapeControls(String(cell), CELL))))
  const [all, bad] = [sum(plan.sources.map((one) => one.records - one.bad)), sum(plan.sources.map((one) => one.bad))]
  const rest = bad === 0 ? '' : `; ${count(bad, 'record')} that cannot be read as rows`
  terminal.out(`${columnsOf(head, [types, ...cells])}${rows.length.toLocaleString('en')} of ${count(all, 'row')}${rest}\n`)
  return EXIT.ok
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

function rowsOf(args: Args): number {
  const given = args.value('rows') ?? String(USUAL)
  if (!/^\d+$/.test(given) || Number(given) < 1 || Number(given) > MOST)
    throw new UsageError(`invalid --rows ${given}`, `use a whole number from 1 to ${MOST.toLocaleString('en')}`, 'head')
  return Number(given)
}
