/** What docs/language.md says of steps that fail, wait, are skipped, repeated or run side by side, through the command line. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseCause } from '#core/errors/failure.ts'
import { childrenOf, hasLoaded, runCli, runsIn, startCli, works } from '../kit/cli.ts'
import { dirtySales } from '../kit/dirty-sales.ts'
import { at, eventsOf, expectFailed, expectPublished, GOOD, place, published, resume, ROWS, write, written } from './place.ts'

const FIND = '  - {id: find, type: discover, with: {source: a.csv}}\n'
const EXPORT = '  - {id: e, type: export, with: {to: out, format: csv}}\n'
/** A step that always fails: of something that a retry does not fix, and that the definition does not show. */
const BROKEN = `with: {alerts: [{name: x, when: "{% $string($find.count) & ' > nonsense' %}"}]}`

/** Runs steps over three rows. */
async function steps(text: string, { head = '', args = [] as readonly string[] } = {}) {
  if (!existsSync(at('a.csv'))) write('a.csv', ROWS)
  write('pipeline.yaml', `version: 1\nid: t\n${head}steps:\n${text}`)
  return runCli(['run', 'pipeline.yaml', ...args], { cwd: place })
}

const file = <T>(name: string) => JSON.parse(readFileSync(at(`.siftstep/runs/${runsIn(place).at(-1)}/${name}`), 'utf8')) as T
const rows = (folder = 'out') =>
  (JSON.parse(readFileSync(at(`${folder}/_manifest.json`), 'utf8')) as { files: { name: string }[] }).files
    .map(({ name }) => readFileSync(join(at(folder), name), 'utf8'))
    .join('')

describe('continue_on_error', () => {
  it('goes on without a step that failed; its result is empty, the run is partial, and says why', async () => {
    const ended = await steps(
      `${FIND}  - {id: m, type: monitor, on_error: {continue_on_error: true}, ${BROKEN}}\n` +
        `  - {id: l, type: lineage, condition: "{{ m.result.alerts }} == null"}\n${EXPORT}`,
    )
    expect(ended.code, ended.err).toBe(4)
    expect(ended.out).toMatch(/✗ m: failed; continuing without it: unknown metric nonsense in the alert "x"/)
    expect(ended.out).toContain('✓ l: Lineage documented')
    expect(ended.out).toContain('Pipeline completed in part')
    expect(rows()).toBe(ROWS)
    const { notes, run } = file<{ notes: string[]; run: { status: string } }>('quality-report.json')
    expect(run.status).toBe('partial')
    expect(notes).toContainEqual(expect.stringMatching(/^m failed; the run continued without it: unknown metric nonsense in the alert "x"/))
  })

  it.each([
    ['clean', '{rules: [{map: {column: nope, values: {a: b}}}]}', 'the data has no column "nope"'],
    ['transform', '{operations: [{filter: "id > 1"}, {sort: [nope]}]}', 'the data has no column "nope"'],
    ['validate', '{rules: [{rule_type: row_count, min: 10, severity: error}]}', '2 rows, expected at least 10'],
  ])('lets rows pass a %s step that failed as they were before it', async (type, settings, why) => {
    const ended = await steps(`${FIND}  - {id: c, type: ${type}, on_error: {continue_on_error: true}, with: ${settings}}\n${EXPORT}`)
    expect(ended.code, `${ended.out}${ended.err}`).toBe(4)
    expect(ended.out).toMatch(new RegExp(`✗ c: failed; continuing without it: .*${why}`))
    expect(rows()).toBe(ROWS)
    expect(file<{ rows: object; balanced: boolean }>('ledger.json')).toMatchObject({ rows: { in: 2, out: 2 }, balanced: true })
  })

  it('publishes nothing of an export that failed, and is no success', async () => {
    write('mine/thesis.txt', 'years')
    const ended = await steps(
      `${FIND}  - {id: e, type: export, on_error: {continue_on_error: true}, with: {to: mine}}\n  - {id: m, type: monitor}\n`,
    )
    expect(ended.code, ended.err).toBe(4)
    expect(ended.out).toMatch(/✗ e: failed.*cannot publish to mine: it contains files this pipeline did not write: thesis.txt/)
    expect(ended.out).toContain('Output: none')
    expect(published('mine')).toEqual(['thesis.txt'])
  })

  it('does not go on without any rows', async () => {
    expectFailed(
      await steps(`  - {id: find, type: discover, on_error: {continue_on_error: true}, with: {source: none.csv}}\n${EXPORT}`, {
        args: ['--quiet'],
      }),
      1,
      'find: the source none.csv does not exist',
    )
  })
})

