/** What profile does: a pipeline of two steps, made for the files, run without a word; then what it found. */
import { join } from 'node:path'
import { compile } from '../../compiler/compile.ts'
import type { DatasetPlan } from '../../dataset/plan.ts'
import { EXIT } from '../../local/events.ts'
import type { Inspection } from '../../reader/source.ts'
import { readJson } from '../../workspace/json-store.ts'
import { workspace } from '../../workspace/workspace.ts'
import { folderStore } from '../../store/folder.ts'
import type { Store } from '../../store/store.ts'
import type { Args } from '../args.ts'
import { type Profile, profileText, type SourceForm } from '../profile-text.ts'
import { runSettings, startRun } from '../start-run.ts'
import { shownPath } from '../stored-runs.ts'
import type { Terminal } from '../terminal.ts'

const FIND = 'find'

/** The files are an input, so nothing in their names can mean anything to the language. */
const DEFINITION = `version: 1
id: profile
name: Profile
inputs:
  files: {type: array, required: true, description: What to profile}
steps:
  - {id: ${FIND}, type: discover, with: {source: "{{ inputs.files }}", allow_empty: true}}
  - {id: look, type: profile}
`

export async function profileFiles(args: Args, terminal: Terminal): Promise<number> {
  const given = runSettings(args, terminal)
  const settings = { ...given, showing: { ...given.showing, json: false, quiet: true } }
  const compiled = compile(DEFINITION, { file: 'profile' })
  if (!compiled.ok) throw new Error(`the definition of the profile is wrong: ${compiled.problems.map(({ what }) => what).join('; ')}`)
  const inputs = { files: args.positionals }
  const run = { compiled, text: DEFINITION, file: 'profile', overlay: { config: {}, env_file: null }, inputs }
  // how it ended is told only when it ended badly
  const quiet: Terminal = { ...terminal, out: () => {}, isTTY: false }
  const { id, exit_code } = await startRun(run, settings, quiet)
  if (exit_code !== EXIT.ok) return exit_code
  const store = folderStore(settings.store)
  const keys = workspace(id)
  const profile: Profile = { ...(await readJson<Omit<Profile, 'form'>>(store, keys.profile)), form: await formsOf(store, id) }
  if (args.has('json')) terminal.out(`${JSON.stringify(profile, null, 2)}\n`)
  else terminal.out(`${profileText(profile)}→ report  ${shownPath(join(settings.store, keys.report('html')), terminal)}\n`)
  return EXIT.ok
}

/** How each source is written, from its inspection. */
async function formsOf(store: Store, run: string): Promise<readonly SourceForm[]> {
  const found = await readJson<{ result: { dataset: { plan: string } } }>(store, workspace(run).task('plan', FIND, null))
  const { sources } = await readJson<DatasetPlan>(store, found.result.dataset.plan)
  return Promise.all(
    sources.map(async ({ name, inspection: key }) => {
      const { inspection } = await readJson<{ inspection: Inspection }>(store, key)
      const { format, encoding, compression, dialect, records, notes, columns, bad } = inspection
      return { name, format, encoding, compression, dialect, records, notes, columns: columns.length, bad: bad.length }
    }),
  )
}
