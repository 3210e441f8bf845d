/** A table of many columns through discover and export, against DuckDB writing the same CSV as Parquet. */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { measure } from './processes.ts'

export interface WideOptions {
  readonly columns: readonly number[]
  readonly rows: number
  readonly folder: string
}

const root = resolve(import.meta.dirname, '..')
const PIPELINE = `version: 1
id: wide
steps:
  - {id: find, type: discover, with: {source: "in/*.csv"}}
  - {id: publish, type: export, with: {to: out, format: parquet}}
`

/** In a process of its own, like the job. Types are detected, as the job does; or every column is text, which is the least there is to do. */
const floorProgram = (path: string, columns: number, detected: boolean) => {
  const types = Array.from({ length: columns }, (_, at) => `'m${at}': 'VARCHAR'`).join(', ')
  const options = detected ? '' : `, columns = {${types}}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"'`
  return `
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    await connection.run(${JSON.stringify(`COPY (FROM read_csv('${path}'${options})) TO 'floor.parquet' (FORMAT parquet)`)})
  `
}

export async function wideBench({ columns, rows, folder }: WideOptions): Promise<void> {
  console.log(
    `wide bench: ${rows.toLocaleString('en')} rows; ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
  )
  for (const count of columns) {
    const work = join(folder, `wide-${count}-${rows}`)
    const path = makeTable(work, count, rows)
    const floor = async (detected: boolean) => {
      const program = join(work, 'floor.mjs')
      // a file, because the columns of a wide table do not fit into an argument; beside the packages it imports
      writeFileSync(program, floorProgram(path, count, detected).replace('@duckdb/node-api', import.meta.resolve('@duckdb/node-api')))
      return ended(await measure(process.execPath, [program], { cwd: work }), 'DuckDB')
    }
    const job = ended(
      await measure(process.execPath, [join(root, 'bin/siftstep.js'), 'run', 'pipeline.yaml', '--workers', '1'], { cwd: work }),
      'the run',
    )
    const [detected, text] = [await floor(true), await floor(false)]
    console.log(
      `${count.toLocaleString('en').padStart(7)} columns: ${job.seconds.toFixed(1)} s and ${Math.round((job.memory ?? 0) / 1e6)} MB; DuckDB ${detected.seconds.toFixed(1)} s (ratio ${(job.seconds / detected.seconds).toFixed(2)}), without detecting types ${text.seconds.toFixed(1)} s (ratio ${(job.seconds / text.seconds).toFixed(2)})`,
    )
    rmSync(work, { recursive: true, force: true })
  }
}

function ended(measured: Awaited<ReturnType<typeof measure>>, what: string) {
  if (measured.code !== 0) throw new Error(`${what} failed with code ${measured.code}:\n${measured.stdout}\n${measured.stderr}`)
  return measured
}

function makeTable(work: string, columns: number, rows: number): string {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(join(work, 'in'), { recursive: true })
  writeFileSync(join(work, 'pipeline.yaml'), PIPELINE)
  const path = join(work, 'in/a.csv')
  const file = openSync(path, 'w')
  const line = (cell: (at: number) => string) => writeSync(file, `${Array.from({ length: columns }, (_, at) => cell(at)).join(',')}\n`)
  line((at) => `m${at}`)
  for (let row = 0; row < rows; row++) line((at) => String((row * 7 + at) % 97))
  closeSync(file)
  return path
}
