/** The memory of a function does not grow with the object it reads: eight times the bytes, and the added memory stays below the added bytes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARCHITECTURE } from '../../kit/bundle-hosts.ts'
import { runLarge } from '../../kit/large-object.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

describe.skipIf(ARCHITECTURE === undefined)('a large object', () => {
  let place: S3Place
  beforeAll(async () => {
    place = await openS3Place({ own: true })
  })
  afterAll(() => place.close())

  it('takes no more memory than a small one', async () => {
    const [small, large] = [
      await runLarge(place, { bytes: 10e6, memory: 2048, task: '10MB' }),
      await runLarge(place, { bytes: 80e6, memory: 2048, task: '10MB' }),
    ]
    for (const { execution, published, rows } of [small, large]) {
      expect(execution).toMatchObject({ status: 'SUCCEEDED' })
      expect(published.rows).toBe(rows)
    }
    expect(large.tasks).toBeGreaterThan(small.tasks)
    // A function that holds the object needs at least the bytes that were added; when the runtime collects garbage depends on the machine.
    expect(large.memory.data - small.memory.data).toBeLessThan(large.bytes - small.bytes)
    expect(large.memory.control - small.memory.control).toBeLessThan(large.bytes - small.bytes)
  })
})
