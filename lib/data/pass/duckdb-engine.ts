/** DuckDB as the engine of a pass: the pass becomes one statement that reads, processes, counts and writes. */
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import { lower } from '#relational/operations/to-sql.ts'
import type { LoweredColumn, LoweredRelation } from '#relational/operations/lowered.ts'
import type { Flag, LoweredPass } from '#relational/operations/lowered-pass.ts'
import { columnNamed } from '#relational/expression/columns.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { keyProof } from '#data/survey/key-proof.ts'
import { isTyped } from '#data/survey/quality.ts'
import type { Session } from '#io/duckdb/session.ts'
import { entryOf } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'
import type { PassEngine, PassResult, PassWork } from './engine.ts'
import { prepareLookups } from './lookups.ts'
import type { Members } from './members.ts'
import type { OpenBatch } from './open-batch.ts'
import { outputFlags } from './output-flags.ts'
import { copyTo, keptRows, marksOf, type PassColumn, type SinkTarget } from './pass.ts'
import { markMembers, maskWords, startTally } from './tally.ts'
import { countWritten, footerHasNullCounts, latestIn } from './written.ts'

/** Maximum number of examples per rule and batch for violations that only flag rows. */
const EXAMPLES = 20

export const duckdbEngine: PassEngine = {
  prepare: async (pass, work, context) => {
    const { batch, path } = work
    const prepared = await prepareLookups(pass.operations, context)
    const session = await context.openSession([...batch.folders, path.slice(0, path.lastIndexOf('/')), ...prepared.folders])
    const lookups = await prepared.load(session)
    const lowered = lower({ ...pass, columns: batch.columns, lookups, rows: batch.rows })
    const relation: LoweredRelation = { ...lowered, flags: [...lowered.flags, ...outputFlags(lowered.columns, pass.facts)] }
    const columns = passColumns(relation, pass)
    return {
      columns,
      flags: relation.flags.map(({ sql: _sql, held: _held, ...flag }) => flag),
      run: (members) => run(session, pass, work, relation, columns, members),
    }
  },
}

async function run(
  session: Session,
  pass: LoweredPass,
  { batch, path, target }: PassWork,
  relation: LoweredRelation,
  columns: readonly PassColumn[],
  members: ReadonlyMap<number, Members>,
): Promise<PassResult> {
  const { flags } = relation
  const { tally, account } = startTally({
    flags,
    members,
    source_starts: batch.files.map(({ first_row }) => first_row),
    chunk_starts: chunkStarts(batch),
    rows: batch.rows,
    remember: EXAMPLES,
  })
  const proofs = proofsOf(relation, members, pass)
  session.registerTally(maskWords(flags.length), proofs.length, tally)
  for (const [at, own] of [...members.values()].filter(({ rows }) => rows.length > 0).entries())
    session.registerMarks(marksOf(at), markMembers(own))
  await session.run(copyTo(keptRows(batch.relation, relation, columns, !footerHasNullCounts(target), proofs), path, target, columns.length))
  const written = await countWritten(session, path, target)
  return { account, written, latest: await latest(session, path, target, relation, pass.output.latest) }
}

function passColumns({ columns }: LoweredRelation, { facts, output }: LoweredPass): readonly PassColumn[] {
  const keys = keyColumns(columns, output.key)
  return columns.map((column) => ({
    ...column,
    typed: isTyped({ type: column.type, semantic: null, ...meaningOf(column, facts) }),
    key: keys.has(column.name),
  }))
}

/** Names of the key columns in the output; if any is missing there, the whole row identifies a row. */
function keyColumns(columns: readonly LoweredColumn[], key: readonly string[] | null): ReadonlySet<string> {
  const found = (key ?? []).map((name) =>
    columns.find(({ from, derived }) => !derived && from.length === 1 && from[0]?.toLowerCase() === name.toLowerCase()),
  )
  return new Set(found.every((column) => column !== undefined) ? found.map(({ name }) => name) : [])
}

/** What an output column means, if it is an input column. */
function meaningOf(column: LoweredColumn, facts: Facts | null): Partial<Pick<ColumnFacts, 'semantic' | 'probably'>> {
  const found = column.derived ? undefined : named(facts?.columns, column.from[0] ?? '')
  return found === undefined ? {} : { semantic: found.semantic, ...(found.probably === undefined ? {} : { probably: found.probably }) }
}

/** The first row of each chunk in the batch. */
function chunkStarts({ files }: OpenBatch): readonly number[] {
  let row = 0
  return files.flatMap(({ chunk_rows }) =>
    chunk_rows.map((rows) => {
      const first = row
      row += rows
      return first
    }),
  )
}

/** For each flag about repeats with members in the batch: a hash of the key as surveyed. */
function proofsOf(
  { flags, places }: LoweredRelation,
  members: ReadonlyMap<number, Members>,
  { columns, facts, keys }: LoweredPass,
): readonly string[] {
  const happens = (column: string, rule: string) => {
    const effects = named(facts?.columns, column)?.effects
    return effects === undefined || (entryOf(effects, rule)?.cells ?? 1) > 0
  }
  return [...members].flatMap(([at, { rows }]) => {
    const key = (flags[at] as Flag).key_set
    if (rows.length === 0 || key === null) return []
    const found = keys.find(({ reference }) => reference.survey === key.survey && reference.set === key.set)
    if (found === undefined) throw new Error(`the pass has no key set ${key.set} of the survey ${key.survey}`)
    const placed = (places.get(key.after) ?? []).map((column, index) => ({
      plan: key.after === 0 ? (columns[index] ?? computedColumn(column)) : computedColumn(column),
      sql: column.sql,
      // the counts describe the cells as read
      padded: key.after !== 0 || happens(column.name, 'whitespace'),
      worded: key.after !== 0 || happens(column.name, 'null_values'),
    }))
    const keyed = found.set.columns?.map((name) => placed.find(({ plan }) => plan.name.toLowerCase() === name.toLowerCase()))
    return [
      keyProof(
        (keyed ?? placed).filter((column) => column !== undefined),
        found.set.match,
      ),
    ]
  })
}

/** The output columns behind the names that rules use. */
async function latest(
  session: Session,
  path: string,
  target: SinkTarget,
  { columns }: LoweredRelation,
  wanted: readonly string[],
): Promise<PassResult['latest']> {
  const names = new Set(columns.map(({ name }) => name))
  const meant = wanted.flatMap((asked) => columnNamed(asked, names) ?? [])
  const found = await latestIn(session, path, target, meant)
  return Object.fromEntries(
    wanted.flatMap((asked) => {
      const column = columnNamed(asked, names)
      return column === undefined ? [] : [[asked, entryOf(found, column) ?? null]]
    }),
  )
}
