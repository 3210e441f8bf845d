import { describe, expect, it } from 'vitest'
import { TaskError } from '#core/errors/errors.ts'
import { maskOf, NOTHING } from '#core/secrets/mask.ts'

/** With a line break, signs that URLs, JSON, HTML and patterns treat in ways of their own, and a letter beyond ASCII. */
const VALUE = 'p@ss/wörd+"x"\n<second line>&\'$(.*)'
const mask = maskOf([['KEY', VALUE]])
const LEAK = /p@ss|p%40ss|second.line|cEBzc|%3csecond|%3Csecond|7040/

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a mask', () => {
  it.each([
    ['as it is', VALUE],
    ['on one line', VALUE.replace('\n', ' ')],
    ['line by line', `first ${VALUE.split('\n')[0]} then ${VALUE.split('\n')[1]}`],
    ['in JSON', JSON.stringify({ authorization: `Bearer ${VALUE}` })],
    ['in JSON within JSON', JSON.stringify({ output: JSON.stringify({ authorization: `Bearer ${VALUE}` }) })],
    ['in JSON, three deep', JSON.stringify([JSON.stringify([JSON.stringify([VALUE])])])],
    ['in a URL', `https://host/?key=${encodeURIComponent(VALUE)}&x=1`],
    ['in a URL, with small hexadecimal digits', encodeURIComponent(VALUE).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ key: VALUE }).toString()],
    ['in HTML', VALUE.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')],
    ['in base64', base64(VALUE)],
    ['in base64 for URLs', Buffer.from(VALUE).toString('base64url')],
    ['in base64, after one byte', base64(`:${VALUE}`)],
    ['in base64, after two bytes', base64(`u:${VALUE}`)],
    ['in base64, between other bytes', base64(`user:${VALUE}:more`)],
    ['in hexadecimal', Buffer.from(VALUE).toString('hex')],
  ])('replaces a secret %s', (_, text) => {
    const masked = mask.text(`before ${text} behind`)
    expect(masked).toContain('[secret KEY]')
    expect(masked).toMatch(/^before .* behind$/s)
    expect(masked).not.toMatch(LEAK)
  })

  it('replaces it in an error, its hint, its stack and its causes', () => {
    const cause = new TypeError(`Headers.append: "Bearer ${VALUE}" is an invalid header value.`)
    const error = mask.error(new TaskError('Output.Unwritable', `sent ${VALUE}`, { hint: `check ${VALUE}`, path: 'with.api_key', cause }))
    expect(error).toBeInstanceOf(TaskError)
    expect(error).toMatchObject({
      name: 'Output.Unwritable',
      message: 'sent [secret KEY]',
      hint: 'check [secret KEY]',
      path: 'with.api_key',
    })
    expect((error.cause as Error).message).toBe('Headers.append: "Bearer [secret KEY]" is an invalid header value.')
    expect(`${error.stack}${(error.cause as Error).stack}`).not.toMatch(LEAK)
    expect((error.cause as Error).name).toBe('TypeError')
  })

  it('ends at causes that go round in a circle', () => {
    const error = new Error('top')
    error.cause = error
    expect(mask.error(error).message).toBe('top')
  })

  it('replaces it in the values and keys of JSON, and in the JSON texts within; names of fields stay', () => {
    const own = maskOf([['WORD', 'status']])
    expect(own.json({ status: 'the status is', 'a status': 1, list: [{ payload: '{"status":"status"}' }], n: 3, none: null })).toEqual({
      status: 'the [secret WORD] is',
      'a [secret WORD]': 1,
      list: [{ payload: '{"status":"[secret WORD]"}' }],
      n: 3,
      none: null,
    })
  })

  it('keeps JSON texts JSON where a secret is a word of JSON', () => {
    const own = maskOf([['T', 'true']])
    expect(JSON.parse(own.json('{"a":true,"b":"true"}'))).toEqual({ a: true, b: '[secret T]' })
  })

  it('replaces a short secret only where it stands apart', () => {
    const own = maskOf([['M', 'main']])
    expect(own.text('the main, remains and domain; "main"')).toBe('the [secret M], remains and domain; "[secret M]"')
  })

  it('replaces the longer of two that overlap', () => {
    const own = maskOf([
      ['A', 'abcdefgh'],
      ['B', 'abcdefghijkl'],
    ])
    expect(own.text('abcdefghijkl abcdefgh')).toBe('[secret B] [secret A]')
  })

  it('leaves everything as it is without secrets, and with an empty one', () => {
    expect(maskOf([])).toBe(NOTHING)
    expect(maskOf([['E', '']]).text('a text')).toBe('a text')
  })
})