describe('fallback', () => {
  it('tries the settings one after another; the run succeeds and notes which were taken', async () => {
    write('mine/thesis.txt', 'years')
    const ended = await steps(
      `${FIND}  - {id: e, type: export, on_error: {fallback: [{to: a.csv}, {to: out}]}, with: {to: mine, format: csv}}\n`,
    )
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toMatch(/⚠ e: cannot publish to mine: it contains files .*; continuing with fallback 1\n/)
    expect(ended.out).toMatch(/⚠ e: cannot publish to a.csv: it is a source of this run; continuing with fallback 2\n/)
    expect(rows()).toBe(ROWS)
    const { notes } = file<{ notes: string[] }>('quality-report.json')
    expect(notes).toContainEqual('e used fallback 2: cannot publish to a.csv: it is a source of this run')
  })

  it.each([
    ['find', '  - {id: find, type: discover, on_error: {fallback: [{source: a.csv}]}, with: {source: late.csv}}\n'],
    [
      'c',
      `${FIND}  - {id: c, type: clean, on_error: {fallback: [{rules: [{deduplicate: {keys: [id]}}]}]}, with: {rules: [{deduplicate: {keys: [nope]}}]}}\n`,
    ],
    [
      's',
      `${FIND}  - {id: s, type: transform, on_error: {fallback: [{operations: [{filter: "id > 0"}]}]}, with: {operations: [{sort: [nope]}]}}\n`,
    ],
  ])('is for every kind of step: %s', async (id, text) => {
    const ended = await steps(`${text}${EXPORT}`)
    expect(ended.code, `${ended.out}${ended.err}`).toBe(0)
    expect(ended.out).toMatch(new RegExp(`⚠ ${id}: .*; continuing with fallback 1\n`))
    expect(rows()).toBe(ROWS)
  })

  it('that fails as well fails the run, with what the last one failed of', async () => {
    const text = `${FIND}  - {id: e, type: export, on_error: {fallback: [{to: pipeline.yaml}]}, with: {to: a.csv}}\n`
    expectFailed(await steps(text, { args: ['--quiet'] }), 1, 'e: cannot publish to pipeline.yaml: it is a file, not a folder')
  })

  it('stands before continue_on_error, and works side by side', async () => {
    const ended = await steps(
      `${FIND}  - id: look\n    parallel:\n` +
        `      - {id: m, type: monitor, on_error: {continue_on_error: true, fallback: [{alerts: [{name: y, when: "{% $string($find.count) & ' > none' %}"}]}]}, ${BROKEN}}\n` +
        `      - {id: n, type: monitor, on_error: {fallback: [{alerts: []}]}, ${BROKEN}}\n` +
        `      - {id: p, type: profile}\n${EXPORT}`,
    )
    expect(ended.code, ended.err).toBe(4)
    expect(ended.out).toMatch(/⚠ m: unknown metric nonsense in the alert "x"; continuing with fallback 1/)
    expect(ended.out).toMatch(/✗ m: failed; continuing without it: unknown metric none in the alert "y"/)
    expect(ended.out).toMatch(/⚠ n: unknown metric nonsense in the alert "x"; continuing with fallback 1/)
    expect(ended.out).toContain('✓ n: ')
    expect(rows()).toBe(ROWS)
  })

  it('is kept by a resume', async () => {
    const text = '  - {id: find, type: discover, on_error: {fallback: [{source: a.csv}]}, with: {source: late.csv}}\n'
    write('mine/thesis.txt', 'years')
    const to = (folder: string) => `  - {id: e, type: export, with: {to: ${folder}, format: csv}}\n`
    expectFailed(await steps(`${text}  - {id: n, type: monitor, ${BROKEN}}\n${to('out')}`, { args: ['--quiet'] }), 2)
    const ended = await resume()
    expect(ended.code).toBe(2)
    expect(ended.err).toContain('n: unknown metric nonsense in the alert "x"')
  })
})

