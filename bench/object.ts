/** What memory the functions take over one object of S3, however large: it is made as it is read, by a server on the loopback. */
import { cpus } from 'node:os'
import { runLarge } from '../test/kit/large-object.ts'
import { openS3Place } from '../test/kit/s3-place.ts'

const MEMORY = 2048

const megabytes = (amount: number) => `${Math.round(amount / 1e6)} MB`

export async function objectBench(megabytesOfObject: readonly number[]): Promise<void> {
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${new Date().toISOString().slice(0, 10)}; functions of ${MEMORY} MB`,
  )
  const place = await openS3Place({ own: true })
  for (const size of megabytesOfObject) {
    const began = performance.now()
    const { execution, rows, tasks, slowest, memory, published } = await runLarge(place, {
      bytes: size * 1e6,
      memory: MEMORY,
      task: '256MB',
    })
    if (execution.status !== 'SUCCEEDED' || published.rows !== rows)
      throw new Error(`the run over ${size} MB did not end well: ${JSON.stringify(execution)}`)
    console.log(
      `${String(size).padStart(6)} MB, ${rows.toLocaleString('en')} rows: ${tasks} tasks, at most ${megabytes(memory.data)} in a data function and ${megabytes(memory.control)} in a control function; ${((performance.now() - began) / 1000).toFixed(0)} s, of which ${slowest.seconds.toFixed(0)} s for the longest task (${slowest.task})`,
    )
  }
  await place.close()
}
