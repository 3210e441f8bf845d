// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of sources, as texts
/** Equivalent mutants of the ledger, of publishing and of the lowering. */
import type { Equivalent } from './equivalent.ts'

export const OTHERS: readonly Equivalent[] = [
  {
    file: 'lib/io/publish/check-folder.ts',
    line: "const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {",
    changes: ["53: 'utf8' → ''"],
    why: 'JSON is read from bytes as from text in UTF-8',
  },
  {
    file: 'lib/relational/operations/expressions.ts',
    line: `export const typeOf = (bound: Bound, types: Types): ColumnType => toSql(bound, (column) => \`"\${column}"\`, types, { over: '()' }).type`,
    changes: [`92: \`"\${column}"\` → ''`, "122: '()' → ''"],
    why: 'only the type is used, not the SQL',
  },
  {
    file: 'lib/data/ledger/side-tables.ts',
    after: 'for (const [number, { origin, fate, key }] of listed.entries()) {',
    line: "if (fate !== 'deduplicate') continue",
    changes: ["5: fate !== 'deduplicate' → false", '29: continue → ;'],
    why: 'rows are looked up by the rule that removed them as duplicates, and rules have names of their own',
  },
  {
    file: 'lib/data/ledger/examples.ts',
    line: '[...counts].flatMap(([step, ruled]) => ruled.flatMap(({ rule, column, cells }) => (cells > 0 ? [keyOf(step, rule, column)] : []))),',
    changes: ['84: cells > 0 → true', '90: > → >='],
    why: 'examples of a rule without cells are not shown',
  },
  {
    file: 'lib/data/ledger/build.ts',
    line: "for (const { source, chunk, rows } of file.accounts.chunks) chunks.push({ source: plan.sources[source]?.name ?? '', chunk, rows })",
    changes: ["109:  ?? '' → ", "113: '' → 'mutated'"],
    why: 'a chunk is of a source of the plan',
  },
  {
    file: 'lib/data/ledger/side-tables.ts',
    line: "yield [name, record, line, start, step, 'record', '', null, reasons.get(record) ?? '', raw]",
    changes: ["80:  ?? '' → ", "84: '' → 'mutated'"],
    why: 'the records that are located are those with a reason',
  },
  {
    file: 'lib/data/ledger/side-tables.ts',
    line: "const stays = stood.get(kept.get(`${step} ${rule} ${row}`) ?? '')",
    changes: ["59:  ?? '' → ", "63: '' → 'mutated'"],
    why: 'nothing stands under that name either',
  },
  {
    file: 'lib/io/publish/manifest.ts',
    line: "const dot = file.name.indexOf('.', file.name.lastIndexOf('/') + 1)",
    changes: ['65: 1 → 2'],
    why: 'no name of a file begins with a point',
  },
  {
    file: 'lib/relational/operations/alike.ts',
    line: 'const MIN_WIDE = 100',
    changes: ['18: 100 → 99', '18: 100 → 101'],
    why: 'from how many columns on they are read as lists decides how long it takes, not what they are',
  },
  {
    file: 'lib/relational/operations/alike.ts',
    line: 'const ROWS_A_COLUMN = 20',
    changes: ['23: 20 → 21', '23: 20 → 19'],
    why: 'up to how many rows columns are read as lists decides how long it takes, not what they are',
  },
  {
    file: 'lib/relational/operations/columns.ts',
    line: 'if (operations.length === 0) return columns',
    changes: ['5: operations.length === 0 → false'],
    why: 'without operations the copy holds the same columns',
  },
]
