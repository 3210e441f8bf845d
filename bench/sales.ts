/** The main job on generated sales data, against its floor: DuckDB copying the same files to Parquet untouched. */
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { measure } from './processes.ts'
import { csvFiles, makeSalesData, SALES_COLUMNS } from './sales-data.ts'

export interface SalesOptions {
  readonly rows: number
  readonly runs: number
  readonly folder: string
}

export const defaultFolder = () => join(tmpdir(), 'siftstep-bench')

const seconds = (amount: number) => `${amount.toFixed(2)} s`
const megabytes = (amount: number | null) => (amount === null ? 'not measured' : `${Math.round(amount / 1e6)} MB`)
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

export async function salesBench({ rows, runs, folder }: SalesOptions): Promise<void> {
  const [model = { model: 'unknown' }] = cpus()
  console.log(
    `sales bench: ${rows.toLocaleString('en')} rows, ${SALES_COLUMNS.length} columns; ${availableParallelism()} cores (${model.model.trim()}), ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
  )
  const data = join(folder, `sales-${rows}`)
  const bytes = await makeSalesData(data, rows)
  console.log(`data: ${csvFiles(data).length} files, ${(bytes / 1e9).toFixed(2)} GB in ${data}`)
  const floors: number[] = []
  const jobs: number[] = []
  let memory: number | null = null
  let said = ''
  for (let run = 0; run < runs; run++) {
    warm(data)
    floors.push(await floor(data, folder))
    warm(data)
    const job = await mainJob(data, folder)
    if (job.code !== 0) throw new Error(`the run failed with code ${job.code}:\n${job.stdout}\n${job.stderr}`)
    jobs.push(job.seconds)
    memory = Math.max(memory ?? 0, job.memory ?? 0) || null
    said = job.stdout
  }
  console.log(`\n${said}`)
  const ratios = jobs.map((job, at) => job / (floors[at] ?? Number.NaN))
  console.log(`floor   DuckDB copies the files to Parquet untouched   ${floors.map(seconds).join('  ')}`)
  console.log(`job     nine steps to Parquet                          ${jobs.map(seconds).join('  ')}`)
  console.log(
    `ratio   job / floor                                    ${ratios.map((ratio) => ratio.toFixed(2)).join('  ')}   median ${median(ratios).toFixed(2)}`,
  )
  console.log(`memory  all processes together, at most                ${megabytes(memory)}`)
  console.log(`speed   ${(bytes / 1e6 / median(jobs)).toFixed(0)} MB/s, ${Math.round(rows / median(jobs)).toLocaleString('en')} rows/s`)
}

/** Reads the files once, so that both sides find them in the page cache. */
function warm(folder: string): void {
  const buffer = Buffer.allocUnsafe(1 << 22)
  for (const path of csvFiles(folder)) {
    const file = openSync(path, 'r')
    while (readSync(file, buffer, 0, buffer.length, null) > 0);
    closeSync(file)
  }
}

/** With the order of the rows given up, which is faster and takes less memory than DuckDB's default. */
async function floor(data: string, folder: string): Promise<number> {
  const out = join(folder, 'floor.parquet')
  rmSync(out, { force: true })
  const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' })
  const connection = await instance.connect()
  const columns = SALES_COLUMNS.map((name) => `'${name}': 'VARCHAR'`).join(', ')
  const began = performance.now()
  await connection.run(
    `COPY (FROM read_csv('${data}/*.csv', columns = {${columns}}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"')) TO '${out}' (FORMAT parquet)`,
  )
  const took = (performance.now() - began) / 1000
  connection.closeSync()
  instance.closeSync()
  rmSync(out, { force: true })
  return took
}

function mainJob(data: string, folder: string) {
  const work = join(folder, 'work')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const project = resolve(import.meta.dirname, '..')
  const inputs = ['--input', `source=${data}/*.csv`, '--input', `output_path=${join(work, 'out')}`]
  return measure(
    process.execPath,
    [
      join(project, 'bin/siftstep.js'),
      'run',
      join(project, 'examples/data-processing/pipeline.yaml'),
      ...inputs,
      '--store',
      join(work, '.siftstep'),
    ],
    { cwd: work },
  )
}
