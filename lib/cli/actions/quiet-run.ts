/** A run of a definition of the program's own on files that a person names: nothing is printed but a failure. */
import type { Json } from '#core/json.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { folderStore } from '#io/store/folder.ts'
import { ROUNDS } from '#data/survey/corrected-plan.ts'
import { findJson, readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { compile } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn, shellWord } from '#cli/runs/on-store.ts'
import { causeOf } from '#cli/show/ending.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { runSettings, showStart } from './start-run.ts'

export interface QuietRun {
  /** The name of the command, which is also how its definition is called. */
  readonly command: string
  readonly definition: string
  readonly inputs: { readonly [name: string]: Json }
  /** The step that reads the files: problems are about it. */
  readonly find: string
}

export interface QuietRunEnd {
  readonly id: string
  readonly exit_code: number
  /** The folder of the store. */
  readonly store: string
  readonly record: RunRecord
}

/** Exit codes of runs that measured all rows. One that quarantines many completes in part; what it measured is right all the same. */
export const MEASURED: readonly number[] = [EXIT.ok, EXIT.partial]

/** Runs it. A run that fails prints why, and how to run the command again. */
export async function runQuietly({ command, definition, inputs, find }: QuietRun, args: Args, terminal: Terminal): Promise<QuietRunEnd> {
  const given = runSettings(args, terminal)
  const settings = { ...given, showing: { ...given.showing, json: false, quiet: true } }
  const compiled = compile(definition, { file: command })
  if (!compiled.ok) throw new Error(`the definition of ${command} is wrong: ${compiled.problems.map(({ what }) => what).join('; ')}`)
  const run = {
    compiled,
    text: definition,
    file: command,
    overlay: { config: {}, env_file: null },
    inputs,
    folder: terminal.cwd(),
    made_by: command,
  }
  // only a failure is printed, with its own text: there was nothing to publish
  const quiet: Terminal = { ...terminal, out: () => {}, err: () => {}, isTTY: false }
  const { id, exit_code, record } = await showStart(run, settings, quiet)
  if (!MEASURED.includes(exit_code)) {
    const again = `siftstep ${command} ${args.positionals.map(shellWord).join(' ')}`
    terminal.err(`${failureLines(record, find, again, commandOn(id, settings.store, terminal)).join('\n')}\n`)
  }
  return { id, exit_code, store: settings.store, record }
}

/** The plan of the data that its step `find` found, as the survey of the step `look`, if it has one, corrected it. */
export async function planFound({ id, store }: Pick<QuietRunEnd, 'id' | 'store'>, find: string, look: string): Promise<DatasetPlan> {
  const files = folderStore(store)
  const keys = workspace(id)
  const { result } = await readJson<{ result: { dataset: { plan: string } } }>(files, keys.task('plan', find, null))
  for (let round = ROUNDS; round > 0; round--) {
    const corrected = await findJson<DatasetPlan>(files, keys.dataset(look, round))
    if (corrected !== undefined) return corrected
  }
  return readJson<DatasetPlan>(files, result.dataset.plan)
}

function failureLines(record: RunRecord, find: string, again: string, command: (name: string) => string): readonly string[] {
  if (record.status === 'interrupted') return [`Interrupted. Start again: ${again}`]
  if (!('failure' in record)) throw new Error(`a run that ended with an error has failed, not ${record.status}`)
  const { first, rest } = causeOf(record, find)
  return [`${SYMBOLS.failed}${first}`, ...rest, `${SYMBOLS.more}show  ${command('show')}`, `${SYMBOLS.more}next  ${again}`]
}
