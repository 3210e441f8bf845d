/** The temporary folder of a function at the start of its process. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sweepScratch } from '#aws/lambda/lambda-world.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'siftstep-sweep-'))
  mkdirSync(join(folder, 'siftstep-segment-a1/spill'), { recursive: true })
  writeFileSync(join(folder, 'siftstep-segment-a1/spill/part.parquet'), 'left by a crash')
  mkdirSync(join(folder, 'siftstep-store-b2'))
  writeFileSync(join(folder, 'other'), 'of another package')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('loses on Lambda what a process that crashed left behind, and nothing else', () => {
  sweepScratch({ LAMBDA_TASK_ROOT: '/var/task' }, folder)
  expect(readdirSync(folder)).toEqual(['other'])
})

it('keeps everything on an emulator, where other functions use the folder at the same time', () => {
  for (const env of [{}, { LAMBDA_TASK_ROOT: '/tmp/functions/data' }]) {
    sweepScratch(env, folder)
    expect(existsSync(join(folder, 'siftstep-segment-a1/spill/part.parquet'))).toBe(true)
  }
})
