/** PyIceberg, an independent reader of Iceberg and of the Glue catalog, if this machine has it. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

/** A Python that has it; undefined on a machine without one. */
export const pyicebergPython: string | undefined = [process.env['SIFTSTEP_PYICEBERG'], 'python3'].find((python) => {
  if (python === undefined) return false
  try {
    execFileSync(python, ['-c', 'import pyiceberg, pyarrow, boto3'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

/** Why a test is skipped; put it in the title. */
export const withoutPyiceberg =
  "skipped: PyIceberg is not on this machine (pip install 'pyiceberg[glue,pyarrow]', or set SIFTSTEP_PYICEBERG to a Python that has it)"

const SCRIPT = `
import json, os, sys
from pyiceberg.catalog import load_catalog
keys = {"access-key-id": "test", "secret-access-key": "test", "region": "us-east-1"}
settings = {"type": "glue", "glue.endpoint": os.environ["GLUE"], "s3.endpoint": os.environ["S3"]}
for service in ("glue", "s3"):
    settings.update({f"{service}.{key}": value for key, value in keys.items()})
table = load_catalog("glue", **settings).load_table(sys.argv[1])
filter = sys.argv[2] if len(sys.argv) > 2 else None
scan = table.scan(row_filter=filter) if filter else table.scan()
found = scan.to_arrow()
print(json.dumps({
    "columns": [f"{field.name} {field.field_type}" for field in table.schema().fields],
    "planned": len(list(scan.plan_files())),
    "rows": [[None if cell is None else str(cell) for cell in row.values()] for row in found.to_pylist()],
}))
`

export interface PyicebergTable {
  readonly columns: readonly string[]
  /** Files that the scan reads: without those that the filter rules out by their folders. */
  readonly planned: number
  /** Cells as Python prints them. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Reads a table through the catalog. `filter` is an expression of PyIceberg, such as `year == 2024`. */
export async function readByPyiceberg(
  table: string,
  endpoints: { readonly glue: string; readonly s3: string },
  filter?: string,
): Promise<PyicebergTable> {
  if (pyicebergPython === undefined) throw new Error('there is no PyIceberg')
  const { stdout } = await promisify(execFile)(pyicebergPython, ['-c', SCRIPT, table, ...(filter === undefined ? [] : [filter])], {
    env: { ...process.env, GLUE: endpoints.glue, S3: endpoints.s3 },
  })
  return JSON.parse(stdout) as PyicebergTable
}