describe('max_bad_rows', () => {
  const checked = (limits: string) =>
    `${FIND}  - {id: v, type: validate, on_error: {${limits}}, with: {rules: [{rule_type: range, column: id, max: 1, on_fail: quarantine}]}}\n${EXPORT}`

  it('completes the run in part when more are quarantined, and says why', async () => {
    const ended = await steps(checked('max_bad_rows: 40%'))
    expect(ended.code, ended.err).toBe(4)
    expect(ended.out).toContain('⚠ v: 1 of 2 rows quarantined (50.0%), more than max_bad_rows (40%)\n     1 row: id is not at most 1')
    expect(ended.out).toContain('2 in = 1 out + 1 quarantined')
  })

  it('fails the run before anything is published where the step says so', async () => {
    expectFailed(
      await steps(checked('max_bad_rows: 40%, too_many_bad_rows: fail'), { args: ['--quiet'] }),
      1,
      'v: 1 of 2 rows quarantined (50.0%), more than max_bad_rows (40%)',
      'on_error.max_bad_rows',
    )
  })

  it('lets the run succeed when not', async () => {
    const ended = await steps(checked('max_bad_rows: 0.5'))
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toContain('2 in = 1 out + 1 quarantined')
  })
})

describe('retry', () => {
  const RETRIED =
    '  - {id: find, type: discover, with: {source: late.csv}, retry: {errors: [SourceUnavailable], max_attempts: 20, interval: 1s, max_delay: 1s, jitter: none}}\n'

  it('waits for a source that appears a little later', async () => {
    write('pipeline.yaml', `version: 1\nid: t\nsteps:\n${RETRIED}${EXPORT}`)
    const started = startCli(['run', 'pipeline.yaml', '--json'], { cwd: place })
    await written(started, 'task_retried')
    write('late.csv', ROWS)
    const { code, out } = await started.ended
    expect(code).toBe(0)
    expect(eventsOf(out)).toContainEqual(expect.objectContaining({ event: 'task_retried', error: 'Data.NoSources' }))
    expect(rows()).toBe(ROWS)
  })

  it('tries as often as it says, and only for the errors it names', async () => {
    const twice = RETRIED.replace('max_attempts: 20', 'max_attempts: 2')
    const ended = await steps(`${twice}${EXPORT}`)
    expect(ended.code).toBe(1)
    expect(ended.out.match(/starting attempt \d/g)).toEqual(['starting attempt 2', 'starting attempt 3'])
    expect(ended.err).toContain('Pipeline failed after 3 attempts')
    const never = await steps(`${twice.replace('SourceUnavailable', 'Transient')}${EXPORT}`)
    expect(never.code).toBe(1)
    expect(never.out).not.toContain('attempt')
  })

  it.each([
    ['no retry', 'max_attempts: 0', '', []],
    ['every error by the name of Step Functions', 'errors: [States.ALL], max_attempts: 1', '', ['starting attempt 2']],
    ['a category', 'errors: [Data], max_attempts: 1', '', ['starting attempt 2']],
    [
      'keys of the step, else of the defaults',
      'errors: [SourceUnavailable]',
      'defaults: {retry: {errors: [Transient], max_attempts: 1, interval: 1s, jitter: none}}\n',
      ['starting attempt 2'],
    ],
  ])('can be %s', async (_what, retry, head, attempts) => {
    const quick = head === '' ? ', interval: 1s, jitter: none' : ''
    const text = `  - {id: find, type: discover, with: {source: late.csv}, retry: {${retry}${quick}}}\n`
    const ended = await steps(`${text}${EXPORT}`, { head })
    expect(ended.code).toBe(1)
    expect(ended.out.match(/starting attempt \d/g) ?? []).toEqual(attempts)
  })
})

