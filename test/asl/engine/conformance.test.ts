import { describe, expect, it } from 'vitest'
import { scoreCases } from '../../conformance/asl.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'

const recordings = sharedData('asl-localstack/cases.json')

describe('executions recorded from the real service', () => {
  it.skipIf(recordings === undefined)(
    recordings === undefined ? skipReason('asl-localstack/cases.json') : 'end and go the same way here',
    async () => {
      const scored = await scoreCases(recordings as string)
      const missed = (name: string) => scored.filter((one) => one.class === name && one.misses.length > 0)
      expect(scored.filter((one) => one.class === 'pure')).toHaveLength(48)
      expect(missed('pure').length).toBeLessThanOrEqual(3)
      // Every miss, of any class, is a machine that was refused: none ran and went another way.
      for (const { misses } of scored) for (const miss of misses) expect(miss).toMatch(/^refused: .*(JSONPath|Credentials|ItemBatcher)/)
      // Where a case is right, its history is the recorded one, event by event.
      expect(scored.filter((one) => one.misses.length === 0 && one.beside.length > 0)).toEqual([])
    },
  )
})
