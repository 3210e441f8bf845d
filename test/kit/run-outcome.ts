/** What a run by the command line left behind: its output and the files of its run, without what depends on the time or the location. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runsIn } from './cli.ts'

/** Files below a folder by their path from it, sorted; none when there is no folder. */
export function filesBelow(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort()
}

export const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** Rewritten whenever a run ends, or containing times by nature. */
const OF_THE_TIME = new Set([
  'run.json',
  'history.jsonl',
  'events.ndjson',
  'metrics.json',
  'lineage.openlineage.jsonl',
  'quality-report.html',
  'quality-report.md',
])

/** The files of an output folder, by name, each with a hash of its content. */
export const outputOf = (folder: string): Record<string, string> =>
  Object.fromEntries(filesBelow(folder).map((name) => [`out/${name}`, digest(readFileSync(join(folder, name)))]))

/** Everything that the only run of a folder wrote and that must not depend on interruptions, by name, without times and the run id. */
export function resultOf(cwd: string): Record<string, string> {
  const [run = '', ...others] = runsIn(cwd)
  if (others.length > 0) throw new Error(`there is more than one run: ${[run, ...others].join(', ')}`)
  const runFolder = join(cwd, '.siftstep/runs', run)
  const result = outputOf(join(cwd, 'out'))
  for (const name of filesBelow(runFolder)) {
    // a run killed at its last moment leaves its lock behind, which the next run sees is held by nobody
    if (name.startsWith('lock.json')) continue
    // each attempt at a task adds a line to its log, with times
    if (name.startsWith('logs/')) continue
    const text = readFileSync(join(runFolder, name), 'latin1').replaceAll(run, 'RUN').replaceAll(cwd, 'FOLDER')
    if (name === 'quality-report.json') result[name] = JSON.stringify(withoutTimes(JSON.parse(text)), null, 1)
    else if (name.startsWith('tasks/')) result[name] = JSON.stringify({ ...JSON.parse(text), event: null, usage: null })
    else result[name] = OF_THE_TIME.has(name) ? 'there' : digest(text)
  }
  return result
}

function withoutTimes(report: { run: { id: string; started_at: string }; summary: { processing_seconds: number } }) {
  const { run, summary, ...rest } = report
  return { ...rest, run: { ...run, started_at: '' }, summary: { ...summary, processing_seconds: 0 } }
}

/** How many tasks of the first run of a folder are finished. */
export function finishedTasks(cwd: string): number {
  const [run = ''] = runsIn(cwd)
  return filesBelow(join(cwd, '.siftstep/runs', run, 'tasks')).filter((name) => !name.includes('.draft-')).length
}
