/** `npm run bench -- NAME [options]`: measurements that print ratios against a floor or a peer of the same run. */
import { parseArgs } from 'node:util'
import { coldBench } from './cold.ts'
import { objectBench } from './object.ts'
import { defaultFolder, salesBench } from './sales.ts'
import { workBench } from './work.ts'

const USAGE = `usage: npm run bench -- sales [--rows 3600000] [--runs 1] [--folder DIR]
       npm run bench -- cold [--runs 11]
       npm run bench -- work [--rows 3600000] [--folder DIR]
       npm run bench -- object [--megabytes 256,1024]
  sales   the nine-step example on generated sales data, against DuckDB copying the same files to Parquet
  cold    how long each Lambda takes from import to ready, and how large its bundle is
  work    what each sort of task takes: processor time and requests to the store
  object  the memory of the functions over one object of S3, by its size`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '3600000' },
    runs: { type: 'string' },
    megabytes: { type: 'string', default: '256,1024' },
    folder: { type: 'string', default: defaultFolder() },
  },
})

if (positionals[0] === 'sales') {
  await salesBench({ rows: Number(values.rows), runs: Number(values.runs ?? 1), folder: values.folder })
} else if (positionals[0] === 'cold') {
  await coldBench(Number(values.runs ?? 11))
} else if (positionals[0] === 'work') {
  await workBench({ rows: Number(values.rows), folder: values.folder })
} else if (positionals[0] === 'object') {
  await objectBench(values.megabytes.split(',').map(Number))
} else {
  console.error(USAGE)
  process.exitCode = 2
}
