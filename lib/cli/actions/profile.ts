/** siftstep profile: runs a two-step pipeline on the files, without console output, and prints what it found. */
import { basename, join } from 'node:path'
import { count } from '#core/text/numbers.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { EXIT } from '#run/local/events.ts'
import { delimiterOf, type Inspection } from '#io/formats/source.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { renderHtml } from '#data/report/html.ts'
import type { QualityReport } from '#data/report/model.ts'
import { profileSections } from '#data/report/sections.ts'
import { type Workspace, workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { type Profile, profileText } from '#cli/show/profile-text.ts'
import { displayPath } from '#cli/runs/on-store.ts'
import { MEASURED, planFound, runQuietly } from './quiet-run.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

const FIND = 'find'
const LOOK = 'look'

/** The files are passed as an input, so their names are never parsed as expressions. */
const DEFINITION = `version: 1
id: profile
name: Profile
inputs:
  files: {type: array, required: true, description: What to profile}
steps:
  - {id: ${FIND}, type: discover, with: {source: "{{ inputs.files }}", allow_empty: true}}
  - {id: ${LOOK}, type: profile}
`

export async function profileFiles(args: Args, terminal: Terminal): Promise<number> {
  const run = { command: 'profile', definition: DEFINITION, inputs: { files: args.positionals }, find: FIND }
  const { id, exit_code, store: folder } = await runQuietly(run, args, terminal)
  if (!MEASURED.includes(exit_code)) return exit_code
  const store = folderStore(folder)
  const keys = workspace(id)
  const plan = await planFound({ id, store: folder }, FIND, LOOK)
  const profile: Profile = { ...(await readJson<Omit<Profile, 'form' | 'notes'>>(store, keys.profile)), ...(await readingOf(plan, store)) }
  if (args.has('json')) terminal.out(`${JSON.stringify(profile, null, 2)}\n`)
  else
    terminal.out(
      `${profileText(profile)}→ report  ${displayPath(join(folder, await writePage(args.positionals, store, keys)), terminal)}\n`,
    )
  return EXIT.ok
}

/** Writes the page of the profile, named after its file; returns its key. */
async function writePage([file = '', ...others]: readonly string[], store: Store, keys: Workspace): Promise<string> {
  const name = `${basename(file)}${others.length === 0 ? '' : ` and ${count(others.length, 'other')}`}`
  const report = await readJson<QualityReport>(store, keys.report('json'))
  const key = keys.profilePage(basename(file))
  await store.write(key, renderHtml(report, `Profile of ${name}`, profileSections(report)))
  return key
}

/** Maximum number of broken records printed per source. */
const BROKEN = 3

/** The format of each source, from its inspection, and notes on its columns. */
async function readingOf({ sources, columns: plans }: DatasetPlan, store: Store): Promise<Pick<Profile, 'form' | 'notes'>> {
  const form = await Promise.all(
    sources.map(async ({ name, inspection: key }) => {
      const { inspection } = await readJson<{ inspection: Inspection }>(store, key)
      const { format, encoding, compression, dialect, records, notes, columns, bad } = inspection
      const broken = bad.slice(0, BROKEN).map(({ line, reason }) => ({ line, reason }))
      const delimiter = delimiterOf(inspection) ?? null
      return { name, format, encoding, compression, dialect, delimiter, records, notes, columns: columns.length, bad: bad.length, broken }
    }),
  )
  return { form, notes: plans.flatMap(({ notes }) => notes) }
}
