/** Commands of a shell step, carried out by bash. */
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { carryOut } from '#steps/shell/carry-out.ts'

const printed: string[] = []
const run = (script: string) => carryOut(script, tmpdir(), {}, (line) => printed.push(line))

describe('commands', () => {
  it('that end have only their own lines among the errors, however the processes around them end', async () => {
    // several at once, so that the order in which bash hears of its children differs
    const ended = await Promise.all(Array.from({ length: 30 }, () => run('echo out; echo no such table >&2; exit 3')))
    for (const one of ended) expect(one).toEqual({ code: 3, signal: null, lines: ['out'], errors: ['no such table'] })
  })

  it('end at the first that fails, also in a pipe', async () => {
    expect(await run('echo one; false | cat; echo two')).toEqual({ code: 1, signal: null, lines: ['one'], errors: [] })
  })

  it('that a signal ends report it as a shell does', async () => {
    expect(await run('kill -TERM $$')).toMatchObject({ code: 143, lines: [] })
  })
})
