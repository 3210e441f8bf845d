/** How a run that was killed goes on, and whether it ends as one that nothing disturbed. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runsIn, type Started, startCli } from '../../test/kit/cli.ts'
import { assert } from './disturbance.ts'

/** Whether a run has begun: without its record it cannot be resumed. */
export const hasBegun = (cwd: string, run: string) => existsSync(join(cwd, '.siftstep/runs', run, 'run.json'))

/** The run of a folder that has begun; undefined if it was killed before. */
export const begunRun = (cwd: string) => runsIn(cwd).find((run) => hasBegun(cwd, run))

/** Resumes the run with these options, or begins it again when it was killed before it had begun. */
export function goOn(command: readonly string[], cwd: string, options: readonly string[] = []): Started {
  const run = begunRun(cwd)
  if (run !== undefined) return startCli(['resume', run, '--quiet', ...options], { cwd })
  assert(!existsSync(join(cwd, 'out')), 'a run that had not begun has made its output folder')
  rmSync(join(cwd, '.siftstep'), { recursive: true, force: true })
  return startCli(command, { cwd })
}

/** The names that only one of two outcomes has, or with another content. */
export const differing = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name])
