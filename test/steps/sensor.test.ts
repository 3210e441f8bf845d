// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a machine
/** A sensor in the machine: looks, waits, resumes, and what follows when nothing comes. Time is virtual. */
import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { simulate } from '#aws/cost/simulate.ts'
import { placesOf } from '#language/compiler/places.ts'
import { virtualClock } from '#asl/engine/clock.ts'
import type { JsonObject } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import { entered } from '../kit/engine-world.ts'
import { runDefinition, type TestRunOptions, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
  mkdirSync(join(place.folder, 'in'))
})
afterEach(() => place.clear())

const definition = (settings: string, more = '') =>
  `version: 1\nid: waiting\nsteps:\n  - {id: wait, type: sensor, with: {for: "${place.folder}/in/*.csv", ${settings}}}\n${more}`

/** A run; `looks` are called before the look of their number, from 1. */
async function run(
  text: string,
  looks: readonly (() => void)[] = [],
  { start, ...options }: Partial<TestRunOptions> & { readonly start?: Date } = {},
) {
  let look = 0
  const clock = virtualClock(start)
  const began = clock.now().getTime()
  const outcome = await runDefinition(text, {
    store: join(place.folder, 'store'),
    clock,
    beforeTask: ({ step }) => {
      if (step === 'wait') looks[look++]?.()
    },
    ...options,
  })
  const answers = outcome.results.filter(({ event }) => event.step === 'wait')
  const result = answers.at(-1)?.result['result'] as JsonObject | undefined
  return { ...outcome, looks: answers.length, result, elapsed: (clock.now().getTime() - began) / 1000 }
}

const arrive =
  (name: string, content = 'id\n1\n') =>
  () =>
    void place.write(`in/${name}`, content)

describe('a sensor', () => {
  it('waits in the machine until enough files are there and have settled', async () => {
    const nothing = () => {}
    const found = await run(definition('min_count: 2, settle: 10s, poke_interval: 1m'), [nothing, arrive('a.csv'), arrive('b.csv')])
    expect([found.status, found.cause]).toEqual(['SUCCEEDED', undefined])
    // 0, 1 and 2 minutes, and ten seconds to settle
    expect(found.looks).toBe(4)
    expect(found.elapsed).toBe(130)
    expect(found.result).toEqual({ found: true, count: 2, files: expect.any(Array), bytes: 10, waited_seconds: 130 })
    expect(
      entered(found.history)
        .filter((name) => name.startsWith('wait'))
        .slice(0, 5),
    ).toEqual(['wait.begin', 'wait', 'wait.again', 'wait.wait', 'wait'])
    expect(found.report.steps.map(({ id, report }) => [id, report.message])).toEqual([['wait', 'Found 2 files (10 bytes) after 2m 10s']])
  })

  it('takes files at once with a settle time of nothing', async () => {
    const found = await run(definition('settle: 0s'), [arrive('a.csv')])
    expect([found.looks, found.elapsed, found.result?.['found']]).toEqual([1, 0, true])
  })

  it('waits for files that change to stay the same', async () => {
    const file = join(place.folder, 'in/a.csv')
    const touch = () => utimesSync(file, 1, 1)
    const found = await run(definition('settle: 30s, poke_interval: 1m'), [arrive('a.csv'), arrive('a.csv', 'id\n1\n2\n'), touch])
    expect(found.result).toEqual({ found: true, count: 1, files: expect.any(Array), bytes: 7, waited_seconds: 150 })
    expect(found.looks).toBe(4)
  })

  it('fails when the timeout ends, with what is there instead', async () => {
    place.write('in/notes.txt', 'x')
    const failed = await run(definition('timeout: 90s, poke_interval: 1m'))
    expect(failed.error).toBe('Data.NoSources')
    expect(failed.cause).toContain(`0 files at ${place.folder}/in/*.csv within the timeout of 90.0s, expected at least 1`)
    expect(failed.cause).toContain('notes.txt')
    expect(failed.hint).toContain('on_empty: skip')
    expect([failed.looks, failed.elapsed]).toEqual([2, 90])
  })

  it('gives files that are there when the timeout ends one more settle time, and no more', async () => {
    const text = definition('timeout: 1m, poke_interval: 1m, settle: 20s')
    const late = await run(text, [() => {}, arrive('a.csv')])
    expect(late.result).toMatchObject({ found: true, waited_seconds: 80 })
    rmSync(join(place.folder, 'in/a.csv'))
    const changing = await run(text, [() => {}, arrive('a.csv'), arrive('a.csv', 'id\n1\n2\n')], { run: 'r-2' })
    expect(changing.cause).toContain('were still changing when the timeout ended')
  })

  it.each([1, 400, 999])('skips no file that is there when the run begins %i ms after a second', async (ms) => {
    const start = new Date(Date.UTC(2026, 0, 1) + ms)
    const found = await run(definition('on_empty: skip, settle: 1s'), [arrive('a.csv')], { start })
    expect(found.result).toMatchObject({ found: true, count: 1 })
    expect(found.looks).toBe(2)
  })

  it('fails at once for what may not be read as it is meant', async () => {
    const failed = await run(definition('').replace(`${place.folder}/in/*.csv`, 'gs://bucket/*.csv'))
    expect([failed.error, failed.looks]).toEqual(['Definition.InvalidSetting', 0])
  })

  it('does not count what the pipeline itself has published', async () => {
    const text = (to: string) =>
      `version: 1\nid: waiting\nsteps:\n  - {id: find, type: discover, with: {source: ${place.folder}/first.csv}}\n  - {id: publish, type: export, with: {to: ${to}, format: csv}}\n`
    place.write('first.csv', 'id\n1\n')
    rmSync(join(place.folder, 'in'), { recursive: true })
    await runDefinition(text(join(place.folder, 'in')), { store: join(place.folder, 'store'), run: 'r-before' })
    const failed = await run(definition('timeout: 10s'))
    expect(failed.cause).toContain('output of this pipeline itself')
  })
})

