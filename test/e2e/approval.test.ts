/** A run that waits for a person, and the command that decides. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runCli, startCli, type Started } from '../kit/cli.ts'
import { place, write } from './place.ts'

const definition = (folder: string) => `version: 1
id: asking
steps:
  - {id: find, type: discover, with: {source: ${folder}/in.csv}}
  - {id: check, type: approval, with: {message: "Publish the orders?", timeout: 15m, poke_interval: 1s}}
  - {id: load, type: export, with: {to: ${folder}/out.csv}}
`

function prepared(folder: string): void {
  write(`${folder}/in.csv`, 'id\n1\n')
  write(`${folder}/pipeline.yaml`, definition(folder))
}

const start = (folder: string) => startCli(['run', `${folder}/pipeline.yaml`, '--store', `${folder}/store`], { cwd: place })
const approve = (folder: string, ...more: string[]) =>
  runCli(['approve', 'last', ...more, '--store', `${folder}/store`], { cwd: place, env: { USER: 'ana' } })

/** The name of the run, once its screen says that it waits. */
async function waiting(run: Started): Promise<string> {
  let over = false
  void run.ended.then(() => {
    over = true
  })
  for (;;) {
    const [, id] = /Publish the orders\? Waiting for a decision: siftstep approve (\S+) check/.exec(run.written()) ?? []
    if (id !== undefined) return id
    if (over) throw new Error(`the run ended before it waited: ${(await run.ended).out}${(await run.ended).err}`)
    await wait(50)
  }
}

describe('a run that waits for approval', () => {
  it('says so, goes on when somebody approves it, and keeps who it was', async () => {
    prepared('approved')
    const run = start('approved')
    const id = await waiting(run)
    expect(existsSync(join(place, 'approved/out.csv'))).toBe(false)
    const said = await approve('approved', '--reason', 'looks right')
    expect(said.out).toBe(`check of ${id} approved by ana\nthe run goes on at its next look\n`)
    const { code, out, err } = await run.ended
    expect(code, `${out}${err}`).toBe(0)
    expect(out).toContain('Approved by ana: looks right')
    expect(readFileSync(join(place, 'approved/out.csv'), 'utf8')).toBe('id\n1\n')
    const late = await approve('approved', '--reject')
    expect({ code: late.code, err: late.err }).toEqual({ code: 2, err: expect.stringContaining('has ended: succeeded') as string })
  })

  it('fails when it is rejected, with nothing published, and is resumed after another decision', async () => {
    prepared('rejected')
    const run = start('rejected')
    const id = await waiting(run)
    expect((await approve('rejected', '--reject', '--by', 'Bo', '--reason', 'prices are missing')).code).toBe(0)
    const ended = await run.ended
    expect(ended.code).toBe(1)
    expect(`${ended.out}${ended.err}`).toContain('Rejected by Bo: prices are missing')
    expect(`${ended.out}${ended.err}`).toContain(`siftstep approve ${id} check`)
    expect(existsSync(join(place, 'rejected/out.csv'))).toBe(false)
    const again = await approve('rejected', 'check')
    expect(again.out).toContain('approved by ana (before: rejected by Bo at ')
    expect(again.out).toContain('siftstep resume')
    const resumed = await runCli(['resume', 'last', '--store', 'rejected/store'], { cwd: place })
    expect(resumed.code, `${resumed.out}${resumed.err}`).toBe(0)
    expect(readFileSync(join(place, 'rejected/out.csv'), 'utf8')).toBe('id\n1\n')
  })

  it('is named exactly: a run without such a step, and a step that is none, are refused', async () => {
    write('none/in.csv', 'id\n1\n')
    write('none/pipeline.yaml', 'version: 1\nid: none\nsteps:\n  - {id: find, type: discover, with: {source: none/in.csv}}\n')
    await runCli(['run', 'none/pipeline.yaml', '--store', 'none/store'], { cwd: place })
    const none = await approve('none')
    expect({ code: none.code, err: none.err }).toEqual({ code: 2, err: expect.stringContaining('has no approval step') as string })
    prepared('other')
    const run = start('other')
    await waiting(run)
    const wrong = await approve('other', 'load')
    expect({ code: wrong.code, err: wrong.err }).toEqual({
      code: 2,
      err: expect.stringContaining('load is no approval step') as string,
    })
    expect(wrong.err).toContain('its approval steps: check')
    process.kill(run.pid, 'SIGINT')
    await run.ended
  })
})
