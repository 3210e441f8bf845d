import { describe, expect, it } from 'vitest'
import { nearest } from '#core/text/nearest.ts'

describe('nearest', () => {
  it.each([
    ['fnid', ['find', 'clean'], 'find'],
    ['Max-Attempts', ['interval', 'max_attempts'], 'max_attempts'],
    // a beginning means the one name it can stand for
    ['sla', ['sla_seconds', 'alerts'], 'sla_seconds'],
    ['max', ['max_delay', 'max_attempts'], undefined],
    ['so', ['source_column', 'alerts'], undefined],
    ['frobnicate', ['find', 'clean'], undefined],
  ] as const)('to %s among %j is %s', (word, candidates, found) => {
    expect(nearest(word, candidates)).toBe(found)
  })
})
