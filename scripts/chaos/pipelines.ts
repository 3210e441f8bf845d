/** Pipelines whose runs are disturbed: those of the examples, cut into small tasks, and one that quarantines rows and removes duplicates. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dirtySales } from '../../test/kit/dirty-sales.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')

export interface DisturbedPipeline {
  readonly name: string
  /** Writes the sources into a folder. */
  writeSources(folder: string): void
  readonly definition: string
  /** Inputs of a run that reads the sources of a folder; the output goes to `out`. */
  inputs(sources: string): readonly string[]
}

function replaced(text: string, ...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the definition does not hold ${from}`)
    return changed.replace(from, to)
  }, text)
}

/** An example, its definition changed. */
function example(
  name: string,
  inputs: (sources: string) => readonly string[],
  ...changes: readonly (readonly [string, string])[]
): DisturbedPipeline {
  return {
    name,
    inputs,
    writeSources: (folder) => cpSync(join(EXAMPLES, name, 'input'), folder, { recursive: true }),
    definition: replaced(readFileSync(join(EXAMPLES, name, 'pipeline.yaml'), 'utf8'), ...changes),
  }
}

const SMALL = 'version: 1\nresources: {task_bytes: 10KB}'

/** Rows of 300 sales records: some are not rows, some are quarantined, some are duplicates. */
const SIFTING = `version: 1
id: sifting
inputs: {source: {type: string, required: true}}
resources: {task_bytes: 4KB}
defaults: {retry: {max_attempts: 3, interval: 1s, jitter: none}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: 20}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}, {deduplicate: {keys: [order_id], keep: last}}]}}
  - id: check
    type: validate
    on_error: {max_bad_rows: 100%}
    with:
      rules:
        - {rule_type: not_null, columns: [quantity], on_fail: quarantine}
        - {rule_type: range, column: price, max: 1000, on_fail: quarantine}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

export const PIPELINES: readonly DisturbedPipeline[] = [
  {
    name: 'sifting',
    inputs: (sources) => [`source=${sources}/*.csv`],
    writeSources: (folder) => {
      mkdirSync(folder, { recursive: true })
      for (const [at, text] of dirtySales(2, 150).entries()) writeFileSync(join(folder, `sales-${at + 1}.csv`), text)
    },
    definition: SIFTING,
  },
  example(
    'data-processing',
    (sources) => [`source=${sources}/sales_2024_q1.csv`, 'output_path=out', 'output_format=csv', 'chunk_size=200'],
    ['resources:\n', 'resources:\n  task_bytes: 40KB\n'],
    ['interval: 2s', 'interval: 1s'],
  ),
  example(
    'orders-and-customers',
    (sources) => [`orders=${sources}/orders.csv`, `customers=${sources}/customers.csv`, 'to=out'],
    ['version: 1', SMALL],
    ['{source: "{{ orders }}"}', '{source: "{{ orders }}", chunk_rows: 50}'],
  ),
  example(
    'page-views',
    (sources) => [`source=${sources}/*.ndjson`, 'to=out'],
    ['version: 1', SMALL],
    ['types: {at: timestamp}', 'types: {at: timestamp}\n      chunk_rows: 100'],
  ),
  example(
    'weather-stations',
    (sources) => [`source=${sources}/*.csv`, 'to=out'],
    ['version: 1', SMALL],
    ['{source: "{{ source }}"}', '{source: "{{ source }}", chunk_rows: 50}'],
  ),
]

/** Makes the folder of a run, and gives the command that runs it there. */
export function placed({ definition, inputs }: DisturbedPipeline, cwd: string, sources: string): readonly string[] {
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(cwd, 'pipeline.yaml'), definition)
  return ['run', 'pipeline.yaml', '--quiet', '--workers', '2', ...inputs(sources).flatMap((input) => ['--input', input])]
}

/** As `placed`, with sources of its own in its folder `input`. */
export function placedWithSources(pipeline: DisturbedPipeline, cwd: string): readonly string[] {
  const sources = join(cwd, 'input')
  mkdirSync(cwd, { recursive: true })
  pipeline.writeSources(sources)
  return placed(pipeline, cwd, sources)
}
