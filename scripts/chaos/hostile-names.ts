/** Files, folders, columns, ids, inputs and values whose names mean something to one of the languages they pass through. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '#language/compiler/compile.ts'
import { assert, type Disturbance } from './disturbance.ts'
import { HOSTILE_VALUES } from './hostile-values.ts'
import { assertAccounted } from './whole-run.ts'

interface Case {
  /** The text of the source, and its path below the folder of sources. */
  readonly source: string
  readonly path: string
  /** Steps between finding and writing. */
  readonly steps: readonly string[]
  /** More inputs of the definition, with their values. */
  readonly inputs: { readonly [name: string]: string }
  readonly ids: { readonly pipeline: string; readonly step: string }
}

const PLAIN: Case = {
  source: 'id,name\n1,Ana\n2,Ben\n2,Ben\n',
  path: 'rows.csv',
  steps: [],
  inputs: {},
  ids: { pipeline: 'named', step: 'find' },
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
/** A list of YAML's flow form is a list of JSON. */
const yaml = (value: unknown) => JSON.stringify(value)
const validate = (rule: object) => `{id: check, type: validate, with: {rules: [${yaml({ on_fail: 'quarantine', ...rule })}]}}`

/** Where a name may stand. */
const PLACES: { readonly [place: string]: (name: string) => Partial<Case> } = {
  file: (name) => ({ path: `${name.replace(/[/\0]/g, '_')}.csv` }),
  folder: (name) => ({ path: `${name.replace(/[/\0]/g, '_')}/rows.csv` }),
  column: (name) => ({ source: `id,${quoted(name)}\n1,Ana\n2,Ben\n` }),
  'column with rules': (name) => ({
    source: `id,${quoted(name)}\n1,Ana\n2,\n2,Ben\n`,
    steps: [
      `{id: tidy, type: clean, with: {rules: [{missing: {columns: [${yaml(name)}], strategy: constant, value: none}}, {deduplicate: {keys: [id]}}]}}`,
      validate({ rule_type: 'not_null', columns: [name] }),
    ],
  }),
  key: (name) => ({ path: 'rows.ndjson', source: `${JSON.stringify({ id: 1, [name]: 'Ana' })}\n${JSON.stringify({ id: 2 })}\n` }),
  'inner key': (name) => ({ path: 'rows.ndjson', source: `${JSON.stringify({ id: 1, more: { [name]: { [name]: 1 } } })}\n` }),
  value: (name) => ({
    source: `id,name\n1,${quoted(name)}\n2,${quoted(name)}\n3,Ben\n`,
    steps: [
      `{id: tidy, type: clean, with: {rules: [{map: {column: name, values: ${yaml({ [name]: 'other', Ben: name })}}}]}}`,
      validate({ rule_type: 'in_set', column: 'name', values: [name, 'Ana'] }),
    ],
  }),
  input: (name) => ({
    inputs: { word: name },
    steps: ['{id: tidy, type: clean, with: {rules: [{map: {column: name, values: {Ana: "{{ word }}"}}}]}}'],
  }),
  expression: (name) => ({
    steps: [`{id: tidy, type: transform, with: {operations: [{add_column: {made: ${yaml(`'${name.replaceAll("'", "''")}'`)}}}]}}`],
  }),
  'step id': (name) => ({ ids: { pipeline: 'named', step: name } }),
  'pipeline id': (name) => ({ ids: { pipeline: name, step: 'find' } }),
}

const CASES = Object.keys(PLACES).flatMap((place) => HOSTILE_VALUES.map((name) => ({ place, name })))

export const hostileNames: Disturbance = {
  name: 'names',
  title: 'Files, folders, columns, keys, ids, inputs and values with names that mean something elsewhere',
  holds: 'books balanced and the name kept, or a clear error with a name',
  cases: { usual: CASES.length, short: 30 },
  inProcess: true,
  open: async (folder) => ({
    one: async (number) => {
      // numbers that follow one another are of different places: the short form tries some of each
      const { place, name } = CASES[(number * 37) % CASES.length] as (typeof CASES)[number]
      const work = join(folder, String(number))
      try {
        return `${place}: ${await named(place, name, work)}`
      } catch (error) {
        throw new Error(`${place} ${JSON.stringify(name.slice(0, 60))}: ${(error as Error).message}`)
      } finally {
        rmSync(work, { recursive: true, force: true })
      }
    },
  }),
}

async function named(place: string, name: string, work: string): Promise<string> {
  const one: Case = { ...PLAIN, ...PLACES[place]?.(name) }
  const path = join(work, 'in', one.path)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, one.source)
  const out = join(work, 'out')
  const inputs = { source: join(work, 'in/**'), out, ...one.inputs }
  const definition = [
    'version: 1',
    `id: ${yaml(one.ids.pipeline)}`,
    `inputs: ${yaml(Object.fromEntries(Object.keys(inputs).map((input) => [input, { type: 'string', required: true }])))}`,
    'steps:',
    `  - {id: ${yaml(one.ids.step)}, type: discover, with: {source: "{{ source }}"}}`,
    ...one.steps.map((step) => `  - ${step}`),
    '  - {id: write, type: export, with: {to: "{{ out }}", format: ndjson}}',
    '',
  ].join('\n')
  const compiled = compile(definition, { file: 'pipeline.yaml' })
  if (!compiled.ok) {
    assert(
      compiled.problems.every(({ what, hint }) => what !== '' && hint !== ''),
      'a problem without words',
    )
    return 'refused with its place'
  }
  const end = await assertAccounted({ definition, inputs, out, store: join(work, 'store') })
  if (typeof end === 'string') return end
  if (place === 'column' || place === 'key') assertKept(end.columns, name)
  return 'balanced'
}

/** The column is in the output by its name; white space around it does not count. */
function assertKept(columns: readonly string[], name: string): void {
  const wanted = name.trim()
  assert(wanted === '' || columns.some((column) => column.trim() === wanted), `the output has the columns ${JSON.stringify(columns)}`)
}
