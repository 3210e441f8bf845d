/** Looking back at runs from the command line: why one failed, what differs from another, how far it came. */
import { describe, expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, run, write } from './place.ts'

const CHECKED = `version: 1
id: sales
inputs: {source: {type: string, required: true}, out: {type: string, default: out}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: check, type: validate, with: {rules: [{rule_type: not_null, column: price, severity: error}]}}
  - {id: publish, type: export, with: {to: "{{ out }}", format: csv}}
`
const cli = (...args: readonly string[]) => runCli(args, { cwd: place })

/** A run that succeeded, then the same pipeline on a file without the column. */
async function goodThenBad(): Promise<readonly [good: string, bad: string]> {
  write('a.csv', 'id,price\n1,2.5\n2,3\n')
  expect((await run('a.csv', { pipeline: CHECKED })).code).toBe(0)
  write('a.csv', 'id,cost\n1,2.5\n2,3\n3,4\n')
  expect((await run('a.csv', { pipeline: `${CHECKED}# reviewed\n` })).code).toBe(2)
  const [good = '', bad = ''] = runsIn(place)
  return [good, bad]
}

describe('siftstep why, diff and graph', () => {
  it('say what failed, what changed since the last good run, and the command to go on', async () => {
    const [good, bad] = await goodThenBad()
    const { code, out } = await cli('why', 'last')
    expect(code).toBe(0)
    expect(out).toContain(`❌ sales, ${bad}: the step check failed.\n   the data has no column "price"\n   at: pipeline.yaml:6:`)
    expect(out).toContain(
      'Definition.UnknownColumn: A setting names a column the data does not have.\n   fix: the columns here are id, cost\n',
    )
    expect(out).toContain(
      `Changed since ${good}, the last run that succeeded\n  columns that are no longer there: price\n  new columns: cost\n`,
    )
    expect(out).toContain(`→ diff    siftstep diff ${good} ${bad}\n`)
    expect(out).toContain('→ next    fix this, then siftstep run pipeline.yaml')
    expect(JSON.parse((await cli('why', bad, '--json')).out)).toMatchObject({
      failure: { step: 'check', error: 'Definition.UnknownColumn', fix: 'the columns here are id, cost' },
      resumable: false,
      published: false,
    })
    expect((await cli('why', good)).out).toBe(`✅ sales, ${good}: the run succeeded.\n`)

    const saved = JSON.parse((await cli('checkpoints', bad, '--json')).out)
    expect(saved).toMatchObject({ pipeline_id: 'sales', run: bad, state: 'failed' })
    const tasks = saved.checkpoints.map(({ step, task }: { step: string; task: string }) => `${step} ${task}`)
    expect(tasks).toEqual(expect.arrayContaining(['find list', 'find inspect', 'find plan']))
    for (const { saved_at, data } of saved.checkpoints)
      expect([new Date(saved_at).toISOString(), typeof data]).toEqual([saved_at, 'object'])
    expect((await cli('checkpoints', bad)).out).toContain(`${tasks.length} checkpoints of sales, ${bad}; the run failed\n`)

    const diff = await cli('diff', good, 'last')
    expect(diff.code).toBe(0)
    expect(diff.out).toContain(`${good} (succeeded) → ${bad} (failed)\n`)
    expect(diff.out).toContain('1 changed line; the machine is the same\n  +    8  # reviewed\n')
    expect(diff.out).toContain('Columns\n  - price\n  + cost\n')
    expect(diff.out).toContain('(ok → error)')
    expect(JSON.parse((await cli('diff', good, bad, '--json')).out)).toMatchObject({
      columns: { added: ['cost'], removed: ['price'] },
      definition: { changed: true, machine_changed: false },
    })

    const graph = await cli('graph', 'last')
    expect(graph.out).toContain('n1["check<br/>validate"]:::failed')
    expect((await cli('graph', good, '--format', 'svg')).out).toContain(`/runs/${good}/quality-report.html#step-check"`)
    expect((await cli('graph', 'pipeline.yaml')).out).toContain('n0["find<br/>discover"]\n')
  })

  it('name what is wrong with what they are given', async () => {
    expect(await cli('why', 'last')).toMatchObject({ code: 2, err: expect.stringContaining('no runs in .siftstep') })
    write('a.csv', 'id,price\n1,2.5\n')
    await run('a.csv', { pipeline: CHECKED })
    expect(await cli('diff', 'last', 'last')).toMatchObject({ code: 2, err: expect.stringContaining('are the same run') })
    expect(await cli('graph', 'last', '--format', 'png')).toMatchObject({
      code: 2,
      err: expect.stringContaining('use one of mermaid, svg'),
    })
    write('bad.yaml', 'version: 1\nid: a\nsteps: []\n')
    expect(await cli('graph', at('bad.yaml'))).toMatchObject({ code: 2, out: '', err: expect.stringContaining('bad.yaml:3') })
  })
})
