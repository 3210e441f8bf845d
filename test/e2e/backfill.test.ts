/** Backfills, as a person types them. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderStore } from '#io/store/folder.ts'
import { queuedRuns, queueExecutions } from '#run/serve/queue.ts'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const DAILY = `version: 1
id: daily
schedule: {cron: "0 8 * * *", timezone: Europe/Zurich, start_date: 2026-03-27, inputs: {source: "in/{{ ds }}.csv"}}
inputs: {source: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: publish, type: export, with: {to: "out/{{ ds }}", format: csv}}
`
const backfill = (...args: readonly string[]) => runCli(['backfill', 'daily.yaml', ...args], { cwd: place })
const rows = (day: string) => JSON.parse(readFileSync(at(`out/${day}/_manifest.json`), 'utf8')).rows

describe('siftstep backfill', () => {
  it('makes a run for each date, skips what is good, and goes on with what failed', async () => {
    write('daily.yaml', DAILY)
    for (const [day, content] of [
      ['2026-03-27', 'id\n1\n'],
      ['2026-03-29', 'id\n1\n2\n3\n'],
    ] as const)
      write(`in/${day}.csv`, content)
    const plan = await backfill('--to', '2026-03-29', '--max-parallel', '2', '--plan')
    expect(plan.out).toBe(`date                       to do  last run  was
2026-03-27T08:00:00+01:00  run
2026-03-28T08:00:00+01:00  run
2026-03-29T08:00:00+02:00  run
3 runs, 2 at a time; 0 skipped
`)
    expect(runsIn(place)).toEqual([])

    const first = await backfill('--to', '2026-03-29', '--max-parallel', '2')
    expect(first.code, first.err).toBe(1)
    expect(first.out).toMatch(/2026-03-27T08:00:00\+01:00 {2}succeeded {2}daily-20260327T070000Z-\w{12} /)
    expect(first.out).toMatch(/2026-03-28T08:00:00\+01:00 {2}failed .*in\/2026-03-28\.csv/)
    expect(first.out).toContain('✓ 2   ✗ 1 failed\n')
    expect([rows('2026-03-27'), rows('2026-03-29')]).toEqual([1, 3])
    const record = JSON.parse(readFileSync(join(place, '.siftstep/runs', runsIn(place)[0] ?? '', 'run.json'), 'utf8'))
    expect(record).toMatchObject({
      logical_date: '2026-03-27T08:00:00+01:00',
      start: { type: 'backfill', scheduled_time: '2026-03-27T07:00:00Z' },
    })

    write('in/2026-03-28.csv', 'id\n1\n2\n')
    const second = await backfill('--to', '2026-03-29')
    expect(second.code, second.err).toBe(0)
    expect(second.out).toContain('✓ 1   – 2 skipped\n')
    expect(rows('2026-03-28')).toBe(2)

    write('in/2026-03-27.csv', 'id\n1\n5\n')
    const again = await backfill('--to', '2026-03-27', '--again', '--json')
    expect(again.code, again.err).toBe(0)
    const [date, all] = again.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(date).toMatchObject({ event: 'date_finished', logical_date: '2026-03-27T08:00:00+01:00', status: 'succeeded', exit_code: 0 })
    expect(all).toEqual({ event: 'backfill_finished', succeeded: 1, partial: 0, failed: 0, not_run: 0, skipped: 0 })
    expect(rows('2026-03-27')).toBe(2)
  })

  it('counts each day where there is no schedule, and takes a run with that date for it', async () => {
    write('daily.yaml', DAILY.replace(/schedule: .*\n/, ''))
    write('in/a.csv', 'id\n1\n')
    const given = ['--input', 'source=in/a.csv'] as const
    const run = await runCli(['run', 'daily.yaml', '--quiet', '--date', '2026-09-02', ...given], { cwd: place })
    expect(run.code, run.err).toBe(0)
    expect(rows('2026-09-02')).toBe(1)
    const { code, out, err } = await backfill('--from', '2026-09-01', '--to', '2026-09-03', ...given)
    expect(code, err).toBe(0)
    expect(out).toContain('✓ 2   – 1 skipped\n')
    expect([rows('2026-09-01'), rows('2026-09-03')]).toEqual([1, 1])
  })

  it('reports what is wrong before any run', async () => {
    write('daily.yaml', DAILY.replace(/schedule: .*\n/, ''))
    const missing = await backfill('--from', '2026-09-01', '--to', '2026-09-02')
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('the input `source` is missing')])
    const noDay = await backfill('--to', '2026-09-02')
    expect([noDay.code, noDay.err]).toEqual([2, expect.stringContaining('--from is missing')])
    const wrong = await backfill('--from', '2026-02-30')
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('the calendar has no day 2026-02-30')])
    const most = await backfill('--from', '2026-09-01', '--max-parallel', '0')
    expect([most.code, most.err]).toEqual([2, expect.stringContaining('invalid --max-parallel 0')])
    expect(runsIn(place)).toEqual([])
    rmSync(at('daily.yaml'))
  })
})

describe('siftstep backfill, where dates depend on the past', () => {
  const PAST = DAILY.replace('inputs: {source: "in', 'depends_on_past: true, inputs: {source: "in')
  const dates = (from: string, to: string, ...more: readonly string[]) => backfill('--from', from, '--to', to, ...more)

  it('stops at the first date that is not good, goes on when it is, and can leave the past aside', async () => {
    write('daily.yaml', PAST)
    for (const day of ['27', '29', '30']) write(`in/2026-03-${day}.csv`, 'id\n1\n')
    const first = await dates('2026-03-27', '2026-03-30')
    expect(first.code).toBe(1)
    expect(first.out).toMatch(/2026-03-29T08:00:00\+02:00 {2}not started .*depends_on_past: the date before it is not good/)
    expect(runsIn(place)).toHaveLength(2)

    // the date before is not in this backfill
    const later = await dates('2026-03-29', '2026-03-30')
    expect(later.out).toMatch(
      /depends_on_past: the run of 2026-03-28T08:00:00\+01:00, daily-20260328T070000Z-\w{12}, is not good \(failed\)/,
    )
    expect(runsIn(place)).toHaveLength(2)
    const aside = await dates('2026-03-29', '2026-03-29', '--ignore-past')
    expect([aside.code, rows('2026-03-29')], aside.err).toEqual([0, 1])

    write('in/2026-03-28.csv', 'id\n1\n2\n')
    const all = await dates('2026-03-27', '2026-03-30')
    expect([all.code, rows('2026-03-30')], all.err).toEqual([0, 1])
    expect(all.out).toContain('✓ 2   – 2 skipped\n')
  })

  it('carries out the run that a server holds back, under its name', async () => {
    write('daily.yaml', PAST)
    write('in/2026-03-28.csv', 'id\n1\n')
    await dates('2026-03-27', '2026-03-27')
    const store = folderStore(at('.siftstep'))
    const event = { inputs: { source: 'in/2026-03-28.csv' }, logical_date: '2026-03-28T08:00:00+01:00', start: { type: 'schedule' } }
    const starts = queueExecutions(
      store,
      'daily',
      (value) => value,
      () => new Date(),
    )
    await starts.start('daily-20260328T070000Z-queued', event)
    const held = await dates('2026-03-28', '2026-03-28')
    expect([held.code, held.out], held.err).toEqual([1, expect.stringContaining('queued')])
    const { code, err } = await dates('2026-03-28', '2026-03-28', '--ignore-past')
    expect(code, err).toBe(0)
    expect(runsIn(place)).toContain('daily-20260328T070000Z-queued')
    expect(await queuedRuns(store)).toEqual([])
  })

  it('is refused several at a time, and on AWS, with the line of the key', async () => {
    write('daily.yaml', PAST)
    const most = await dates('2026-03-27', '2026-03-28', '--max-parallel', '2')
    expect([most.code, most.err]).toEqual([2, expect.stringContaining('runs that depend on the past go one at a time')])
    const valid = await runCli(['validate', 'daily.yaml'], { cwd: place })
    expect([valid.code, valid.out]).toEqual([0, expect.stringContaining('daily.yaml: ok')])
    expect(valid.err).toContain('daily.yaml:3:97 warning not-available schedule.depends_on_past: `depends_on_past` cannot be deployed yet')
    const deployed = await runCli(['deploy', 'daily.yaml'], { cwd: place })
    expect([deployed.code, deployed.err]).toEqual([
      2,
      expect.stringContaining('daily.yaml:3:97 not-available schedule.depends_on_past: `depends_on_past` cannot be deployed yet'),
    ])
    write('daily.yaml', DAILY)
    const nothing = await dates('2026-03-27', '2026-03-28', '--ignore-past')
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('the schedule has no `depends_on_past`')])
  })
})
