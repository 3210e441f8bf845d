/** siftstep explain: reads files as a run does, and prints what was decided about them and why. */
import { tmpdir } from 'node:os'
import type { Json, JsonObject } from '#core/json.ts'
import { positionOf } from '#core/text/lookup.ts'
import { nearest } from '#core/text/nearest.ts'
import { record } from '#core/text/record.ts'
import { preview } from '#core/text/preview.ts'
import { cellKinds } from '#data/dataset/cell-kinds.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import { explain, type Explanation } from '#data/report/explain.ts'
import type { QualityReport } from '#data/report/model.ts'
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isPlain } from '#cli/show/suggested-pipeline.ts'
import { explanationText } from '#cli/show/explanation-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { MEASURED, planFound, runQuietly } from './quiet-run.ts'
import { type ScanToExplain, scansOf } from './scans-of.ts'

const FIND = 'find'
const LOOK = 'look'

export async function explainFiles(args: Args, terminal: Terminal): Promise<number> {
  const [file = '', column] = args.positionals
  const isDefinition = /\.ya?ml$/i.test(file)
  const scans: readonly ScanToExplain[] | null = isDefinition
    ? await scansOf(file, args, terminal)
    : [{ step: null, settings: { source: file } }]
  if (scans === null) return EXIT.definition
  const explained: (Explanation & { readonly step: string | null })[] = []
  for (const { step, settings } of scans) {
    const found = await explainScan(settings, args, terminal)
    if (typeof found === 'number') return found
    explained.push({ step, ...found })
  }
  const shown = column === undefined ? explained : only(column, explained)
  if (args.has('json')) terminal.out(`${JSON.stringify(isDefinition ? shown : shown[0], null, 2)}\n`)
  else terminal.out(shown.map(({ step, ...one }) => explanationText(one, { step, column })).join('\n'))
  return EXIT.ok
}

async function explainScan(settings: JsonObject, args: Args, terminal: Terminal): Promise<Explanation | number> {
  const texts: string[] = []
  const written = JSON.stringify({ allow_empty: true, ...settings }, (_key, value: Json) => {
    if (typeof value !== 'string' || isPlain(value)) return value
    // brackets would be parsed as an expression
    texts.push(value)
    return `{{ inputs.text_${texts.length} }}`
  })
  const inputs = record(texts.map((value, at) => [`text_${at + 1}`, value] as const))
  const declared = Object.keys(inputs).map((name) => `  ${name}: {type: string, required: true, description: A setting}\n`)
  const definition = `version: 1
id: explain
name: Explain
${texts.length === 0 ? '' : `inputs:\n${declared.join('')}`}steps:
  - {id: ${FIND}, type: discover, with: ${written}}
  - {id: ${LOOK}, type: profile}
`
  const { id, exit_code, store: folder } = await runQuietly({ command: 'explain', definition, inputs, find: FIND }, args, terminal)
  if (!MEASURED.includes(exit_code)) return exit_code
  const store = folderStore(folder)
  const plan = await planFound({ id, store: folder }, FIND, LOOK)
  const { columns: facts } = await readJson<Pick<QualityReport, 'columns'>>(store, workspace(id).profile)
  const sources: InspectedSource[] = []
  for (const { inspection } of plan.sources) sources.push(await readJson<InspectedSource>(store, inspection))
  const kinds = await cellKinds(plan, sources, plan.columns, { store, scratch: tmpdir() })
  return explain({ plan, sources, facts, source: settings['source'] ?? null, kinds })
}

/** The column alone, in the sources that have it. */
function only<One extends Explanation>(column: string, explained: readonly One[]): readonly One[] {
  const shown = explained.flatMap((one) => {
    const at = positionOf(one.columns, column)
    return at < 0 ? [] : [{ ...one, columns: one.columns.slice(at, at + 1) }]
  })
  if (shown.length > 0) return shown
  const names = explained.flatMap(({ columns }) => columns.map(({ name }) => name))
  const near = nearest(column, names)
  const hint = near === undefined ? '' : `did you mean "${near}"? `
  throw new UsageError(`the data has no column "${column}"`, `${hint}the columns are ${preview(names, 20)}`, 'explain')
}