/** Steps that need the files. */
const AFTER =
  () => `  - {id: find, type: discover, condition: "{{ wait.result.found }} == true", with: {source: "${place.folder}/in/*.csv"}}
  - {id: look, type: profile}
  - {id: tidy, type: clean, with: {rules: [{missing: auto}]}}
  - {id: sums, type: transform, with: {operations: [{aggregate: {by: [id], columns: {n: count(*)}}}]}}
  - {id: publish, type: export, with: {to: "${place.folder}/out", format: csv}}
  - {id: watch, type: monitor}
`

describe('a sensor that may find nothing', () => {
  it('skips the discover step by a condition, and with it all steps on its rows', async () => {
    const skipped = await run(definition('timeout: 1m, on_empty: skip', AFTER()))
    expect([skipped.status, skipped.cause]).toEqual(['SUCCEEDED', undefined])
    expect(skipped.result).toEqual({ found: false, count: 0, files: expect.any(Array), bytes: 0, waited_seconds: 60 })
    expect([...new Set(skipped.results.map(({ event }) => event.task))]).toEqual(['prepare', 'control', 'finalize'])
    expect(skipped.ledger).toMatchObject({ balanced: true, rows: { in: 0, out: 0 } })
    expect(skipped.report.output).toBeNull()
  })

  it('does all of it when the files come', async () => {
    const done = await run(definition('settle: 1s, on_empty: skip', AFTER()), [arrive('a.csv', 'id\n1\n1\n2\n')])
    expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    expect(done.ledger).toMatchObject({ balanced: true, rows: { in: 3, out: 2 } })
  })
})

describe('a sensor with a fallback', () => {
  it('keeps the looks of each apart, so that a run that is resumed does not repeat them', async () => {
    const other = `on_error: {fallback: [{for: "${place.folder}/other/*.csv", timeout: 5m}]}`
    const text = definition('timeout: 1m, poke_interval: 30s, settle: 0s').replace('type: sensor,', `type: sensor, ${other},`)
    const nothing = () => {}
    // three looks of its own, two of the fallback
    const looks = [nothing, nothing, nothing, nothing, () => void place.write('other/a.csv', 'id\n1\n')]
    const first = await run(text, looks)
    expect([first.status, first.cause, first.looks]).toEqual(['SUCCEEDED', undefined, 4])
    expect(first.result).toMatchObject({ found: true, count: 1 })
    expect(first.report.steps.map(({ report }) => report.message)).toEqual(['Found 1 file (5 bytes) after 30.0s'])
    const written: string[] = []
    const through = (folder: Store): Store => ({
      ...folder,
      write: async (key, bytes) => {
        if (key.includes('/tasks/wait/')) written.push(key)
        return folder.write(key, bytes)
      },
    })
    const again = await run(text, [], { through })
    expect([again.status, written]).toEqual(['SUCCEEDED', []])
    const kept = readdirSync(join(place.folder, 'store/runs/r-test/tasks/wait'), { recursive: true }).filter((name) =>
      String(name).endsWith('.json'),
    )
    expect(kept.sort()).toEqual([
      'control.json',
      'control/fallback-00001/round-00000.json',
      'control/fallback-00001/round-00001.json',
      'control/round-00001.json',
    ])
  })
})

