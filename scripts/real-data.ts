/**
 * Runs the shipped example on tables from elsewhere, one run a table, and prints a line for each: table, row equation, quality score,
 * seconds. Ends with 1 when a run failed or does not balance.
 *
 *   npm run real-data -- FOLDER… 'FOLDER/*.csv'…
 *
 * A folder stands for each of its tables; a pattern for all its files as one table.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const COMMAND = join(ROOT, 'bin/siftstep.js')
const EXAMPLE = join(ROOT, 'examples/data-processing/pipeline.yaml')
const TABLE = /\.(csv|tsv|dat|psv|txt|json|ndjson|jsonl|parquet)(\.gz)?$/i

interface Outcome {
  readonly source: string
  readonly good: boolean
  readonly equation: string
  readonly before: string
  readonly after: string
  readonly seconds: string
  readonly error: string
}

const sources = process.argv.slice(2).flatMap((given) => {
  const path = resolve(given)
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => TABLE.test(name))
    .sort()
    .map((name) => join(path, name))
})
if (sources.length === 0) throw new Error('name folders of tables, or patterns')

const outcomes: Outcome[] = []
for (const source of sources) {
  const outcome = await runOn(source)
  outcomes.push(outcome)
  const { good, equation, before, after, seconds, error } = outcome
  console.log([good ? 'ok' : 'FAILED', shown(source), equation, `${before} → ${after}`, `${seconds} s`, error].join('\t'))
}
const bad = outcomes.filter(({ good }) => !good).length
console.log(`${outcomes.length} tables, ${outcomes.length - bad} balanced and well, ${bad} not`)
process.exitCode = bad > 0 ? 1 : 0

async function runOn(source: string): Promise<Outcome> {
  const place = mkdtempSync(join(tmpdir(), 'siftstep-real-'))
  const store = join(place, 'store')
  const started = performance.now()
  const inputs = ['--input', `source=${source}`, '--input', `output_path=${join(place, 'out')}`]
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'run', EXAMPLE, ...inputs, '--store', store, '--quiet'], {
    encoding: 'utf8',
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const [run = ''] = existsSync(join(store, 'runs')) ? readdirSync(join(store, 'runs')) : []
  const read = (name: string) => {
    const path = join(store, 'runs', run, name)
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  }
  const ledger = read('ledger.json')
  const report = read('quality-report.json')
  rmSync(place, { recursive: true, force: true })
  const score = (value: number | undefined) => value?.toFixed(3) ?? '–'
  return {
    source,
    good: status === 0 && ledger?.balanced === true,
    equation: ledger?.equation ?? '–',
    before: score(report?.before?.score),
    after: score(report?.summary?.quality_score),
    seconds,
    error: status === 0 ? '' : (stderr.split('\n').find((line) => line.trim() !== '') ?? `exit code ${status}`),
  }
}

function shown(source: string): string {
  return join(basename(resolve(source, '..')), basename(source))
}