describe('timeout', () => {
  const CLEAN = '  - {id: c, type: clean, with: {rules: [{standardize: [whitespace]}]}}\n'

  /** A run whose worker is stopped, so that its task takes too long, and another worker for each that is stopped in turn. */
  async function stalled(most: number, attempts: number) {
    write('a.csv', dirtySales(1, 300)[0] ?? '')
    write(
      'pipeline.yaml',
      `version: 1\nid: t\nresources: {task_bytes: 4KB}\ndefaults: {timeout: 10s, retry: {max_attempts: ${attempts}, interval: 1s, max_delay: 1s, jitter: none}}\nsteps:\n  - {id: find, type: discover, with: {source: a.csv, chunk_rows: 20}}\n${CLEAN}${EXPORT}`,
    )
    const started = startCli(['run', 'pipeline.yaml', '--workers', '1'], { cwd: place })
    await written(started, 'find: Found')
    const stopped = new Set<number>()
    while (started.process.exitCode === null && stopped.size < most) {
      for (const pid of childrenOf(started.pid)) {
        if (stopped.has(pid) || !hasLoaded(pid, started.pid)) continue
        stopped.add(pid)
        process.kill(pid, 'SIGSTOP')
      }
      await wait(5)
    }
    return { ended: await started.ended, stopped: [...stopped] }
  }

  it('ends a task that takes too long with its process, and the task is tried again', async () => {
    // on a busy machine others take too long, too
    const { ended, stopped } = await stalled(1, 5)
    expect(stopped.filter(works)).toEqual([])
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toMatch(
      /⚠ c: (survey|segment) \d+ failed \(States.Timeout: it took longer than its timeout allows\); starting attempt 2/,
    )
    expect(JSON.parse(readFileSync(at('out/_manifest.json'), 'utf8'))).toMatchObject({ rows: GOOD })
  })

  it('fails the run when the task takes too long every time, and a resume goes on', async () => {
    const { ended, stopped } = await stalled(1, 0)
    expect(stopped.length).toBeGreaterThan(0)
    expect(stopped.filter(works)).toEqual([])
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/c: a task took longer than its timeout allows\n {3}hint: raise `timeout` of the step/)
    expect(ended.err).toContain('Nothing was published.')
    expectPublished(await resume(), GOOD)
  })

  it('of the whole run stops it', async () => {
    const find =
      '  - {id: find, type: discover, with: {source: late.csv}, retry: {errors: [SourceUnavailable], max_attempts: 99, interval: 1s, max_delay: 1s, jitter: none}}\n'
    const ended = await steps(`${find}${EXPORT}`, { head: 'timeout: 3s\n', args: ['--quiet'] })
    expectFailed(ended, 1, 'the run took longer than the definition allows (timeout)')
    expect(ended.err).toContain('siftstep resume r-')
  })
})

describe('condition', () => {
  const text = (condition: string) =>
    `${FIND}  - {id: c, type: transform, condition: "${condition}", with: {operations: [{filter: "id > 1"}]}}\n  - {id: l, type: lineage, condition: "${condition}"}\n${EXPORT}`
  const INPUTS = 'inputs: {strict: {type: boolean, default: false}, least: {type: integer, default: 5}}\n'

  it.each([
    ['{{ strict }}', [], false],
    ['{{ strict }}', ['--input', 'strict=true'], true],
    ['{{ find.result.records }} >= {{ least }}', [], false],
    ['{{ find.result.records }} >= {{ least }}', ['--input', 'least=2'], true],
    ["{{ find.result.count }} == 1 && !({{ run.ds }} == '2024-01-01')", [], true],
  ])('%s with %j', async (condition, args, holds) => {
    const used = INPUTS.replace(
      condition.includes('strict') ? /, least: .*\}\}/ : /strict: .*?\}, /,
      condition.includes('strict') ? '}' : '',
    )
    const ended = await steps(text(condition), { head: condition.includes('inputs') || /strict|least/.test(condition) ? used : '', args })
    expect(ended.code, `${ended.out}${ended.err}`).toBe(0)
    expect(rows()).toBe(holds ? 'id,name\n2,Ben\n' : ROWS)
    if (holds) expect(ended.out).toContain('✓ l: ')
    else expect(ended.out).toMatch(/– c: skipped[\s\S]*– l: skipped/)
  })

  it('on the result of a skipped step reads null', async () => {
    const ended = await steps(
      `${FIND}  - {id: m, type: monitor, condition: "{{ find.result.count }} > 1"}\n  - {id: l, type: lineage, condition: "{{ m.result.alerts }} == null"}\n` +
        `  - {id: k, type: lineage, condition: "{{ m.result.alerts }} >= 0"}\n${EXPORT}`,
    )
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toContain('– m: skipped')
    expect(ended.out).toContain('✓ l: ')
    expect(ended.out).toContain('– k: skipped')
  })

  it('that does not hold for an export publishes nothing, and the rows are accounted for', async () => {
    const ended = await steps(`${FIND}  - {id: e, type: export, condition: "{{ find.result.records }} > 100", with: {to: out}}\n`)
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toContain('Output: none')
    expect(ended.out).toContain('2 in = 2 out   balanced')
    expect(published()).toEqual([])
  })
})

