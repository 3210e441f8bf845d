/** `npm run bench -- NAME [options]`: measurements that print ratios against a floor or a peer of the same run. */
import { parseArgs } from 'node:util'
import { coldBench } from './cold.ts'
import { engineBench } from './engine.ts'
import { objectBench } from './object.ts'
import { defaultFolder, salesBench } from './sales.ts'
import { wideBench } from './wide.ts'
import { workBench } from './work.ts'

const USAGE = `usage: npm run bench -- sales [--rows 3600000] [--runs 1] [--folder DIR]
       npm run bench -- cold [--runs 11]
       npm run bench -- work [--rows 3600000] [--folder DIR]
       npm run bench -- object [--megabytes 256,1024]
       npm run bench -- engine
       npm run bench -- wide [--columns 1000,10000] [--rows 1000] [--folder DIR]
  sales   the nine-step example on generated sales data, against DuckDB copying the same files to Parquet
  cold    how long each Lambda takes from import to ready, and how large its bundle is
  work    what each sort of task takes: processor time and requests to the store
  object  the memory of the functions over one object of S3, by its size
  engine  tasks that do nothing, items of a map, and steps that sleep one after another and in parallel
  wide    a table of many columns through discover and export, against DuckDB writing the same CSV as Parquet`

/** Of sales data. */
const ROWS = 3_600_000

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    columns: { type: 'string', default: '1000,10000' },
    runs: { type: 'string' },
    megabytes: { type: 'string', default: '256,1024' },
    folder: { type: 'string', default: defaultFolder() },
  },
})

if (positionals[0] === 'sales') {
  await salesBench({ rows: Number(values.rows ?? ROWS), runs: Number(values.runs ?? 1), folder: values.folder })
} else if (positionals[0] === 'cold') {
  await coldBench(Number(values.runs ?? 11))
} else if (positionals[0] === 'work') {
  await workBench({ rows: Number(values.rows ?? ROWS), folder: values.folder })
} else if (positionals[0] === 'object') {
  await objectBench(values.megabytes.split(',').map(Number))
} else if (positionals[0] === 'engine') {
  await engineBench()
} else if (positionals[0] === 'wide') {
  await wideBench({ columns: values.columns.split(',').map(Number), rows: Number(values.rows ?? 1000), folder: values.folder })
} else {
  console.error(USAGE)
  process.exitCode = 2
}
