/** A folder of its own for each test of whole runs that go wrong, a small pipeline, and what is expected of its end. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import { childrenOf, type CliOptions, type Ended, runCli, startCli, type Started, works } from '../kit/cli.ts'
import { dirtySales } from '../kit/dirty-sales.ts'

export let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'siftstep-failures-'))
})
/** Runs that may be stopped when their test fails. */
const held: Started[] = []
afterEach(async () => {
  for (const { pid, ended } of held.splice(0)) {
    if (works(pid)) process.kill(-pid, 'SIGKILL')
    await ended
  }
  rmSync(place, { recursive: true, force: true })
})

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
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
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
/** A run that has only been started; it is stopped when its test ends. */
export function start(pipeline: string): Started {
  write('pipeline.yaml', pipeline)
  const started = startCli(['run', 'pipeline.yaml', '--json'], { cwd: place })
  held.push(started)
  return started
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
export function expectPublished(ended: Ended, rows: number, folder = 'out', code = 0): void {
  expect(ended.code, `${ended.out}${ended.err}`).toBe(code)
  expect(JSON.parse(readFileSync(at(`${folder}/_manifest.json`), 'utf8'))).toMatchObject({ rows })
  expect(ended.out).toMatch(/balanced ✓/)
}

export interface Held extends Started {
  /** Lets the run and its workers go on. */
  goOn(): void
}

/**
 * A run of many small tasks, one at a time, with all its processes stopped after it has found its sources and before it has read them:
 * what a test does next happens at this moment, however busy the machine is.
 */
export async function atWork(pipeline = PIPELINE, args: readonly string[] = ['--json']): Promise<Held> {
  write('a.csv', dirtySales(1, 300)[0] ?? '')
  write('pipeline.yaml', pipeline)
  for (let attempt = 1; ; attempt++) {
    const started = startCli(['run', 'pipeline.yaml', '--workers', '1', '--input', 'source=a.csv', ...args], { cwd: place })
    held.push(started)
    await written(started, FOUND)
    if (started.process.exitCode === null) process.kill(-started.pid, 'SIGSTOP')
    if (started.process.exitCode === null && !READ.test(started.written()))
      return { ...started, goOn: () => process.kill(-started.pid, 'SIGCONT') }
    // this process was given no time while the run went past the moment: once more, from the beginning
    expect(attempt, started.written()).toBeLessThan(10)
    if (started.process.exitCode === null) process.kill(-started.pid, 'SIGKILL')
    await started.ended
    for (const left of readdirSync(place))
      if (!['a.csv', 'pipeline.yaml'].includes(left)) rmSync(at(left), { recursive: true, force: true })
  }
}

/** What a run prints when it has found its sources, and when it has read them: as JSON, and as text. */
const FOUND = /"step_finished"|find: Found/
const READ = /"step_finished"[\s\S]*"step_finished"|✓ (tidy|publish)/

/** Waits until a run has written a text, taken as a pattern, to its standard output, or is over. */
export const written = ({ process: child, written: soFar }: Started, text: string | RegExp): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (soFar().search(text) < 0 && child.exitCode === null && child.signalCode === null) return
      child.stdout?.off('data', look)
      child.off('exit', look)
      resolve()
    }
    child.stdout?.on('data', look)
    child.on('exit', look)
    look()
  })
/** Rows of that source that come out: the others are no rows. */
export const GOOD = 297

interface Event {
  event: string
  exit_code?: number
  record?: { status: string }
  error?: string
}
/** The events of whole lines: the last one may be half written. */
export const eventsOf = (out: string) =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event)

/** Kills every worker of the run that shows up until the run ends or `enough` says so, and gives back how many there were. */
export async function killWorkers(started: Started, signal: NodeJS.Signals, enough: () => boolean = () => false): Promise<number> {
  const killed = new Set<number>()
  while (started.process.exitCode === null && !enough()) {
    for (const pid of childrenOf(started.pid)) {
      if (killed.has(pid)) continue
      killed.add(pid)
      process.kill(pid, signal)
    }
    await wait(5)
  }
  return killed.size
}
