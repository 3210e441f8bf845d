/** Runs that are interrupted, lose their workers, whose sources change, that meet others; and how they are resumed. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { childrenOf, runCli, runsIn, startCli, works } from '../kit/cli.ts'
import { dirtySales } from '../kit/dirty-sales.ts'
import {
  at,
  atWork,
  eventsOf,
  expectFailed,
  expectPublished,
  GOOD,
  killWorkers,
  PIPELINE,
  place,
  published,
  resume,
  ROWS,
  run,
  start,
  write,
  written,
} from './place.ts'

const WAITING = `version: 1
id: waiting
steps:
  - {id: wait, type: sensor, with: {for: in/*.csv, settle: 1s, timeout: 15m, poke_interval: 1s}}
  - {id: find, type: discover, with: {source: in/*.csv}}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

describe('a run that waits for files', () => {
  it('goes on when they have appeared', async () => {
    const started = start(WAITING)
    await written(started, /Waiting for in\/\*\.csv: 0 of 1 file/)
    write('in/a.csv', ROWS)
    const { code, out, err } = await started.ended
    expect(code, `${out}${err}`).toBe(0)
    expect(JSON.parse(readFileSync(at('out/_manifest.json'), 'utf8'))).toMatchObject({ rows: 2 })
  })

  it('that is stopped meanwhile goes on waiting when it is resumed', async () => {
    const started = start(WAITING)
    await written(started, /Waiting for/)
    process.kill(started.pid, 'SIGINT')
    expect((await started.ended).code).toBe(130)
    write('in/a.csv', ROWS)
    expectPublished(await resume(), 2)
  })
})

describe('a run', () => {
  it('that is interrupted ends its workers, and a resume goes on', async () => {
    const started = await atWork()
    const workers = childrenOf(started.pid)
    expect(workers.length).toBeGreaterThan(0)
    process.kill(started.pid, 'SIGINT')
    started.goOn()
    const { code, out } = await started.ended
    expect(code).toBe(130)
    expect(workers.filter(works)).toEqual([])
    expect(eventsOf(out).at(-1)).toMatchObject({ event: 'run_finished', exit_code: 130, record: { status: 'interrupted' } })
    expect(published()).toEqual([])
    const runs = runsIn(place)
    expect((await runCli(['runs'], { cwd: place })).out).toContain('interrupted (resumable)')
    expectPublished(await resume(), GOOD)
    expect(runsIn(place)).toEqual(runs)
  })

  it('that is interrupted at a terminal says how to resume it', async () => {
    const store = ['--store', 'runs here']
    const started = await atWork(PIPELINE, store)
    // the whole group, as a terminal does it
    process.kill(-started.pid, 'SIGINT')
    started.goOn()
    const { code, err } = await started.ended
    expect(code).toBe(130)
    const [id = ''] = runsIn(place, 'runs here')
    expect(err).toContain(`Interrupted; nothing was published. Finish it: siftstep resume ${id} --store 'runs here'`)
    expectPublished(await runCli(['resume', id, ...store, '--quiet'], { cwd: place }), GOOD)
  })

  it('that is interrupted twice ends at once, and can be resumed', async () => {
    const started = await atWork()
    const workers = childrenOf(started.pid)
    process.kill(started.pid, 'SIGINT')
    process.kill(started.pid, 'SIGTERM')
    started.goOn()
    const { code, signal } = await started.ended
    expect(code === 130 || signal === 'SIGINT', `${code} ${signal}`).toBe(true)
    expectPublished(await resume(), GOOD)
    expect(workers.filter(works)).toEqual([])
  })

  it('goes on when the native engine crashes in a worker', async () => {
    // a worker may die between two tasks: until a task is lost
    const started = await atWork(PIPELINE.replace('max_attempts: 1', 'max_attempts: 9'))
    started.goOn()
    await killWorkers(started, 'SIGSEGV', () => started.written().includes('"task_retried"'))
    const { code, out } = await started.ended
    expect(code).toBe(0)
    expect(eventsOf(out)).toContainEqual(expect.objectContaining({ event: 'task_retried', error: 'Runtime.ExitError' }))
    expect(JSON.parse(readFileSync(at('out/_manifest.json'), 'utf8'))).toMatchObject({ rows: GOOD })
  })

  it('whose chunk fails again and again fails, names step and task, and keeps what is finished', async () => {
    const started = await atWork()
    started.goOn()
    expect(await killWorkers(started, 'SIGKILL')).toBeGreaterThan(1)
    const { code, err } = await started.ended
    expect(code).toBe(1)
    expect(err).toMatch(
      /Pipeline failed after 2 attempts in .*: tidy: the process running (survey|segment) of tidy \(\d+\) was killed \(SIGKILL\)/,
    )
    expect(err).toContain('hint: when the machine ran out of memory')
    expect(err).toContain('finished work is kept')
    expect(published()).toEqual([])
    expectPublished(await resume(), GOOD)
  })

  it('whose source is changed while it is read fails, and a resume does not mix the two', async () => {
    const started = await atWork()
    appendFileSync(at('a.csv'), '9999,2024-03-01,New,a@b.example,Spain,1,1.00,\n')
    started.goOn()
    const { code, err } = await started.ended
    expect(code).toBe(1)
    expect(err).toMatch(/tidy: .*a.csv was changed while the run was reading it/)
    expect(err).toContain('hint: run again when no program writes to it, or read a copy')
    expect(err).toContain('fix this, then siftstep run pipeline.yaml')
    expect(published()).toEqual([])
    const again = await resume()
    expect(again.code).toBe(1)
    expect(again.err).toContain('a.csv was changed while the run was reading it')
    expect(published()).toEqual([])
    expectPublished(await runCli(['run', 'pipeline.yaml', '--quiet', '--input', 'source=a.csv'], { cwd: place }), GOOD + 1)
  })

  it('whose source is removed while it is read fails, and is run again when it is back', async () => {
    const started = await atWork()
    renameSync(at('a.csv'), at('away.csv'))
    started.goOn()
    const { code, err } = await started.ended
    expect(code).toBe(1)
    expect(err).toMatch(/tidy: reading .*a.csv: no such file/)
    expect(published()).toEqual([])
    renameSync(at('away.csv'), at('a.csv'))
    // a file that was moved may have been written to meanwhile
    const again = await resume()
    expect(again.code).toBe(1)
    expect(again.err).toContain('a.csv was changed while the run was reading it')
    expectPublished(await runCli(['run', 'pipeline.yaml', '--quiet', '--input', 'source=a.csv'], { cwd: place }), GOOD)
  })

  it('whose store is removed while it goes on says so', async () => {
    const started = await atWork()
    renameSync(at('.siftstep'), at('away'))
    started.goOn()
    const { code, err } = await started.ended
    expect(code).not.toBe(0)
    expect(err).toMatch(/the run's store has no |writing .*: the folder no longer exists/)
    expect(published()).toEqual([])
  })

  it('is not resumed by two at once', async () => {
    const started = await atWork()
    const [id = ''] = runsIn(place)
    const other = await runCli(['resume', id], { cwd: place })
    expect(other).toMatchObject({
      code: 2,
      err: expect.stringMatching(new RegExp(`process ${started.pid} on .* is already working on the run ${id}\n.*wait for it, or stop it`)),
    })
    started.goOn()
    expect((await started.ended).code).toBe(0)
  })

  it('and another at the same time publish one whole output', async () => {
    write('b.csv', dirtySales(1, 300, 8)[0] ?? '')
    const first = await atWork()
    const second = startCli(['run', 'pipeline.yaml', '--quiet', '--workers', '1', '--input', 'source=b.csv'], { cwd: place })
    first.goOn()
    expect([(await first.ended).code, (await second.ended).code]).toEqual([0, 0])
    const { rows, files } = JSON.parse(readFileSync(at('out/_manifest.json'), 'utf8')) as {
      rows: number
      files: { name: string; rows: number }[]
    }
    expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(rows)
    expect(readdirSync(at('out')).sort()).toEqual(['_manifest.json', ...files.map(({ name }) => name)].sort())
  })
})

describe('a resume', () => {
  it('of a run that is over, or that there is none of, says so', async () => {
    expect(await resume()).toMatchObject({ code: 2, err: expect.stringContaining('no runs in .siftstep') })
    write('a.csv', ROWS)
    expectPublished(await run('a.csv'), 2)
    const [id = ''] = runsIn(place)
    const before = statSync(at('out/_manifest.json')).mtimeMs
    // as it is when the run was killed after its last write
    mkdirSync(at(`.siftstep/scratch/${id}/siftstep-finalize-a`), { recursive: true })
    expect(await resume()).toMatchObject({
      code: 0,
      out: expect.stringContaining(`The run ${id} has succeeded; nothing to do`),
    })
    expect(statSync(at('out/_manifest.json')).mtimeMs).toBe(before)
    expect(readdirSync(at('.siftstep/scratch'))).toEqual([])
    const other = await runCli(['resume', 'r-1999'], { cwd: place })
    expect(other).toMatchObject({ code: 2, err: expect.stringMatching(`no run r-1999 in .siftstep\n.*${id}`) })
  })

  it('goes by the definition the run began with', async () => {
    expectFailed(await run('late.csv'), 1)
    write('late.csv', ROWS)
    write('pipeline.yaml', 'version: 1\nid: broken\n')
    expectPublished(await resume(), 2)
  })

  it('of a run whose folder was damaged says what is missing', async () => {
    expectFailed(await run('late.csv'), 1)
    const [id = ''] = runsIn(place)
    rmSync(at(`.siftstep/runs/${id}/definition.yaml`))
    const ended = await resume()
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(`the run's store has no runs/${id}/definition.yaml`) })
    expect(ended.err).toContain('start a new run')
  })
})
