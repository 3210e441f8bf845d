import { describe, expect, it } from 'vitest'
import { checkInputs } from '#run/tasks/check-inputs.ts'

const declared = {
  source: { type: 'string', description: 'Files to read', required: true },
  rows: { type: 'integer', description: '', required: false, minimum: 1 },
  mode: { type: 'string', description: '', required: false, enum: ['batch', 'stream'] },
} as const

describe('checkInputs', () => {
  it('takes what fits, and what is not given', () => {
    expect(() => checkInputs(declared, { source: 'a', rows: 5, mode: null })).not.toThrow()
    expect(() => checkInputs(declared, { source: 'a' })).not.toThrow()
  })

  it.each([
    [{ source: null }, 'the input `source` is missing: Files to read', 'start the run with a value for `source`, of type string'],
    [{ source: 'a', row: 5 }, 'unknown input `row`', 'did you mean `rows`? inputs: source, rows, mode'],
    [{ source: 'a', rows: 0 }, 'the input `rows` is 0', 'allowed: at least 1'],
    [{ source: 'a', rows: '5' }, "the input `rows` is the text '5'", 'give it as 5'],
    [{ source: 'a', mode: 'bathc' }, "the input `mode` is 'bathc'", 'did you mean batch? allowed: batch, stream'],
    [{ source: ['a'] }, 'the input `source` is a list of 1, not of type string', 'use a value of type string'],
  ])('%j: %s', (inputs, message, hint) => {
    expect(() => checkInputs(declared, inputs as never)).toThrow(
      expect.objectContaining({ name: 'Definition.InvalidSetting', message, hint }),
    )
  })
})
