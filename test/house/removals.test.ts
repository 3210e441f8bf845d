/** Removing a folder with all that is in it: only where the program made the folder itself, under a name nobody else has. */
import { describe, expect, it } from 'vitest'
import { filesBelow, textOf } from './sources.ts'

/** Each file that does so, how often, and whose folders they are. Whoever adds one: single files and empty folders need no such removal. */
const ALLOWED: { readonly [file: string]: readonly [times: number, whose: string] } = {
  'lib/run/tasks/handler.ts': [1, 'the scratch folder of a task, made by mkdtemp'],
  'lib/io/store/memory.ts': [1, 'made by mkdtemp'],
  'lib/io/store/s3.ts': [1, 'made by mkdtemp'],
  'lib/io/store/folder.ts': [2, 'drafts: that of the caller, and those of a run whose lock is held'],
  'lib/run/runs/start.ts': [1, 'the folder of a run that did not begin'],
  'lib/run/runs/first-rows.ts': [1, 'made by mkdtemp'],
  'lib/io/duckdb/scratch-session.ts': [1, 'made by mkdtemp'],
  'lib/run/runs/carry-out.ts': [1, 'the scratch folder of a run whose lock is held'],
  'lib/run/runs/test-step.ts': [1, 'the scratch folder of a test'],
  'lib/run/runs/test-pipeline.ts': [1, 'the folder of a test, made by mkdtemp'],
  'lib/run/runs/service-steps.ts': [1, 'made by mkdtemp'],
  'lib/cli/actions/deploy.ts': [1, 'made by mkdtemp'],
  'lib/aws/lambda/lambda-world.ts': [1, 'scratch folders of a process before, on Lambda, where /tmp belongs to one function'],
  'lib/aws/cloud/native-layer.ts': [1, 'in the output of the CDK, under a name only this program makes'],
}

const REMOVAL = /\b(rm|rmSync|rmdir|rmdirSync)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\brecursive: true/g

describe('folders are removed with all that is in them', () => {
  it('only where the program made them', () => {
    const found = [...filesBelow('lib', '.ts'), ...filesBelow('bin', '.js')].map(
      (path) => [path, [...textOf(path).matchAll(REMOVAL)].length] as const,
    )
    expect(Object.fromEntries(found.filter(([, times]) => times > 0))).toEqual(
      Object.fromEntries(Object.entries(ALLOWED).map(([path, [times]]) => [path, times])),
    )
  })
})
