/** Parquet that is damaged anywhere is reported as damaged, never with a message of a library or of JavaScript. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbError } from '#io/duckdb/error.ts'
import { openSession } from '#io/duckdb/session.ts'
import { readFooter } from '#io/formats/inspect-parquet.ts'
import { TaskError } from '#core/errors/errors.ts'
import { seeded } from '../../kit/chance.ts'
import { mutateBytes } from '../../kit/mutate-bytes.ts'
import { memorySource, workplace } from './kit.ts'

const place = workplace()
let sound: Uint8Array
afterAll(place.clear)
beforeAll(async () => {
  const session = await openSession({ memory: 200_000_000, scratch: place.folder, folders: [] })
  const path = join(place.folder, 'sound.parquet')
  await session.run(
    `COPY (SELECT range AS id, 'name ' || range AS name, range / 7 AS share, DATE '2026-01-01' AS day, [range] AS list, {'a': range} AS inner FROM range(50)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  )
  session.close()
  sound = readFileSync(path)
})

/** Words of engines and libraries. */
const INTERNAL =
  /undefined|null \(|is not a function|Invalid Input Error|INTERNAL|TProtocol|thrift|RangeError|TypeError|BigInt|DataView|\n\s+at /

/** Damage to the footer, one byte or more at a time, with the lengths at its end kept. */
function damaged(seed: number): Uint8Array {
  const random = seeded(seed)
  const bytes = Uint8Array.from(sound)
  const length = Buffer.from(bytes.subarray(-8)).readUInt32LE(0)
  const start = bytes.length - 8 - length
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--)
    bytes[start + Math.floor(random() * length)] = Math.floor(random() * 256)
  return bytes
}

describe('a footer that is damaged', () => {
  it.each([
    ['at seeded places', damaged],
    ['in all ways the kit knows', (seed: number) => mutateBytes(sound, seeded(seed))],
  ])('%s is reported with our own message, or read', async (_how, make) => {
    let reported = 0
    for (let seed = 0; seed < 300; seed++) {
      const bytes = make(seed)
      const error = await readFooter(memorySource(bytes), 'data.parquet', 1000).then(
        () => null,
        (failure: unknown) => failure,
      )
      if (error === null) continue
      reported++
      expect(error, `seed ${seed}`).toBeInstanceOf(TaskError)
      expect((error as TaskError).name, `seed ${seed}: ${(error as Error).message}`).toMatch(/^Data\./)
      expect((error as TaskError).message, `seed ${seed}`).toContain('data.parquet')
      expect((error as TaskError).message, `seed ${seed}`).not.toMatch(INTERNAL)
    }
    expect(reported).toBeGreaterThan(50)
  })

  it('keeps the cause of the error', async () => {
    const failures = await Promise.all(
      Array.from({ length: 100 }, (_, seed) =>
        readFooter(memorySource(damaged(seed)), 'data.parquet', 1000).then(
          () => [],
          (failure: TaskError) => (failure.message.includes('is damaged') ? [failure] : []),
        ),
      ),
    )
    const causes = failures.flat().map(({ cause }) => cause)
    expect(causes.length).toBeGreaterThan(0)
    for (const cause of causes) expect(cause).toBeInstanceOf(Error)
  })
})

it.each([
  ['Invalid Input Error: Snappy decompression failure', 'a page of its data cannot be decompressed'],
  ['TProtocolException: Invalid data', 'its footer or the header of a page cannot be read'],
  ['Invalid Input Error: Invalid string encoding found in Parquet file: value "x" is not valid UTF8!', 'a text in its data is not UTF-8'],
  ['INTERNAL Error: Attempted to access index 0 within vector of size 0', 'a page of its data cannot be read'],
  ['Not implemented Error: Unsupported encoding 47', 'a Parquet file with an unsupported feature'],
])('%s of DuckDB is reported as damage', (message, words) => {
  const error = duckdbError(new Error(message), `SELECT * FROM read_parquet(['/data/it''s.parquet'])`)
  expect(error.name).toBe('Data.Unreadable')
  expect(error.message).toContain(`/data/it's.parquet`)
  expect(error.message).toContain(words)
  expect(error.message).not.toMatch(INTERNAL)
})
