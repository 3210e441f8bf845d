import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openStreams } from '#cli/terminal/streams.ts'

class TestStream extends EventEmitter {
  text = ''
  write(text: string) {
    this.text += text
  }
  fail(code: string) {
    this.emit('error', Object.assign(new Error(`${code}: write`), { code }))
  }
}

function streams() {
  const [stdout, stderr] = [new TestStream(), new TestStream()]
  return { stdout, stderr, ...openStreams(stdout, stderr) }
}

describe('a standard output', () => {
  it('that is full is reported once, and the command continues', () => {
    const { stdout, stderr, out, err, isIncomplete } = streams()
    out('a')
    expect(isIncomplete()).toBe(false)
    stdout.fail('ENOSPC')
    stdout.fail('ENOSPC')
    out('b')
    err('c')
    expect(stdout.text).toBe('a')
    expect(stderr.text).toMatch(/^siftstep: cannot write to standard output: no space is left on the disk; [^\n]*\n {2}hint: [^\n]*\nc$/)
    expect(isIncomplete()).toBe(true)
  })

  it('whose reader has seen enough is no failure', () => {
    const { stdout, stderr, out, isIncomplete } = streams()
    stdout.fail('EPIPE')
    out('more')
    expect([stdout.text, stderr.text, isIncomplete()]).toEqual(['', '', false])
  })

  it('and an error that are both full leave only the exit code', () => {
    const { stdout, stderr, out, err, isIncomplete } = streams()
    stderr.fail('EIO')
    stdout.fail('ENOSPC')
    out('a')
    err('b')
    expect([stdout.text, stderr.text, isIncomplete()]).toEqual(['', '', true])
  })
})