describe('loop', () => {
  const looped = (more: string) =>
    `${FIND}  - {id: l, type: lineage, loop: {foreach: [north, south, east], as: region${more}}, with: {namespace: "sales-{{ region }}"}}\n${EXPORT}`

  it.each([
    ['', 'one after another'],
    [', parallel: true, max_concurrency: 2', 'side by side'],
  ])('runs a step once for each item%s: %s', async (more) => {
    const ended = await steps(looped(more), { args: ['--json'] })
    expect(ended.code, ended.err).toBe(0)
    const done = readdirSync(at(`.siftstep/runs/${runsIn(place)[0]}/tasks/l`)).sort()
    expect(done).toEqual(['control-00000.json', 'control-00001.json', 'control-00002.json'])
    for (const region of ['north', 'south', 'east']) expect(ended.out).toContain(`(region = ${region})`)
    const { out } = await runCli(['show', 'last'], { cwd: place })
    expect(out).toMatch(/✓ l: Done for 3 items\n.*\(region = north\)\n.*\(region = south\)\n.*\(region = east\)\n/)
  })

  it('of more items than max_items, known when the run starts, fails before the step', async () => {
    const head = 'inputs: {regions: {type: array, default: [north, south, east]}}\n'
    const ended = await steps(looped(', max_items: 2').replace('[north, south, east]', '"{{ regions }}"'), { head, args: ['--quiet'] })
    expectFailed(ended, 2, 'the loop has more than 2 items (max_items)')
    expect(existsSync(at(`.siftstep/runs/${runsIn(place)[0]}/tasks/l`))).toBe(false)
  })

  it('of more items than max_items is refused before a run when the list is written down', async () => {
    const ended = await steps(looped(', max_items: 2'), { args: ['--quiet'] })
    expectFailed(ended, 2, 'the list has 3 items, but `max_items` is 2')
    expect(existsSync(at(`.siftstep/runs/${runsIn(place)[0]}/tasks/l`))).toBe(false)
  })

  it.each([
    ['{"list": ["north", "south"]}', ['control-00000.json', 'control-00001.json']],
    ['{"list": []}', []],
  ])('takes its items from an input: %s', async (given, tasks) => {
    write('inputs.json', given)
    const ended = await steps(
      `${FIND}  - {id: l, type: lineage, loop: {foreach: "{{ list }}"}, with: {namespace: "sales-{{ item }}"}}\n${EXPORT}`,
      { head: 'inputs: {list: {type: array, required: true}}\n', args: ['--input-file', 'inputs.json'] },
    )
    expect(ended.code, ended.err).toBe(0)
    const folder = at(`.siftstep/runs/${runsIn(place)[0]}/tasks/l`)
    expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual(tasks)
    if (tasks.length === 0) expect(ended.out).toContain('– l: skipped')
    expect(rows()).toBe(ROWS)
  })

  it.each([
    ['', 2, 'control-00000.json'],
    [', on_error: {continue_on_error: true}', 4, 'control-00000.json'],
    [', on_error: {fallback: [{alerts: []}]}', 0, 'control-00000.json'],
  ])('stops at the item that fails%s: exit code %i', async (more, code, done) => {
    const alerts = 'with: {alerts: [{name: x, when: "{{ item }}"}]}'
    const ended = await steps(
      `${FIND}  - {id: m, type: monitor, loop: {foreach: ["rows_in > 5", "nonsense > 1", "rows_in > 6"]}, ${alerts}${more}}\n${EXPORT}`,
    )
    expect(ended.code, `${ended.out}${ended.err}`).toBe(code)
    expect(`${ended.out}${ended.err}`).toContain('m: ')
    expect(`${ended.out}${ended.err}`).toContain('item 2 of the loop (item = nonsense > 1): unknown metric nonsense in the alert "x"')
    const { out } = await runCli(['show', 'last'], { cwd: place })
    if (code === 2)
      expect(out).toMatch(/✗ m: failed: item 2 of the loop \(item = nonsense > 1\): unknown metric.*\n {4}✓ .*\(item = rows_in > 5\)/)
    expect(readdirSync(at(`.siftstep/runs/${runsIn(place)[0]}/tasks/m`))).toContain(done)
    expect(published().length > 0).toBe(code !== 2)
  })

  it('names the item that fails to programs too, shortened, and the place of what it made wrong', async () => {
    const long = 'x'.repeat(200)
    const ended = await steps(
      `${FIND}  - {id: m, type: monitor, loop: {foreach: [30, {a: 1, b: ${long}}], as: most}, with: {sla_seconds: "{{ most }}"}}\n${EXPORT}`,
      { args: ['--json'] },
    )
    expect(ended.code).toBe(2)
    const events = eventsOf(ended.out) as { record?: { failure?: { cause: string } } }[]
    const { step, message, where, hint } = parseCause(events.at(-1)?.record?.failure?.cause ?? '')
    expect(step).toBe('m')
    expect(message).toContain(`item 2 of the loop (most = {"a":1,"b":"${long.slice(0, 68)}): \`sla_seconds\` is `)
    expect(where).toMatch(/^pipeline.yaml:\d+:\d+ steps\.1\.with\.sla_seconds$/)
    expect(hint).not.toBeNull()
    expect(ended.err).toContain('failed in')
  })

  it('whose condition does not hold runs for no item', async () => {
    const ended = await steps(
      `${FIND}  - {id: l, type: lineage, condition: "{{ find.result.count }} > 1 || {{ find.result.records }} > 2", loop: {foreach: [north, south]}, with: {namespace: "{{ item }}"}}\n${EXPORT}`,
    )
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toContain('– l: skipped')
    expect(existsSync(at(`.siftstep/runs/${runsIn(place)[0]}/tasks/l`))).toBe(false)
  })

  it('over the sources of a discover step measures each of them', async () => {
    mkdirSync(at('data'))
    writeFileSync(at('data/1.csv'), ROWS)
    writeFileSync(at('data/2.csv'), ROWS)
    const ended = await steps(
      '  - {id: find, type: discover, with: {source: data}}\n  - {id: look, type: profile, loop: {foreach: "{{ find.result.sources }}", parallel: true}}\n',
    )
    expect(ended.code, ended.err).toBe(0)
    expect(ended.out).toContain('look: Profiled 2 sources')
  })
})

