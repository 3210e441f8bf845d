/** siftstep suggest: measures the cleaned rows of files, suggests rules for them, runs the rules, and prints the pipeline. */
import { writeFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { systemError } from '#core/errors/system-error.ts'
import { isMoreThanShare } from '#core/text/numbers.ts'
import { record as textRecord } from '#core/text/record.ts'
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { QualityReport } from '#data/report/model.ts'
import { EXIT } from '#run/local/events.ts'
import { type SuggestedRule, suggestRules } from '#steps/validate/suggest.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { displayPath } from '#cli/runs/on-store.ts'
import { isPlain, stepsText, suggestedPipeline } from '#cli/show/suggested-pipeline.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { MEASURED, planFound, runQuietly } from './quiet-run.ts'
import { idFrom } from '#cli/templates/template.ts'

const FIND = 'find'
const LOOK = 'look'
const CHECK = 'check'

const definition = (steps: string) => `version: 1
id: suggest
name: Suggest
inputs:
  source: {type: array, required: true, description: Files to read}
${steps}`

export async function suggestPipeline(args: Args, terminal: Terminal): Promise<number> {
  const output = args.value('output')
  const path = output === undefined ? undefined : resolve(terminal.cwd(), output)
  const inputs = { source: args.positionals }
  const look = { command: 'suggest', inputs, find: FIND }

  const measuring = definition(`${stepsText({ types: {}, rules: [] })}  - {id: ${LOOK}, type: profile}\n`)
  const measured = await runQuietly({ ...look, definition: measuring }, args, terminal)
  if (!MEASURED.includes(measured.exit_code)) return measured.exit_code
  const store = folderStore(measured.store)
  const { columns } = await readJson<Pick<QualityReport, 'columns'>>(store, workspace(measured.id).profile)
  const plan = await planFound(measured, FIND, LOOK)
  const types = typesOf(plan.columns)

  const meanings = new Map(plan.columns.map(({ name, semantic }) => [name, semantic]))
  const known = columns.filter(({ name }) => isPlain(name)).map((facts) => ({ facts, meaning: meanings.get(facts.name) ?? null }))
  const candidates = suggestRules(known).filter(({ rule }) => isPlain(JSON.stringify(rule).replace(/\\[nr]/g, '\n')))

  const checking = definition(stepsText({ types, rules: candidates }, (at) => ({ rule_id: ruleId(at), on_fail: 'warn' })))
  const checked = await runQuietly({ ...look, definition: checking }, args, terminal)
  if (!MEASURED.includes(checked.exit_code)) return checked.exit_code
  const report = await readJson<QualityReport>(store, workspace(checked.id).report('json'))
  const rules = candidates.filter((candidate, at) => holds(candidate, ruleId(at), report))

  const [first = ''] = args.positionals
  const name =
    basename(first)
      .replace(/\.[^.]*$/, '')
      .replace(/[*?[\]{}]+/g, '') || 'data'
  const text = suggestedPipeline({
    id: idFrom(name),
    name,
    sources: args.positionals,
    to: args.value('to') ?? `processed/${idFrom(name)}`,
    types,
    rules,
    notes: [...new Set([...plan.notes, ...plan.columns.flatMap(({ notes }) => notes)])],
    schema: relative(path === undefined ? terminal.cwd() : dirname(path), terminal.program.schema),
  })
  if (path === undefined) {
    terminal.out(text)
    return EXIT.ok
  }
  await writeNew(path, text, terminal)
  const shown = displayPath(path, terminal)
  terminal.out(`Wrote ${shown}: ${rules.length} rules, which pass on ${report.rows.equation}.\n`)
  terminal.out(`${SYMBOLS.more}check  siftstep validate ${shown}\n${SYMBOLS.more}run    siftstep run ${shown}\n`)
  return EXIT.ok
}

const ruleId = (at: number) => `suggested ${at + 1}`

/** The types of the columns that have values, without those whose names the language would read as references. */
function typesOf(columns: readonly ColumnPlan[]): { readonly [column: string]: string } {
  return textRecord(columns.filter(({ name, untyped }) => untyped !== true && isPlain(name)).map(({ name, type }) => [name, type]))
}

/** Whether no more rows broke the rule than it tolerates. */
function holds({ rule }: SuggestedRule, id: string, { steps }: QualityReport): boolean {
  const check = steps.find((step) => step.id === CHECK)
  const broken = (check?.counts ?? []).filter((count: RuleCount) => count.rule === id).reduce((sum, { rows }) => sum + rows, 0)
  return !isMoreThanShare(broken, check?.rows?.in ?? 0, typeof rule['tolerance'] === 'number' ? rule['tolerance'] : 0)
}

async function writeNew(path: string, text: string, terminal: Terminal): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(
        `${displayPath(path, terminal)} already exists; it was not overwritten`,
        'name another file: --output FILE',
        'suggest',
      )
    throw systemError(error, `writing ${displayPath(path, terminal)}`)
  }
}
