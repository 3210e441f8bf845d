/** Causes: JSON on both sides, whatever wrapped it. */
import { describe, expect, it } from 'vitest'
import { TaskError } from '#core/errors/errors.ts'
import { causeText, formatCause, parseCause, readFailure, TOO_MANY_FAILED } from '#core/errors/failure.ts'

const lambda = (errorType: string, errorMessage: string) => ({
  Error: errorType,
  Cause: JSON.stringify({ errorType, errorMessage, trace: [] }),
})
const read = (failure: Parameters<typeof readFailure>[0]) => parseCause(readFailure(failure).cause)

describe('a cause', () => {
  it('has the step, the code, the message, the fix and the place as data', () => {
    const error = new TaskError('Definition.UnknownColumn', 'no column "a"', { step: 'tidy', path: 'with.rules.0', hint: 'use b' })
    expect(JSON.parse(formatCause(error))).toEqual({
      step: 'tidy',
      code: 'Definition.UnknownColumn',
      message: 'no column "a"',
      hint: 'use b',
      where: 'with.rules.0',
    })
    expect(parseCause(formatCause(error))).toEqual(JSON.parse(formatCause(error)))
  })

  it('has room for texts of any length, which keep their beginning and their end', () => {
    for (const character of ['x', '"', '\u0007']) {
      const message = `the column ${character.repeat(600_000)} is not there`
      const cause = causeText({ step: 'own', code: 'Data.Unreadable', message, hint: message })
      expect(cause.length).toBeLessThan(32_768)
      expect(parseCause(cause).message).toMatch(/^the column .* is not there \(of 600,024 characters, those in the middle are left out\)$/)
    }
  })

  it('keeps texts that look like parts of another form', () => {
    const message = 'step other: it failed\nat: with.x\nhint: none\n{"code": "Data.NoRows"}'
    const cause = parseCause(causeText({ step: 'own', code: 'Data.Unreadable', message }))
    expect(cause).toEqual({ step: 'own', code: 'Data.Unreadable', message, hint: null, where: null })
  })

  it.each(['the service is not there', '{not json', '{"a": 1}', '[1]', ''])('is a message where no task wrote it: %s', (text) => {
    expect(parseCause(text)).toEqual({ step: null, code: '', message: text, hint: null, where: null })
  })
})

describe('readFailure', () => {
  it('reads the failure of a Lambda as that of a worker on a laptop', () => {
    const cause = causeText({ step: 'find', code: 'Data.NoSources', message: 'in.csv does not exist', hint: 'did you mean inn.csv?' })
    expect(readFailure(lambda('Data.NoSources', cause))).toEqual({ error: 'Data.NoSources', cause })
    expect(readFailure({ Error: 'Data.NoSources', Cause: cause })).toEqual({ error: 'Data.NoSources', cause })
  })

  it('gives the same when it reads its own result', () => {
    const { error, cause } = readFailure({ Error: 'States.Timeout' })
    expect(readFailure({ Error: error, Cause: cause })).toEqual({ error, cause })
  })

  it('names the setting to raise when a function was stopped or died', () => {
    expect(read(lambda('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 900.00 seconds')).hint).toMatch(
      /^raise `timeout` of the step/,
    )
    expect(read({ Error: 'States.Timeout' })).toEqual({
      step: null,
      code: 'States.Timeout',
      message: 'a task took longer than its timeout allows',
      hint: 'raise `timeout` of the step (a Lambda may take 15 minutes), or give each task less to do: lower `resources.task_bytes`',
      where: null,
    })
    const died = read(lambda('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed'))
    expect(died.hint).toMatch(/raise `resources.memory` of the step/)
  })

  it('says what to do where there is no room for a function, and where only the map is known to have failed', () => {
    const busy = read({ Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded. (Service: Lambda, Status Code: 429)' })
    expect(busy.message).toMatch(/^Rate Exceeded\./)
    expect(busy.hint).toMatch(/lower `resources\.workers`, or ask AWS for a higher limit/)
    expect(read({ Error: TOO_MANY_FAILED, Cause: 'The specified tolerated failure threshold was exceeded' }).hint).toMatch(
      /^run siftstep logs/,
    )
  })

  it('says what to keep out of a run that carries too much', () => {
    const large = read({ Error: 'States.DataLimitExceeded', Cause: 'The state/task returned a result with a size exceeding …' })
    expect(large.message).toMatch(/^The state\/task returned /)
    expect(large.hint).toMatch(/^a run can pass at most 256 KiB between states: replace long lists/)
  })

  it('keeps a text that is not an answer of Lambda as the message', () => {
    expect(read({ Error: 'Data.Unreadable', Cause: '{not json' }).message).toBe('{not json')
    expect(read({ Error: 'Data.Unreadable', Cause: '{"a": 1}' }).message).toBe('{"a": 1}')
    expect(read({})).toMatchObject({ code: 'Engine.Bug', message: '' })
  })
})
