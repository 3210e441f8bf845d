/**
 * Accounts for the rows of a SELECT of an author: each row that came out belongs to rows that went in, by the declared keys, and each row
 * that went in is found again or was left out as declared. A statement that breaks this fails its step.
 */
import type { Session } from '#io/duckdb/session.ts'
import type { SelectStatementOp } from '#relational/operations/ops.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'
import { name as quoted } from '#relational/types/sql.ts'

/** Column names that no data has. */
export const FIRST = '"_siftstep_first"'
const [MEMBERS, N, M, OF] = ['"_siftstep_members"', '"_siftstep_n"', '"_siftstep_m"', '"_siftstep_of"']
/** Columns of the list of groups that were left out, wholly or in part. */
const [ROWS_IN, ROWS_COUNTED] = ['_rows_in', '_rows_counted']

/** The engine's tables before and after the statement, and the column for the order of the rows before it. */
export interface Between {
  readonly before: string
  readonly after: string
  readonly row: string
}

/** SQL for what the account is made of; see `Applied` in `across.ts`. */
export interface Accounted {
  /** For each key its first row and the number of its rows. */
  readonly groups: string
  readonly filtered: string
  readonly fan: string
  /** What was left out: rows as they went in, or groups with the number of rows that went in and that were counted. */
  readonly left_out: string
}

export const sameKeys = (keys: readonly string[], a: string, b: string) =>
  keys.length === 0 ? 'TRUE' : keys.map((key) => `${a}.${quoted(key)} IS NOT DISTINCT FROM ${b}.${quoted(key)}`).join(' AND ')

/** Throws Accounting.Imbalance if rows are not as declared, with an example. */
export async function accountFor(session: Session, operation: SelectStatementOp, { before, after, row }: Between): Promise<Accounted> {
  const { keys, members } = operation
  const list = keys.map((key) => quoted(key)).join(', ')
  const grouped = list === '' ? '' : ` GROUP BY ${list}`
  const groups = `SELECT ${list === '' ? '' : `${list}, `}min(${row}) AS ${FIRST}, count(*) AS ${MEMBERS} FROM ${before}${grouped}`
  const check = checks(session, operation)
  if (members === undefined)
    await check(`SELECT *, ${MEMBERS} AS ${N} FROM (${groups}) WHERE ${MEMBERS} > 1 ORDER BY ${FIRST}`, ({ n, key }) => ({
      what: `\`keys\` do not identify the rows that come in: ${count(n, 'row')} have ${key}`,
      hint: 'name more columns in `keys`, or remove duplicates in a clean step before; for groups of rows name the column that counts them in `members`',
    }))
  const unit = members === undefined ? 'row' : 'group'
  await check(
    `SELECT ${list === '' ? '' : `${list}, `}count(*) AS ${N} FROM ${after}${grouped} HAVING count(*) > 1 ORDER BY ALL`,
    ({ n, key }) => ({
      what: `the statement returns ${count(n, 'row')} for the ${unit} with ${key}`,
      hint:
        members === undefined
          ? 'a join with several matches repeats rows: join on a key of the other table, or aggregate it before'
          : 'group by the columns of `keys` and no others',
    }),
  )
  const known = sameKeys(keys, 'a', 'g')
  await check(
    `SELECT ${list === '' ? '' : `a.${keys.map((key) => quoted(key)).join(', a.')}, `}1 AS ${N} FROM ${after} a ANTI JOIN (${groups}) g ON ${known} ORDER BY ALL`,
    ({ key }) => ({
      what: `the statement returns a row with ${key}, which no row that came in has`,
      hint: 'return the columns of `keys` as they came in',
    }),
  )
  const accounted =
    members === undefined ? rowsLeft(operation, { before, after, row }) : await groupsCounted(check, operation, members, groups, after)
  if (!operation.may_filter)
    await check(accounted.left_out, ({ of, key, parts }) => ({
      what: `the statement leaves out ${members === undefined ? `${count(of, 'row')}, such as the one with ${key}` : `rows of ${count(of, 'group')}, such as ${key}${parts}`}`,
      hint: 'an inner join and WHERE leave out rows; if that is meant, write `may_filter: true`: these rows are then counted and listed',
    }))
  return { groups, ...accounted }
}

