/** The record of a run on AWS. */
import { describe, expect, it } from 'vitest'
import { storedRun } from '#cli/aws/run-record.ts'

describe('the record of a run on AWS', () => {
  const recordOf = (input: object) => {
    const run = {
      id: 'report-orders-20261121-ab12cd34ef56',
      arn: 'arn',
      deployed: { stack: 'siftstep-report', hash: '9c1e', bucket: 'lake' },
      state: 'succeeded',
      started_at: new Date('2026-11-21T08:00:05Z'),
      ended_at: new Date('2026-11-21T08:01:00Z'),
      version: 3,
    }
    return storedRun({ input, failure: null, run } as never, { id: 'report', name: 'Report' }, null, null).record
  }

  it('names what started it', () => {
    const start = { type: 'pipeline', pipeline: 'orders', run: 'orders-1', status: 'succeeded' }
    expect(recordOf({ inputs: {}, start })).toMatchObject({ id: 'report-orders-20261121-ab12cd34ef56', start })
    expect(recordOf({ inputs: {} })).not.toHaveProperty('start')
  })
})
