/** `partition_by: auto`: the folders that suit the columns of an output. */
import { entryOf } from '#core/text/record.ts'
import type { PartitionKey } from '#data/pass/pass.ts'
import type { Session } from '#io/duckdb/session.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'

/** How many different values a column of folders may have. */
const MAX_VALUES = 50
const MAX_VALUE_BYTES = 100

/**
 * The year and month of the first column of dates or timestamps; without one, the first text column with 2 to 50 different values, of which none is
 * empty or longer than 100 bytes; else none. `paths` are the Parquet files of the output.
 */
export async function chosenPartitions(
  session: Session,
  paths: readonly string[],
  columns: readonly Column[],
): Promise<readonly PartitionKey[]> {
  const moment = columns.find(({ type }) => type === 'date' || type === 'timestamp')
  if (moment !== undefined)
    return (['year', 'month'] as const).map((part) => ({ column: moment.name, part, as: freeName(part, moment.name, columns) }))
  // a single column cannot be in the folders only
  if (columns.length < 2) return []
  const texts = columns.filter(({ type }) => type === 'text')
  if (texts.length === 0 || paths.length === 0) return []
  const figures = texts.flatMap(({ name }, at) => [
    `count(DISTINCT ${quoted(name)}) AS n${at}`,
    `count_if(${quoted(name)} = '' OR strlen(${quoted(name)}) > ${MAX_VALUE_BYTES}) AS bad${at}`,
  ])
  const [row = {}] = await session.rows(`SELECT ${figures.join(', ')} FROM read_parquet([${paths.map(text).join(', ')}])`)
  const found = texts.find((_, at) => {
    const values = Number(entryOf(row, `n${at}`) ?? 0)
    return values >= 2 && values <= MAX_VALUES && Number(entryOf(row, `bad${at}`) ?? 0) === 0
  })
  return found === undefined ? [] : [{ column: found.name, part: null, as: null }]
}

/** Null: the folders can have the name of the part, since no column has it. */
function freeName(part: string, column: string, columns: readonly Column[]): string | null {
  const isTaken = (name: string) => columns.some((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!isTaken(part)) return null
  let name = `${column}_${part}`
  while (isTaken(name)) name = `_${name}`
  return name
}
