import { describe, expect, it } from 'vitest'
import { readFailure, TOO_MANY_FAILED } from '#core/errors/failure.ts'

const lambda = (errorType: string, errorMessage: string) => ({
  Error: errorType,
  Cause: JSON.stringify({ errorType, errorMessage, trace: [] }),
})

describe('readFailure', () => {
  it('reads the failure of a Lambda as that of a worker on a laptop', () => {
    const local = { Error: 'Data.NoSources', Cause: 'the source in.csv does not exist\nhint: did you mean inn.csv?' }
    expect(readFailure(lambda('Data.NoSources', local.Cause))).toEqual({ error: 'Data.NoSources', cause: local.Cause })
    expect(readFailure(local)).toEqual({ error: 'Data.NoSources', cause: local.Cause })
  })

  it('names the setting to raise when a function was stopped or died', () => {
    expect(readFailure(lambda('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 900.00 seconds')).cause).toMatch(
      /hint: raise `timeout` of the step/,
    )
    expect(readFailure({ Error: 'States.Timeout' }).cause).toBe(
      'a task took longer than its timeout allows\nhint: raise `timeout` of the step (a Lambda may take 15 minutes), or give each task less to do: lower `resources.task_bytes`',
    )
    expect(readFailure(lambda('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed')).cause).toMatch(
      /hint: .*raise `resources.memory` of the step/,
    )
  })

  it('says what to do where there is no room for a function, and where only the map is known to have failed', () => {
    const { cause } = readFailure({ Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded. (Service: Lambda, Status Code: 429)' })
    expect(cause).toMatch(/^Rate Exceeded\.[\s\S]*\nhint: .*lower `resources\.workers`, or ask AWS for a higher limit/)
    expect(readFailure({ Error: TOO_MANY_FAILED, Cause: 'The specified tolerated failure threshold was exceeded' }).cause).toMatch(
      /\nhint: run siftstep logs/,
    )
  })

  it('says what to keep out of a run that carries too much', () => {
    const { cause } = readFailure({ Error: 'States.DataLimitExceeded', Cause: 'The state/task returned a result with a size exceeding …' })
    expect(cause).toMatch(/^The state\/task returned [\s\S]*\nhint: a run can pass at most 256 KiB between states: replace long lists/)
  })

  it('leaves alone what is not an answer of Lambda', () => {
    expect(readFailure({ Error: 'Data.Unreadable', Cause: '{not json' }).cause).toBe('{not json')
    expect(readFailure({ Error: 'Data.Unreadable', Cause: '{"a": 1}' }).cause).toBe('{"a": 1}')
    expect(readFailure({})).toEqual({ error: 'Engine.Bug', cause: '' })
  })
})
