/** sql: a SELECT over all rows at once. */
import { defineStep } from '#steps/kind/step.ts'
import { ANY_COLUMNS, listed, withColumns } from '#steps/kind/known-columns.ts'
import { type Config, config } from './config.ts'

/** The name that the rows of the step before have; an input cannot have it too. */
const ROWS = 'rows'

export const sql = defineStep({
  kind: 'sql',
  shape: 'exchange',
  summary: 'Select rows with SQL, and account for each of them.',
  description: `One SELECT statement in the SQL of DuckDB: joins, windows, groups, subqueries and its functions. The table \`rows\` has the rows of the step before; \`inputs\` adds tables that are read
from files or databases. The statement sees all rows at once, so the result does not depend on chunks.

The statement reads nothing else. Functions that read files, settings, the clock or chance are refused, because a second run could give another result: values such as
dates are given in \`parameters\`. The statement is parsed before the run; its columns and types are checked before it reads a row.

No row gets lost or repeated unseen. \`keys\` says which columns identify a row that comes in. Each row that comes out must have the keys of one of them, and none may come twice: a
join with several matches fails the step, and so do rows that are left out, unless \`may_filter\` allows it. A statement that returns groups names the column with \`count(*)\` in
\`members\`: the step compares it with the rows of each group, so that a join cannot count a row twice, and WHERE cannot hide one.

Rows come out in the order in which they, or the first of their group, came in. ORDER BY at the end is refused, because it would have no effect; sort in a transform step. A number
that cannot be computed, such as a text that is no number in CAST, fails the step: use TRY_CAST. \`resources.memory\` sets the memory of the one task that runs the statement; what does not fit is
written to its disk.`,
  config,
  result: { rows: 'Rows in the output.', filtered: 'Rows that the statement left out.', columns: 'Columns in the output.' },
  statements: ({ sql: text, file, inputs, parameters, members }) => {
    const names = { tables: [ROWS, ...Object.keys(inputs)], parameters: Object.keys(parameters), members }
    return text !== undefined ? [{ path: ['sql'], text, ...names }] : file !== undefined ? [{ path: ['file'], text: file, ...names }] : []
  },
  assets: ({ file }) => (file === undefined ? [] : [{ path: ['file'], check: () => null }]),
  addresses: ({ inputs }) => Object.keys(inputs).map((name) => ({ path: ['inputs', name], use: 'read' as const })),
  columns: ({ keys, members }) => [
    { reads: listed(keys, ['keys']), after: () => withColumns(ANY_COLUMNS, [...keys, ...(members === undefined ? [] : [members])]) },
  ],
  check: (settings) => [...statementProblems(settings), ...nameProblems(settings)],
  checkAsWritten: ({ sql: text }) =>
    text !== undefined && /\{\{|\{%/.test(text)
      ? [
          {
            path: ['sql'],
            what: 'a statement cannot have `{{ … }}`, because a value could become part of its SQL',
            hint: 'give the value a name in `parameters`, and read it as `$name`',
          },
        ]
      : [],
  examples: [
    {
      title: 'The latest order of each customer',
      yaml: 'id: latest\ntype: sql\nwith:\n  sql: |\n    SELECT * FROM rows\n    QUALIFY row_number() OVER (PARTITION BY customer ORDER BY ordered DESC, order_id DESC) = 1\n  keys: [order_id]\n  may_filter: true\n',
    },
    {
      title: 'Totals of each customer, with names from another file',
      yaml: 'id: totals\ntype: sql\nwith:\n  sql: |\n    SELECT o.customer, any_value(c.name) AS name, count(*) AS orders, sum(o.amount) AS amount\n    FROM rows AS o LEFT JOIN customers AS c ON c.id = o.customer\n    WHERE o.amount >= $least GROUP BY o.customer\n  inputs: {customers: data/customers.csv}\n  parameters: {least: 10}\n  keys: [customer]\n  members: orders\n  may_filter: true\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).sqlBehaviour,
})

function statementProblems({ sql: text, file, keys, members }: Config) {
  const problems: { path: readonly string[]; what: string; hint: string }[] = []
  if ((text === undefined) === (file === undefined))
    problems.push({
      path: [],
      what: text === undefined ? 'a sql step needs a statement' : 'a sql step has one statement, and here are both `sql` and `file`',
      hint: 'write the statement in `sql`, or name its file in `file`',
    })
  if (keys.length === 0 && members === undefined)
    problems.push({
      path: ['keys'],
      what: '`keys` has no columns',
      hint: 'name the columns that identify a row, or add `members` for one group of all rows',
    })
  if (members !== undefined && keys.includes(members))
    problems.push({ path: ['members'], what: `\`${members}\` is also in \`keys\``, hint: 'name the column with count(*)' })
  return problems
}

/** Two names are the same in SQL if only their case differs. */
function nameProblems({ inputs }: Config) {
  const seen = new Set([ROWS])
  return Object.keys(inputs).flatMap((name) => {
    const folded = name.toLowerCase()
    const taken = seen.has(folded)
    seen.add(folded)
    return taken
      ? [
          {
            path: ['inputs', name],
            what: `there are two tables \`${name}\``,
            hint: '`rows` are the rows of the step before; choose another name',
          },
        ]
      : []
  })
}
