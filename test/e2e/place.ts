/** A folder of its own for each test of whole runs that go wrong, a small pipeline, and what is expected of its end. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import { childrenOf, type CliOptions, type Ended, runCli, startCli, type Started } from '../kit/cli.ts'
import { dirtySales } from '../kit/dirty-sales.ts'

export let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'siftstep-failures-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

export const at = (name: string) => join(place, name)
export function write(name: string, content: string | Uint8Array): string {
  mkdirSync(join(at(name), '..'), { recursive: true })
  writeFileSync(at(name), content)
  return at(name)
}

/** Three steps; small tasks where the data has many records. */
export const PIPELINE = `version: 1
id: sales
inputs:
  source: {type: string, required: true}
  out: {type: string, default: out}
resources: {task_bytes: 4KB}
defaults: {retry: {max_attempts: 1, interval: 1s, jitter: none}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: 20}}
  - {id: mend, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "{{ out }}", format: csv}}
`
export const ROWS = 'id,name\n1,Ana\n2,Ben\n'

/** Runs the pipeline over a source; a text is the definition to run instead. */
export async function run(
  source: string,
  {
    out = 'out',
    pipeline = PIPELINE,
    args = [] as readonly string[],
    ...options
  }: Partial<CliOptions> & { out?: string; pipeline?: string; args?: readonly string[] } = {},
) {
  write('pipeline.yaml', pipeline)
  return runCli(['run', 'pipeline.yaml', '--quiet', '--workers', '1', '--input', `source=${source}`, '--input', `out=${out}`, ...args], {
    cwd: place,
    ...options,
  })
}
export const resume = (...args: readonly string[]) => runCli(['resume', 'last', '--quiet', ...args], { cwd: place })

/** Failed with these words on the standard error; nothing was published. */
export function expectFailed(ended: Ended, code: number, ...words: readonly (string | RegExp)[]): void {
  expect({ code: ended.code, out: ended.out }, ended.err).toEqual({ code, out: '' })
  for (const word of words) expect(ended.err).toMatch(word)
  expect(ended.err).not.toContain('should not have happened')
  expect(ended.err).not.toMatch(/^\s+at .*\.[jt]s/m)
  expect(published()).toEqual([])
}
export const published = (folder = 'out') => (existsSync(at(folder)) ? readdirSync(at(folder)).filter((name) => !name.startsWith('.')) : [])

/** Succeeded, with so many rows published and every row accounted for. */
export function expectPublished(ended: Ended, rows: number, folder = 'out'): void {
  expect(ended.code, `${ended.out}${ended.err}`).toBe(0)
  expect(JSON.parse(readFileSync(at(`${folder}/_manifest.json`), 'utf8'))).toMatchObject({ rows })
  expect(ended.out).toMatch(/balanced ✓/)
}

/** A run of many small tasks, one at a time, that has found its sources and is at work on them. */
export async function atWork(pipeline = PIPELINE, out = 'out'): Promise<Started> {
  write('a.csv', dirtySales(1, 300)[0] ?? '')
  write('pipeline.yaml', pipeline)
  const started = startCli(['run', 'pipeline.yaml', '--json', '--workers', '1', '--input', 'source=a.csv', '--input', `out=${out}`], {
    cwd: place,
  })
  while (!started.written().includes('"step_finished"') && started.process.exitCode === null) await wait(5)
  expect(started.process.exitCode).toBeNull()
  return started
}
/** Rows of that source that come out: the others are no rows. */
export const GOOD = 297

interface Event {
  event: string
  exit_code?: number
  record?: { status: string }
  error?: string
}
export const eventsOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)

/** Kills every worker of the run that shows up until the run ends, and gives back how many there were. */
export async function killWorkers(started: Started, signal: NodeJS.Signals, most = Number.POSITIVE_INFINITY): Promise<number> {
  const killed = new Set<number>()
  while (started.process.exitCode === null && killed.size < most) {
    for (const pid of childrenOf(started.pid)) {
      if (killed.has(pid) || killed.size >= most) continue
      killed.add(pid)
      process.kill(pid, signal)
    }
    await wait(5)
  }
  return killed.size
}