describe('parallel', () => {
  it('runs all its steps, and what follows waits for them', async () => {
    const ended = await steps(
      `${FIND}  - id: look\n    parallel:\n      - {id: quality, type: profile}\n      - {id: shape, type: schema, with: {required: [id]}}\n      - {id: trace, type: lineage}\n` +
        `  - {id: c, type: clean, depends_on: [look], condition: "{{ quality.result.issues }} == 0", with: {rules: [{deduplicate: {keys: [id]}}]}}\n${EXPORT}`,
      { args: ['--json'] },
    )
    expect(ended.code, ended.err).toBe(0)
    const done = finished(ended.out)
    expect(done.slice(0, 4).sort()).toEqual(['find', 'quality', 'shape', 'trace'])
    expect(done.slice(4)).toEqual(['c', 'e'])
    expect(atTheSameTime(ended.out)).toBe(3)
  })

  it.each([
    ['', 3],
    ['concurrency: {max_parallel_steps: 2}\n', 2],
    ['concurrency: {max_parallel_steps: 1}\n', 1],
  ])('steps that wait for the same step start together%s: %i', async (head, most) => {
    const after = (id: string) => `  - {id: ${id}, type: lineage, depends_on: [find], with: {namespace: ${id}}}\n`
    const ended = await steps(`${FIND}${['k', 'l', 'm'].map(after).join('')}`, { head, args: ['--json', '--workers', '3'] })
    expect(ended.code, ended.err).toBe(0)
    expect(finished(ended.out).sort()).toEqual(['find', 'k', 'l', 'm'])
    expect(atTheSameTime(ended.out)).toBe(most)
  })

  it('fails when one of them fails, with what it failed of; a resume keeps what was finished', async () => {
    const text = `${FIND}  - id: look\n    parallel:\n      - {id: quality, type: profile}\n      - {id: m, type: monitor, ${BROKEN}}\n${EXPORT}`
    expectFailed(await steps(text, { args: ['--quiet'] }), 2, 'm: unknown metric nonsense in the alert "x"')
    const folder = at(`.siftstep/runs/${runsIn(place)[0]}/tasks/find`)
    const times = () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])
    const before = times()
    expect(before.length).toBeGreaterThan(0)
    expect((await resume()).code).toBe(2)
    expect(times()).toEqual(before)
  })
})

/** The steps that were finished, in order. */
const finished = (out: string) =>
  eventsOf(out).flatMap((event) =>
    event.event === 'step_finished' ? [(event as unknown as { report: { step: string } }).report.step] : [],
  )

/** How many steps were under way at a time, at most. */
function atTheSameTime(out: string): number {
  const working = new Set<string>()
  let most = 0
  for (const event of eventsOf(out) as unknown as { event: string; step?: string; report?: { step: string } }[]) {
    if (event.event === 'step_started') working.add(event.step ?? '')
    if (event.event === 'step_finished') working.delete(event.report?.step ?? '')
    most = Math.max(most, working.size)
  }
  return most
}
