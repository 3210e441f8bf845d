/** Runs as a library: two in one process, each below its own folder; and a run that one process works on while others follow and stop it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { RunEvent } from '#run/local/events.ts'
import { listRuns } from '#run/runs/list.ts'
import { resumeRun } from '#run/runs/resume.ts'
import { startRun } from '#run/runs/start.ts'
import { runCli, runsIn, startCli } from '../kit/cli.ts'
import { at, atWork, eventsOf, expectPublished, GOOD, PIPELINE, place, published, resume, ROWS, written } from './place.ts'

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url))

it('two runs in one process read and publish below their own folders', async () => {
  const compiled = compile(PIPELINE, { file: 'pipeline.yaml' })
  if (!compiled.ok) throw new Error('the pipeline does not compile')
  const resolved = resolveInputs(compiled.definition, { source: 'data/*.csv', out: 'out' })
  if (!resolved.ok) throw new Error('the inputs do not fit')
  const before = process.cwd()
  const events: RunEvent[][] = [[], []]
  const finished = await Promise.all(
    ['one', 'two'].map((name, number) => {
      const folder = at(name)
      mkdirSync(join(folder, 'data'), { recursive: true })
      writeFileSync(join(folder, 'data/a.csv'), ROWS + (number === 0 ? '' : '3,Cleo\n'))
      const overlay = { config: {}, env_file: null }
      return startRun(
        { compiled, text: PIPELINE, file: 'pipeline.yaml', overlay, inputs: resolved.inputs, folder },
        {
          store: join(folder, '.siftstep'),
          worker: WORKER,
          version: 'test',
          processes: 1,
          env: process.env,
          now: () => new Date(),
          watch: () => (event) => events[number]?.push(event),
        },
      )
    }),
  )
  expect(finished.map(({ exit_code }) => exit_code)).toEqual([0, 0])
  expect(process.cwd()).toBe(before)
  expect(JSON.parse(readFileSync(at('one/out/_manifest.json'), 'utf8'))).toMatchObject({ rows: 2 })
  expect(JSON.parse(readFileSync(at('two/out/_manifest.json'), 'utf8'))).toMatchObject({ rows: 3 })
  const [run] = await listRuns(at('one/.siftstep'))
  expect(run).toMatchObject({ state: 'succeeded', record: { folder: at('one'), id: finished[0]?.id } })
  const journal = readFileSync(at(`two/.siftstep/runs/${finished[1]?.id}/events.ndjson`), 'utf8')
  expect(eventsOf(journal)).toEqual(JSON.parse(JSON.stringify(events[1])))
  // what has ended is not begun again
  const world = { store: at('one/.siftstep'), worker: '/nowhere', version: 'test', env: {}, now: () => new Date() }
  expect(run === undefined ? undefined : await resumeRun(run, world)).toBeNull()
})

it('a run that another process works on is shown live, and stopped by a third', async () => {
  const run = await atWork()
  const [id = ''] = runsIn(place)
  const follower = startCli(['runs', '--follow', '--json'], { cwd: place })
  const leaver = startCli(['runs', '--follow', id], { cwd: place })
  // what had happened before is there at once
  await written(follower, '"step_finished"')
  await written(leaver, 'find: Found')
  leaver.process.kill('SIGINT')
  const left = await leaver.ended
  expect(left.code).toBe(130)
  expect(left.out).toContain(`The run continues. Follow it: siftstep runs --follow ${id}; stop it: siftstep stop ${id}`)
  const during = await runCli(['show', 'last'], { cwd: place })
  expect(during.out).toContain(`${id}  running\n`)
  expect(during.out).toContain(`follow  siftstep runs --follow ${id}`)
  expect(during.out).toContain('⚠ find: Found 1 data file')
  const stopping = runCli(['stop', 'last'], { cwd: place })
  run.goOn()
  expect((await stopping).out).toBe(`${id} stopped\nsiftstep resume ${id}\n`)
  expect((await run.ended).code).toBe(130)
  const followed = await follower.ended
  expect(followed.code).toBe(130)
  expect(eventsOf(followed.out)).toEqual(eventsOf((await run.ended).out))
  expect(readFileSync(at(`.siftstep/runs/${id}/history.jsonl`), 'utf8')).toContain('"ExecutionAborted"')
  expect((await runCli(['show', id], { cwd: place })).out).toContain('interrupted (resumable)')
  expect(published()).toEqual([])
  expectPublished(await resume(), GOOD)
})

it('a run that is killed leaves its history and events so far; following it ends', async () => {
  const run = await atWork()
  const [id = ''] = runsIn(place)
  const follower = startCli(['runs', '--follow', id, '--json'], { cwd: place })
  await written(follower, '"step_finished"')
  process.kill(-run.pid, 'SIGKILL')
  await run.ended
  const { code, err } = await follower.ended
  expect(code).toBe(130)
  expect(err).toContain(`siftstep resume ${id}`)
  const kept = (name: string) => readFileSync(at(`.siftstep/runs/${id}/${name}`), 'utf8')
  expect(eventsOf(kept('events.ndjson')).map(({ event }) => event)).toContain('step_finished')
  expect(kept('history.jsonl').split('\n').length).toBeGreaterThan(5)
  const shown = await runCli(['show', 'last'], { cwd: place })
  expect(shown.out).toContain('killed (resumable)')
  expect(shown.out).toContain('⚠ find: Found 1 data file')
  expectPublished(await resume(), GOOD)
  const after = await runCli(['runs', '--follow'], { cwd: place })
  expect(after.code).toBe(0)
  expect(after.out).toContain('resumed')
  expect(after.out).toContain('balanced ✓')
})