describe('a sensor whose run is stopped', () => {
  it('goes on with the next look, does not wait once more, and keeps the moment of the first look', async () => {
    const text = definition('timeout: 10m, settle: 1m, poke_interval: 2m')
    const stop = () => {
      throw Object.assign(new Error('stopped'), { name: 'Engine.Interrupted' })
    }
    const looked: TaskResult[] = []
    const stopped = await run(text, [() => {}, () => {}, stop], { afterTask: (_, result) => looked.push(result) })
    expect([stopped.status, stopped.looks, stopped.elapsed]).toEqual(['FAILED', 2, 240])
    arrive('a.csv')()
    const clock = virtualClock(new Date('2026-01-01T00:04:00.000Z'))
    const events: TaskEvent[] = []
    const resumed = await runDefinition(text, { store: join(place.folder, 'store'), clock, afterTask: (event) => events.push(event) })
    expect(resumed.status).toBe('SUCCEEDED')
    // the looks of before are read back without waiting; then one look, and the time to settle
    expect(events.filter(({ step }) => step === 'wait').map(({ settings }) => settings['round'])).toEqual([0, 1, 2, 3])
    expect(clock.now().toISOString()).toBe('2026-01-01T00:05:00.000Z')
    expect(resumed.results.at(-2)?.result['result']).toEqual({
      found: true,
      count: 1,
      files: expect.any(Array),
      bytes: 5,
      waited_seconds: 300,
    })
  })
})

describe('a sensor in a loop', () => {
  it('waits for each item by itself, and its rounds are no items', async () => {
    const text = `version: 1\nid: waiting\nsteps:\n  - {id: wait, type: sensor, loop: {foreach: [a, b], as: one}, with: {for: "${place.folder}/in/{{ one }}.csv", settle: 5s}}\n`
    const done = await run(text, [arrive('a.csv'), () => {}, () => {}, arrive('b.csv')])
    expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    expect(done.report.steps).toMatchObject([{ id: 'wait', report: { message: 'Done for 2 items' } }])
    expect(done.report.steps[0]?.report.lines).toHaveLength(2)
  })
})

describe('the machine of a sensor', () => {
  it('calls the task, asks whether it is to be called again, and waits until then', () => {
    const compiled = compile(definition('timeout: 2h, poke_interval: 1m'), { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const states = JSON.parse(JSON.stringify(compiled.machine.States)) as { [name: string]: JsonObject }
    expect(states['wait.begin']).toEqual({ Type: 'Pass', Assign: { Again_wait: { round: 0, state: null } }, Next: 'wait' })
    expect(states['wait']).toMatchObject({
      Type: 'Task',
      Arguments: {
        FunctionName: '${ControlFunction}',
        Payload: { task: 'control', settings: { type: 'sensor', round: '{% $Again_wait.round %}', state: '{% $Again_wait.state %}' } },
      },
      Assign: { wait: '{% $states.result.Payload.result %}', Again_wait: '{% $states.result.Payload.again %}' },
      Next: 'wait.again',
    })
    expect(states['wait.again']).toEqual({
      Type: 'Choice',
      Choices: [{ Condition: '{% $Again_wait != null %}', Next: 'wait.wait' }],
      Default: 'Finalize',
    })
    expect(states['wait.wait']).toEqual({ Type: 'Wait', Timestamp: '{% $Again_wait.at %}', Next: 'wait' })
  })

  it('lets the pipeline list and read what it waits for', () => {
    const compiled = compile(definition('').replace(`${place.folder}/in/*.csv`, 's3://incoming/orders/*.csv'), { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    expect(placesOf(compiled)).toEqual({ sources: [{ bucket: 'incoming', prefix: 'orders/' }], outputs: [] })
  })

  it('is simulated with files that are there at once', async () => {
    const compiled = compile(definition('on_empty: skip', AFTER()), { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const { tasks } = await simulate(compiled.machine, ['wait', 'find', 'look', 'tidy', 'sums', 'publish', 'watch'], {}, async () => [
      { bytes: 1000, records: 10 },
    ])
    expect(tasks.filter(({ step }) => step === 'wait').map(({ task }) => task)).toEqual(['control'])
    expect(tasks.map(({ task }) => task)).toContain('exchange')
  })

  it('does not look more often than a history can hold', () => {
    const compiled = compile(definition('timeout: 1d, poke_interval: 30s'), { file: 'p.yaml' })
    expect(compiled.ok ? [] : compiled.problems.map(({ what, hint }) => [what, hint])).toEqual([
      [
        'a timeout of 1d with a look every 30s makes 2880 looks, and a sensor has at most 1000',
        'write a `poke_interval` of 87s or more, or a shorter `timeout`',
      ],
    ])
  })
})
