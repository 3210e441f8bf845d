/** The lines in which two texts differ. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedLines } from '#run/runs/changed-lines.ts'

const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'))

/** The first text with the changes made. */
function changed(before: string, changes: ReturnType<typeof changedLines>): string {
  const removed = new Set(changes.filter(({ sign }) => sign === '-').map(({ line }) => line))
  const added = new Map(changes.filter(({ sign }) => sign === '+').map(({ line, text }) => [line, text]))
  const kept = before.split('\n').filter((_line, at) => !removed.has(at + 1))
  const lines: string[] = []
  for (let line = 1; kept.length > 0 || added.has(line); line++) lines.push(added.get(line) ?? kept.shift() ?? '')
  return lines.join('\n')
}

describe('changed lines', () => {
  it('turn one text into the other, and name the lines of both', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const changes = changedLines(before, after)
        expect(changed(before, changes)).toBe(after)
        for (const { sign, line, text } of changes) expect((sign === '-' ? before : after).split('\n')[line - 1]).toBe(text)
      }),
    )
  })

  it('are as few as they can be', () => {
    expect(changedLines('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual([
      { sign: '-', line: 2, text: 'b' },
      { sign: '+', line: 3, text: 'x' },
    ])
    expect(changedLines('a\nb', 'a\nb')).toEqual([])
  })

  it('of long texts are all lines between those they begin and end with', () => {
    const long = Array.from({ length: 4000 }, (_, at) => `${at}`)
    const changes = changedLines(['first', ...long, 'last'].join('\n'), ['first', ...long.toReversed(), 'last'].join('\n'))
    expect(changes).toHaveLength(8000)
    expect(changes[0]).toEqual({ sign: '-', line: 2, text: '0' })
  })
})
