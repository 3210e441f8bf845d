/** What errors of the native engine mean for a task. */
import { expect, it } from 'vitest'
import { duckdbError } from '#io/duckdb/error.ts'
import { TaskError } from '#core/errors/errors.ts'

const error = (message: string, sql = 'SELECT 1') => duckdbError(new Error(message), sql)
const PARQUET = "SELECT * FROM read_parquet(['/data/it''s.parquet'])"

it('a task error stays what it is', () => {
  const own = new TaskError('Data.NoRows', 'none')
  expect(duckdbError(own, 'SELECT 1')).toBe(own)
})

it.each([
  'IO Error: No space left on device',
  'Out of Memory Error: failed to offload data block (max_temp_directory_size)',
  'Out of Memory Error: failed to offload data block of size 1',
])('no room: %s', (message) => {
  expect(error(message)).toMatchObject({
    name: 'Output.NoSpace',
    message: 'no space is left on the disk for temporary data',
    hint: expect.stringContaining('siftstep resume'),
  })
})

it('no memory is worth another try, with more of it', () => {
  expect(error('Out of Memory Error: could not allocate block (99 MB/100 MB used)\nmore')).toMatchObject({
    name: 'Transient.Unavailable',
    message: expect.stringMatching(/^a task ran out of memory.*99 MB\/100 MB used/),
    hint: expect.stringContaining('resources.memory_limit'),
  })
})

it('an interruption is one', () => {
  expect(error('INTERRUPT Error: Interrupted!')).toMatchObject({ name: 'Engine.Interrupted', message: 'the task was stopped' })
})

it.each(['Invalid Error: bad magic', 'Invalid Input Error: no footer', 'Not implemented Error: codec', 'Serialization Error: thrift'])(
  'a Parquet file that cannot be read: %s',
  (message) => {
    expect(error(message, PARQUET)).toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining("/data/it's.parquet is ") })
    // the same words of any other statement are our defect
    expect(error(message)).toMatchObject({ name: 'Engine.Bug' })
  },
)

it('a file system that does not answer may do so when asked again', () => {
  expect(error('IO Error: Could not read from file "/data/a"')).toMatchObject({ name: 'Transient.Unavailable' })
})

it('all else is a defect, with its cause kept', () => {
  const cause = new Error('Binder Error: no such column')
  const found = duckdbError(cause, 'SELECT a')
  expect(found.name).toBe('Engine.Bug')
  expect(found.cause).toBeDefined()
})
