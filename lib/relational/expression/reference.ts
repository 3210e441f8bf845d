/** Generates the reference of the expression language from its registries. */
import { DECIMAL_SPELLINGS, MAX_PRECISION, SIMPLE_TYPES, TYPE_SPELLINGS } from '#relational/types/types.ts'
import { AGGREGATES, type AggregateFunction, EXAMPLE_ROWS } from './aggregates.ts'
import { signature } from './calls.ts'
import { FORMAT_LETTERS } from './formats.ts'
import { MAX_CHARACTERS, type RowFunction } from './function.ts'
import { FUNCTION_FAMILIES } from './functions.ts'
import { MAX_LENGTH } from './parse.ts'
import { CALL_LEVELS, MAX_LEVELS, PRODUCT_LEVELS } from './token-reader.ts'
import { entryOf } from '#core/text/record.ts'

/** A value in a table cell: text in quotes, so that `'7'` and `7` differ. */
const formatValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(formatValue).join(', ')
  return value === null || value === undefined
    ? 'NULL'
    : typeof value === 'string'
      ? `'${value.replaceAll("'", "''")}'`
      : typeof value === 'boolean'
        ? String(value).toUpperCase()
        : String(value)
}

/** Text inside a cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (text: string) => `\`${cell(text)}\``

function row(entry: RowFunction | AggregateFunction): string {
  const aliases = entry.aliases.length === 0 ? '' : ` Also: ${entry.aliases.map(code).join(', ')}.`
  return `| ${code(signature(entry))} | ${cell(entry.doc)}${aliases} | ${code(entry.example.expression)} → ${code(formatValue(entry.example.result))} |`
}

const table = (entries: readonly (RowFunction | AggregateFunction)[]) =>
  ['| Call | Value | Example |', '|---|---|---|', ...entries.map(row)].join('\n')

function types(): string {
  const meaning: Readonly<Record<(typeof SIMPLE_TYPES)[number], string>> = {
    text: 'Unicode text.',
    integer: 'Whole numbers of 64 bits.',
    float: 'Numbers with a fraction: 64-bit floating point.',
    boolean: 'TRUE or FALSE.',
    date: 'A day.',
    timestamp: 'A day and a time to the microsecond, without a zone; text with an offset is converted to UTC.',
  }
  const rows = SIMPLE_TYPES.map((type) => {
    const spellings = Object.keys(TYPE_SPELLINGS).filter((spelling) => entryOf(TYPE_SPELLINGS, spelling) === type && spelling !== type)
    return `| \`${type}\` | ${meaning[type]} | ${spellings.map(code).join(', ')} |`
  })
  const decimal = `| \`decimal(p,s)\` | Exact numbers of up to p digits, s of them behind the point; p is at most ${MAX_PRECISION}. | ${DECIMAL_SPELLINGS.filter(
    (name) => name !== 'decimal',
  )
    .map((name) => code(`${name}(p,s)`))
    .join(', ')} |`
  return ['| Type | Values | Other spellings |', '|---|---|---|', ...rows.slice(0, 3), decimal, ...rows.slice(3)].join('\n')
}

function exampleRows(): string {
  const columns = Object.keys(EXAMPLE_ROWS[0] ?? {})
  return [
    `| ${columns.join(' | ')} |`,
    `|${'---|'.repeat(columns.length)}`,
    ...EXAMPLE_ROWS.map((values) => `| ${columns.map((column) => code(formatValue(entryOf(values, column)))).join(' | ')} |`),
  ].join('\n')
}

/** The reference as Markdown, for docs/reference/expressions.md. */
export function expressionReference(): string {
  return `# Row expressions

<!-- Generated from lib/relational/expression; do not edit. -->

A row expression computes one value from one row: \`filter: age >= 18\`, \`columns: {total: quantity * price}\`, \`expression: shipped_at >= ordered_at\`.
It is the scalar part of SQL. It is checked before a run, and once more when the columns are known, before any row: a column that is not there,
a calculation with dates that has no meaning, or a text column where a number is needed, stops the run. No row does: what cannot be computed for one is missing (NULL).

## Writing expressions

| | |
|---|---|
| Columns | \`age\`, \`"Unit Price"\` (double quotes for names with spaces, points or keywords; \`""\` for a quote inside). Spelled exactly, or in any case when only one column fits. |
| Text | \`'it''s'\` in single quotes; a quote inside is written twice. |
| Numbers | \`12\`, \`0.5\`, \`1e6\` |
| Truth, missing | \`TRUE\`, \`FALSE\`, \`NULL\` |
| Moments | \`DATE '2024-01-31'\`, \`TIMESTAMP '2024-01-31 10:00:00'\`, \`INTERVAL '3 days'\`, \`INTERVAL '1 year 6 months'\` |
| Values of the run | \`{{ inputs.limit }}\`, \`'{{ ds }}'\`, \`'from {{ inputs.name }}'\`. They are values, never text of the expression. |
| Choices | \`CASE WHEN age < 30 THEN 'young' ELSE 'old' END\`, \`CASE status WHEN 'A' THEN 1 WHEN 'B' THEN 2 END\` |
| Types | \`CAST(x AS integer)\`, \`TRY_CAST(x AS integer)\`, \`x::integer\`: all the same |

In YAML, an expression that starts with a quote, a brace or \`*\`, or contains \`: \` or \` #\`, must be in quotes or a block (\`|\`).

## Operators

From the tightest to the loosest; brackets come before all.

| Operators | Meaning |
|---|---|
| \`::\` | Cast. |
| \`-x\` \`+x\` | Sign. |
| \`*\` \`/\` \`%\` | \`/\` is exact (\`7 / 2\` is 3.5), \`%\` the remainder; both are NULL for a divisor of 0. |
| \`+\` \`-\` | Also \`date + 3\` (days), \`date - date\` (days), \`moment + INTERVAL '2 hours'\`. |
| \`\\|\\|\` | Joins texts; a missing operand makes the result missing (see concat). |
| \`BETWEEN a AND b\`, \`IN (…)\`, \`LIKE\`, \`ILIKE\`, each also with \`NOT\` | In LIKE, \`%\` stands for any text, \`_\` for one character, and \`ESCAPE '!'\` makes \`!%\` a plain one; ILIKE ignores case. A parameter in IN may be a list. |
| \`=\` \`<>\` \`<\` \`<=\` \`>\` \`>=\` | Also \`==\` and \`!=\`. |
| \`IS NULL\`, \`IS NOT NULL\`, \`IS [NOT] DISTINCT FROM\` | The last compares like =, but treats two missing values as equal. |
| \`NOT\` | |
| \`AND\` | |
| \`OR\` | |

Queries, \`*\`, table names, aliases, lambdas and comments are not supported.

## Types

${types()}

- A comparison or calculation with a missing value is missing; a filter keeps a row only when its condition is TRUE, a rule is broken only when it is FALSE.
- Integer arithmetic stays integer, and a result beyond 64 bits is NULL. Floats are reliable to 15 significant digits: products are rounded to them, and sums and differences to those of their largest term, so that \`0.1 + 0.2\` is 0.3 and \`0.1 * 3 - 0.3\` is 0. Infinite results are NULL.
- Sums, differences, products and remainders of exact decimals, also with integers and literals, are exact decimals with as many digits as the result can need; one beyond ${MAX_PRECISION} digits is NULL, and a product with more than 20 digits behind the point is a float. \`round\`, \`floor\`, \`ceil\`, \`trunc\`, \`abs\`, \`min\`, \`max\` and \`sum\` stay exact. Beside a float, in divisions, averages and all other functions, they become floats. A literal such as 0.19 is a float unless it stands beside an exact decimal.
- Text is not converted to numbers automatically: write \`CAST(price AS decimal(18,2))\` or \`CAST(price AS float)\`, or give the column that type in \`types\` of the discover step. Text that is not a number becomes NULL, never an error. \`CAST('12.7' AS integer)\` and \`CAST('0.125' AS decimal(18,2))\` are NULL, because a digit would be lost; \`CAST(12.7 AS integer)\` is 13, and \`CAST(0.125 AS decimal(18,2))\` 0.13. White space around a value does not count. true, t, yes, y, on and 1 are TRUE as a boolean, false, f, no, n, off and 0 are FALSE, in any case; of numbers only 1 and 0.
- Numbers and moments turn into text where text is needed: \`lpad(id, 3, '0')\`, \`'no. ' || id\`.
- A text literal next to a date or timestamp is read as one: \`signup >= '2024-01-31'\`. Text of ISO 8601, with seconds or without, in UTC or with an offset, can be parsed with \`date(x)\` and \`timestamp(x)\`, other formats with \`to_date(x, format)\`.
- NaN and infinity in a float column stay as they are and count as larger than any number.

## Functions

Function names are case-insensitive. The same arguments always give the same value: no function uses the clock or random numbers. Text that a function makes longer than ${MAX_CHARACTERS.toLocaleString('en')} characters is NULL.

${FUNCTION_FAMILIES.map(({ title, functions }) => `### ${title}\n\n${table(functions)}`).join('\n\n')}

### Formats

For \`strftime\`, \`to_date\`, \`to_timestamp\` and \`is_date\`. With a hyphen, as in \`%-d\`, numbers have no leading zeros.

${Object.entries(FORMAT_LETTERS)
  .map(([letter, meaning]) => `- \`${letter}\` ${meaning}`)
  .join('\n')}

