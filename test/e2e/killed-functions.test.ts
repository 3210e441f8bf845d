/** Runs that are killed while a function step has some of its rows: resumed, they give what a run gives that nobody disturbed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { childrenOf, runCli, runsIn, startCli } from '../kit/cli.ts'
import { gone, kill, type Victim } from '../kit/kill.ts'
import { resultOf } from '../kit/run-outcome.ts'

const place = mkdtempSync(join(tmpdir(), 'siftstep-killed-functions-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Several parts of 20 rows, of which every seventh row is rejected and every fifth comes out twice. */
const pipeline = () => `version: 1
id: places
resources: {task_bytes: 1KB}
defaults: {retry: {max_attempts: 1, interval: 1s, jitter: none}}
steps:
  - {id: find, type: discover, with: {source: ${place}/in/*.csv, chunk_rows: 20}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: place, type: function, with: {uses: ./place.ts}, on_error: {max_bad_rows: 50%}}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

/** Asks before the part with the row 61, and goes on when it is answered. */
const placeAt = (port: number) => `export default {
  name: 'place',
  needs: ['http'],
  columns: { square: 'integer' },
  fan_out: true,
  async rows(batch, { http, reject }) {
    if (batch.some(({ n }) => Number(n) === 61)) await http('http://127.0.0.1:${port}/')
    return batch.flatMap((row) => {
      const n = Number(row.n)
      if (n % 7 === 0) return [reject(row, 'a seventh')]
      const made = { ...row, square: n * n }
      return n % 5 === 0 ? [made, made] : [made]
    })
  },
}
`

/** Answers at once, or, while it is closed, when it is opened again. */
const waiting: ServerResponse[] = []
let isOpen = true
const server = createServer((_request, response) => {
  if (isOpen) response.end()
  else waiting.push(response)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))
function open(): void {
  isOpen = true
  for (const response of waiting.splice(0)) response.end()
}

function folder(name: string): string {
  const made = join(place, name)
  mkdirSync(made)
  writeFileSync(join(made, 'pipeline.yaml'), pipeline())
  writeFileSync(join(made, 'place.ts'), placeAt((server.address() as AddressInfo).port))
  return made
}

let undisturbed: Record<string, string>
beforeAll(async () => {
  mkdirSync(join(place, 'in'))
  const rows = Array.from({ length: 160 }, (_, at) => `${at + 1},the name of ${at + 1}`)
  writeFileSync(join(place, 'in/rows.csv'), `n,name\n${rows.join('\n')}\n`)
  const cwd = folder('undisturbed')
  const { code, out, err } = await runCli(['run', 'pipeline.yaml', '--quiet', '--workers', '2'], { cwd })
  expect({ code, err }, out).toEqual({ code: 0, err: '' })
  undisturbed = resultOf(cwd)
  expect(Object.keys(undisturbed).filter((name) => /place\/apply-/.test(name)).length).toBeGreaterThan(2)
})

it.each(['group', 'parent', 'worker'] satisfies Victim[])('give the same where the %s dies within the step', async (victim) => {
  isOpen = false
  const cwd = folder(victim)
  const started = startCli(['run', 'pipeline.yaml', '--quiet', '--workers', '2'], { cwd })
  while (waiting.length === 0) {
    expect(started.process.exitCode).toBeNull()
    await wait(5)
  }
  const workers = childrenOf(started.pid)
  await kill(started, victim)
  if (victim === 'parent') await gone(workers)
  open()
  const [run = ''] = runsIn(cwd)
  const ended = victim === 'worker' ? await started.ended : await runCli(['resume', run, '--quiet'], { cwd })
  expect(ended.code, `${ended.out}${ended.err}`).toBe(0)
  expect(resultOf(cwd)).toEqual(undisturbed)
})
