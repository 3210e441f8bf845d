/** Writing an output in folders by value: the rows of each combination of values in one file, whatever the chunks were. */
import { dirname, join } from 'node:path'
import type { Part } from '#data/pass/outcome.ts'
import { copyTo, extensionOf, folderKey, INTERMEDIATE, type PartitionKey, type Partitions } from '#data/pass/pass.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'
import type { Part as NamedPart } from '#io/connectors/publish.ts'
import type { Session } from '#io/duckdb/session.ts'
import { hiveFolder } from '#io/publish/hive.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { chosenPartitions } from './publish-auto-partitions.ts'
import { writePieces } from './publish-pieces.ts'

/** How many folders an output may have: more are hardly intended, and each is a file to write, to list and to open. */
const MAX_FOLDERS = 10_000
/** How long the name of a folder may be on the usual file systems. */
const MAX_NAME_BYTES = 255

interface Partitioned {
  /** In the order of their values; the name of a part begins with its folders. */
  readonly parts: readonly NamedPart[]
  /** Columns of the files. */
  readonly columns: readonly Column[]
  /** Columns of the folders. */
  readonly partition_by?: readonly Column[]
}

/** A column of the folders, with its text as SQL over the columns of the parts, which are called `c0`, `c1`, … here. */
interface Key extends Column {
  readonly sql: string
  /** The column that is in the folders only; null where a part of it is. */
  readonly replaces: string | null
}

interface Folder {
  readonly values: readonly (string | null)[]
  readonly rows: number
  readonly path: string
}

export async function writePartitions(
  { by, form }: Partitions,
  most: number | null,
  parts: readonly Part[],
  columns: readonly Column[],
  step: string,
  context: TaskContext,
): Promise<Partitioned> {
  const { store, scratch } = context
  const opened = await Promise.all(parts.map(({ key }) => store.openLocal(key)))
  const session = await context.openSession([scratch, ...new Set(opened.map(({ path }) => dirname(path)))])
  const sorted = join(scratch, 'sorted.parquet')
  const paths = opened.map(({ path }) => path)
  let folders: readonly Folder[]
  let [keys, kept]: [readonly Key[], readonly Column[]] = [[], columns]
  try {
    keys = keysOf(by === 'auto' ? await chosenPartitions(session, paths, columns) : by, columns, step)
    kept = keptColumns(columns, keys, step)
    const rows = numberedRows(paths, columns, keys)
    folders = await foldersOf(session, rows, keys, step)
    const order = [...keys.map((_, at) => `k${at} NULLS LAST`), 'position']
    await session.run(copyTo(`SELECT * EXCLUDE (position) FROM (${rows}) ORDER BY ${order.join(', ')}`, sorted, INTERMEDIATE))
  } finally {
    for (const file of opened) await file.release()
  }
  const selected = columns.flatMap(({ name }, at) => (kept.some((column) => column.name === name) ? [`c${at} AS ${quoted(name)}`] : []))
  const named: NamedPart[] = []
  for (const { values, rows, path } of folders) {
    const isIn = values.map((value, key) => (value === null ? `k${key} IS NULL` : `k${key} = ${text(value)}`))
    const where = isIn.length === 0 ? '' : ` WHERE ${isIn.join(' AND ')}`
    const select = `SELECT ${selected.join(', ')} FROM read_parquet(${text(sorted)})${where}`
    const files = await writePieces(session, { select, columns: selected.length, rows, form, most, first: named.length, step }, context)
    for (const [at, part] of files.entries()) {
      const name = `part-${String(at + 1).padStart(5, '0')}-${part.sha256.slice(0, 12)}.${extensionOf(form)}`
      named.push({ ...part, name: path === '' ? name : `${path}/${name}` })
    }
  }
  const folderColumns = keys.map(({ name, type }) => ({ name, type }))
  return { parts: named, columns: kept, ...(keys.length === 0 ? {} : { partition_by: folderColumns }) }
}