### Patterns

Regular expressions are those of RE2 (https://github.com/google/re2/wiki/Syntax): no backreferences, no lookahead or lookbehind, and matching time is linear in the length of the text.

## Several rows

In the operations aggregate, pivot and window, and in reports, expressions may contain aggregates: \`sum(amount) / count(*)\`. \`FILTER (WHERE condition)\` after an aggregate uses only some of the rows; \`count(DISTINCT x)\` counts distinct values.
The examples are about these rows, for a window ordered by day:

${exampleRows()}

### Aggregates

${table(AGGREGATES.filter(({ group }) => group))}

### Window functions

In the window operation, which says how rows are divided and ordered; aggregates may stand there too. A function sees the frame of its row, as in
SQL. Without \`order_by\` that is the whole partition: \`amount / sum(amount)\` is a share. With \`order_by\` it is the rows from the beginning of the
partition through the current row and its peers, the rows with equal keys: \`sum(amount)\` is a running total, the same for peers. Peers keep the
order of the rows; \`row_number\`, \`lag\` and \`lead\` distinguish them, \`rank\` and \`dense_rank\` do not.

${table(AGGREGATES.filter(({ group }) => !group))}

## Limits

An expression has at most ${MAX_LENGTH.toLocaleString('en')} characters and ${MAX_LEVELS} levels of nesting, where a call counts as ${CALL_LEVELS} and a product or a moved date as ${PRODUCT_LEVELS}.
`
}
