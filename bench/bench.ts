/** `npm run bench -- NAME [options]`: measurements that print ratios against a floor or a peer of the same run. */
import { parseArgs } from 'node:util'
import { defaultFolder, salesBench } from './sales.ts'

const USAGE = `usage: npm run bench -- sales [--rows 3600000] [--runs 1] [--folder DIR]
  sales   the nine-step example on generated sales data, against DuckDB copying the same files to Parquet`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '3600000' },
    runs: { type: 'string', default: '1' },
    folder: { type: 'string', default: defaultFolder() },
  },
})

if (positionals[0] === 'sales') {
  await salesBench({ rows: Number(values.rows), runs: Number(values.runs), folder: values.folder })
} else {
  console.error(USAGE)
  process.exitCode = 2
}