const invalid = (step: string, what: string, hint: string) =>
  new TaskError('Definition.InvalidSetting', what, { step, hint, path: 'with.partition_by' })

function keysOf(by: readonly PartitionKey[], columns: readonly Column[], step: string): readonly Key[] {
  return by.map((key) => {
    const { name, type } = existingColumn(key.column, { columns, step })
    const cell = `c${columns.findIndex((column) => column.name === name)}`
    const folder = key.as === null && key.part === null ? name : folderKey(key)
    if (key.part === null) return { name: folder, type, sql: `CAST(${cell} AS VARCHAR)`, replaces: name }
    if (type !== 'date' && type !== 'timestamp')
      throw invalid(
        step,
        `the ${key.part} of the column ${name}: it is ${type}, not a date`,
        `convert it before the export: CAST(${name} AS DATE)`,
      )
    const part = `CAST(${key.part}(${cell}) AS VARCHAR)`
    return { name: folder, type: 'integer', sql: key.part === 'year' ? part : `lpad(${part}, 2, '0')`, replaces: null }
  })
}

/** The columns of the files. Readers put those of the folders beside them, so none may have the name of one. */
function keptColumns(columns: readonly Column[], keys: readonly Key[], step: string): readonly Column[] {
  const kept = columns.filter(({ name }) => !keys.some(({ replaces }) => replaces === name))
  if (kept.length === 0) throw invalid(step, '`partition_by` leaves no column for the files', 'remove a column from it')
  const taken = keys.find(({ name }) => kept.some((column) => column.name.toLowerCase() === name.toLowerCase()))
  if (taken === undefined) return kept
  throw invalid(
    step,
    `the folders would be called ${taken.name}=…, and a column of the files has this name, too`,
    'give the folders another name: {column: …, part: …, as: name}',
  )
}

/** The rows of all parts in their order, each with its position and the texts of its folders. */
function numberedRows(paths: readonly string[], columns: readonly Column[], keys: readonly Key[]): string {
  const cells = columns.map(({ name }, at) => `${quoted(name)} AS c${at}`)
  const texts = keys.map(({ sql }, at) => `, ${sql} AS k${at}`).join('')
  const files = `[${paths.map(text).join(', ')}]`
  return `SELECT *${texts}, row_number() OVER () AS position FROM (SELECT ${cells.join(', ')} FROM read_parquet(${files}))`
}

async function foldersOf(session: Session, rows: string, keys: readonly Key[], step: string): Promise<readonly Folder[]> {
  const names = keys.map((_, at) => `k${at}`)
  if (keys.length === 0) {
    const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM (${rows})`)
    return [{ values: [], rows: Number(n), path: '' }]
  }
  const found = await session.rows(
    `SELECT ${names.join(', ')}, count(*) AS n FROM (${rows}) GROUP BY ${names.join(', ')} ORDER BY ${names.map((name) => `${name} NULLS LAST`).join(', ')} LIMIT ${MAX_FOLDERS + 1}`,
  )
  if (found.length > MAX_FOLDERS)
    throw invalid(step, `more than ${count(MAX_FOLDERS, 'folder')}`, 'partition by columns with fewer values, or by parts of a date')
  return found.map((row) => {
    const values = names.map((name) => entryOf(row, name) as string | null)
    return { values, rows: Number(row['n']), path: keys.map(({ name }, at) => folderName(name, values[at] ?? null, step)).join('/') }
  })
}

function folderName(key: string, value: string | null, step: string): string {
  if (value === '')
    throw invalid(
      step,
      `the column ${key} has an empty text, which cannot be the name of a folder`,
      'replace it before the export, for example by NULL',
    )
  const name = hiveFolder(key, value)
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  throw invalid(
    step,
    `the column ${key} has a value that is too long for the name of a folder (${Buffer.byteLength(name)} bytes, at most ${MAX_NAME_BYTES}): ${name.slice(0, 60)}…`,
    'partition by a column with short values',
  )
}