function rowsLeft({ keys }: SelectStatementOp, { before, after, row }: Between) {
  const left_out = `SELECT b.* EXCLUDE (${row}) FROM ${before} b ANTI JOIN ${after} a ON ${sameKeys(keys, 'a', 'b')} ORDER BY b.${row}`
  // each row out is one row in, which was shown above
  return { filtered: `SELECT count(*) AS n FROM (${left_out})`, fan: 'SELECT 0 AS n', left_out }
}

type Check = ReturnType<typeof checks>

/** Groups are checked by the number of rows that the statement itself counted in them: a join that repeats rows counts too many. */
async function groupsCounted(check: Check, { keys }: SelectStatementOp, members: string, groups: string, after: string) {
  const counted = `a.${quoted(members)}`
  const list = keys.map((key) => `g.${quoted(key)}, `).join('')
  const joined = `FROM (${groups}) g LEFT JOIN ${after} a ON ${sameKeys(keys, 'a', 'g')}`
  const least = keys.length === 0 ? 0 : 1
  await check(
    `SELECT ${list}${MEMBERS} AS ${N}, ${counted} AS ${M} ${joined} WHERE ${counted} > ${MEMBERS} OR ${counted} < ${least} ORDER BY ${FIRST}`,
    ({ n, m, key }) => ({
      what: `the statement counts ${count(m, 'row')} in "${members}" for the group with ${key}, which has ${n}`,
      hint: 'count the rows with count(*); a join with several matches repeats rows: join on a key of the other table, or aggregate it before',
    }),
  )
  await check(
    `SELECT ${keys.map((key) => `a.${quoted(key)}, `).join('')}1 AS ${N} FROM ${after} a WHERE ${counted} IS NULL ORDER BY ALL`,
    ({ key }) => ({
      what: `the statement returns no number in "${members}" for the group with ${key}`,
      hint: 'count the rows with count(*)',
    }),
  )
  const left_out = `SELECT ${list}${MEMBERS} AS ${ROWS_IN}, coalesce(${counted}, 0) AS ${ROWS_COUNTED} ${joined} WHERE coalesce(${counted}, 0) < ${MEMBERS} ORDER BY ${FIRST}`
  return {
    filtered: `SELECT coalesce(sum(${ROWS_IN} - ${ROWS_COUNTED}), 0) AS n FROM (${left_out})`,
    // the groups that are found again, less the rows counted in them
    fan: `SELECT count(a.${quoted(members)}) - coalesce(sum(${counted}), 0) AS n ${joined}`,
    left_out,
  }
}

interface Example {
  /** How many examples there are. */
  readonly of: number
  readonly n: number
  readonly m: number
  readonly key: string
  /** `: it counts 2 of 5 rows`, where the query has both numbers. */
  readonly parts: string
}

/** Runs a query that finds nothing if all is well; its first row is the example. */
function checks(session: Session, { keys, origin }: SelectStatementOp) {
  return async (query: string, problem: (example: Example) => { readonly what: string; readonly hint: string }): Promise<void> => {
    const [row] = await session.rows(`SELECT *, count(*) OVER () AS ${OF} FROM (${query}) LIMIT 1`)
    if (row === undefined) return
    const numberIn = (column: string) => Number(entryOf(row, column.replaceAll('"', '')) ?? 0)
    const shown = keys.map((name) => `${name} = ${entryOf(row, name) ?? 'nothing'}`)
    const all = numberIn(ROWS_IN)
    const { what, hint } = problem({
      of: numberIn(OF),
      n: numberIn(N),
      m: numberIn(M),
      key: keys.length === 0 ? 'no key' : shown.join(', '),
      parts: all === 0 ? '' : `: it counts ${numberIn(ROWS_COUNTED).toLocaleString('en')} of ${count(all, 'row')}`,
    })
    throw new TaskError('Accounting.Imbalance', what, { step: origin.step, hint })
  }
}
