import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../fixtures/tally')

/** What a test run over files of the fixture folder prints last, and its exit code. */
function runOf(...include: string[]) {
  const settings = { include, reporters: [resolve(import.meta.dirname, 'tally-reporter.ts')], root }
  const script = `import { startVitest } from 'vitest/node'
const vitest = await startVitest('test', [], { ...${JSON.stringify(settings)}, config: false, watch: false })
await vitest.close()`
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: resolve(root, '../../..'),
  })
  return { last: stdout.trimEnd().split('\n').at(-1), status, stderr }
}

describe('the tally', () => {
  it('is the last line, counts a file that cannot be loaded as failed, and the run fails', () => {
    expect(runOf('*.case.ts')).toMatchObject({ last: '3 passed, 2 failed, 2 skipped', status: 1 })
  })

  it('of a run without failures says so, and the run succeeds', () => {
    expect(runOf('passing.case.ts')).toMatchObject({ last: '1 passed, 0 failed, 0 skipped', status: 0 })
  })
})
