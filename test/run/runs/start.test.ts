/** Runs that are refused before they start. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { RunWorld } from '#run/runs/carry-out.ts'
import { startRun } from '#run/runs/start.ts'
import { workplace } from '../../kit/run-pipeline.ts'

describe('a run whose inputs exceed what an execution can carry', () => {
  it('is refused, and leaves nothing in the store', async () => {
    const text = 'version: 1\nid: sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n'
    const compiled = compile(text, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const here = workplace()
    const store = join(here.folder, 'store')
    const world: RunWorld = {
      store,
      worker: '',
      version: '0',
      processes: 1,
      env: {},
      now: () => new Date(0),
      signal: new AbortController().signal,
      watch: () => () => {},
    }
    const run = { compiled, text, file: 'p.yaml', overlay: { config: {}, env_file: null }, folder: here.folder }
    try {
      await expect(startRun({ ...run, inputs: { list: 'a'.repeat(263_000) } }, world)).rejects.toMatchObject({
        facts: { code: 'input-too-large' },
        message: 'the inputs are 263,022 bytes of JSON; the maximum is 262,144',
        hint: expect.stringContaining('move the longest input into a file'),
      })
      expect(existsSync(store)).toBe(false)
    } finally {
      here.clear()
    }
  })
})
