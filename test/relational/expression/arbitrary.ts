/** Random expressions as text, and rows as nasty as data can be. */
import fc from 'fast-check'
import { AGGREGATES } from '#relational/expression/aggregates.ts'
import type { FunctionParameter } from '#relational/expression/function.ts'
import { FUNCTION_FAMILIES } from '#relational/expression/functions.ts'
import { type ColumnType, isNumeric } from '#relational/types/types.ts'

/** The columns of NASTY_ROWS; `m` holds numbers, dates and rubbish as text. */
export const NASTY_TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ['t', 'text'],
  ['m', 'text'],
  ['i', 'integer'],
  ['j', 'integer'],
  ['d', 'float'],
  ['e', 'float'],
  ['b', 'boolean'],
  ['day', 'date'],
  ['at', 'timestamp'],
])

/** SQL that makes a table `nasty` of every type with its extremes, each column shifted against the others. */
export const NASTY_TABLE = `CREATE TABLE nasty AS
  WITH texts(n, t) AS (VALUES (0, NULL), (1, ''), (2, 'a'), (3, '%\\'), (4, '(['), (5, '\\'), (6, 'é🤷🏽 ß'), (7, repeat('x', 5000)), (8, '''"'), (9, ' A b '), (10, 'anna@example.org'), (11, chr(0) || 'z'), (12, '\\1\\2')),
  words(n, m) AS (VALUES (0, '12.7'), (1, '1e400'), (2, 'nan'), (3, '-inf'), (4, NULL), (5, '2024-02-30'), (6, '2024-02-29T23:59:59+05:30'), (7, '9223372036854775808'), (8, 'true'), (9, '0x1F'), (10, '2024-01-01 junk'), (11, '  7 '), (12, '(BC)')),
  integers(n, i) AS (VALUES (0, 0), (1, 1), (2, -1), (3, 9223372036854775807), (4, -9223372036854775808), (5, NULL), (6, 2147483648), (7, 1000001), (8, 9007199254740993), (9, 7), (10, 100), (11, 3), (12, -2147483649)),
  decimals(n, d) AS (VALUES (0, 0.0::DOUBLE), (1, '-0.0'), (2, 'nan'), (3, 'inf'), (4, '-inf'), (5, NULL), (6, 1.7e308), (7, -1.7e308), (8, 5e-324), (9, 0.1), (10, 9.3e18), (11, 2.5), (12, 1e150)),
  booleans(n, b) AS (VALUES (0, TRUE), (1, FALSE), (2, NULL)),
  dates(n, "day") AS (VALUES (0, DATE '2024-02-29'), (1, DATE '0001-01-01'), (2, DATE '9999-12-31'), (3, DATE 'infinity'), (4, DATE '-infinity'), (5, DATE '5881580-07-10'), (6, DATE '5877642-06-25 (BC)'), (7, NULL), (8, DATE '1970-01-01'), (9, DATE '2000-01-31'), (10, DATE '2024-12-31'), (11, DATE '1900-01-01'), (12, DATE '2023-03-26')),
  moments(n, "at") AS (VALUES (0, TIMESTAMP '2024-02-29 23:59:59.999999'), (1, TIMESTAMP 'infinity'), (2, TIMESTAMP '-infinity'), (3, TIMESTAMP '294247-01-10 04:00:54.775806'), (4, TIMESTAMP '290309-12-22 (BC) 00:00:00'), (5, NULL), (6, TIMESTAMP '1970-01-01'), (7, TIMESTAMP '1969-12-31 23:59:59.5'), (8, TIMESTAMP '2024-03-10 02:30:00'), (9, TIMESTAMP '0001-01-01'), (10, TIMESTAMP '9999-12-31 23:59:59'), (11, TIMESTAMP '2024-06-30'), (12, TIMESTAMP '2000-02-29'))
  SELECT t, m, i.i::BIGINT AS i, j.i::BIGINT AS j, d.d AS d, e.d AS e, b, "day", "at"
  FROM range(60) r(row)
  JOIN texts ON texts.n = row % 13 JOIN words ON words.n = (row * 3 + 1) % 13 JOIN integers i ON i.n = (row * 2 + row // 13) % 13 JOIN integers j ON j.n = (row * 5 + 2) % 13
  JOIN decimals d ON d.n = (row * 4 + row // 13) % 13 JOIN decimals e ON e.n = (row * 7 + 3) % 13 JOIN booleans ON booleans.n = row % 3
  JOIN dates ON dates.n = (row * 6 + row // 13) % 13 JOIN moments ON moments.n = (row * 9 + 5) % 13`

const NUMBERS = [
  '0',
  '1',
  '2',
  '-1',
  '0.1',
  '2.5',
  '1e308',
  '5e-324',
  '9223372036854775807',
  '-9223372036854775808',
  '1000001',
  '2147483648',
  '9223372036854775808',
  '1e-7',
]
const TEXTS = [
  "''",
  "'a'",
  "'%'",
  "'_'",
  "'('",
  "'2024-02-29'",
  "'12'",
  "'1.5'",
  "'x''y'",
  "'é'",
  "'true'",
  "'2024-02-29 12:00:00'",
  "'\\'",
]
const MOMENTS = ["DATE '2024-02-29'", "DATE '9999-12-31'", "TIMESTAMP '2024-02-29 10:11:12.5'", "TIMESTAMP '0001-01-01'"]
const INTERVALS = [
  "INTERVAL '3 days'",
  "INTERVAL '-1000000 years'",
  "INTERVAL '1 year 2 months'",
  "INTERVAL '1.5 seconds'",
  "INTERVAL '2 quarters'",
  "INTERVAL '-2 weeks'",
]
const PATTERNS = ["'a'", "'(a)|b'", "'[^x]+'", "'\\d{2,3}'", "'^$'", "'\\pL+'", "'(x*)*'", "'.'"]
const FORMATS = ["'%Y-%m-%d'", "'%d.%m.%y %H:%M:%S.%f'", "'%-d %B %Y %-I %p'", "'%A %j %%'"]

/** Arguments a parameter takes, or (rarely) anything else that is not refused while reading. */
function argument(parameter: FunctionParameter, any: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { kind, choices: words = [] } = parameter
  const column = (...names: string[]) => fc.constantFrom(...names)
  switch (kind) {
    case 'word':
      return fc.constantFrom(...words.map((word) => `'${word}'`))
    case 'flags':
      return fc.constantFrom("''", ...words.map((word) => `'${word}'`), `'${words.join('')}'`)
    case 'format':
      return fc.constantFrom(...FORMATS)
    case 'share':
      return fc.constantFrom('0', '0.5', '1', '0.25')
    case 'offset':
      return fc.constantFrom('0', '1', '1000000000')
    case 'constant':
      return fc.constantFrom("','", "''")
    case 'pattern':
      return fc.oneof(fc.constantFrom(...PATTERNS), column('t', 'm'), any)
    case 'number':
    case 'integer':
    case 'float':
      return fc.oneof(column('i', 'j', 'd', 'e'), fc.constantFrom(...NUMBERS), any)
    case 'moment':
    case 'date':
    case 'timestamp':
      return fc.oneof(column('day', 'at'), fc.constantFrom(...MOMENTS), any)
    case 'boolean':
      return fc.oneof(column('b'), any)
    default:
      return fc.oneof(column('t', 'm'), any)
  }
}

/** The arguments of a call, in brackets. */
function argumentsOf(parameters: readonly FunctionParameter[], any: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const least = parameters.filter(({ optional }) => optional !== true).length
  return fc.integer({ min: least, max: parameters.length }).chain((count) => {
    const chosen = parameters.slice(0, count)
    const last = parameters.at(-1)
    const more = last?.variadic === true ? [last] : []
    return fc.tuple(...[...chosen, ...more].map((parameter) => argument(parameter, any))).map((args) => `(${args.join(', ')})`)
  })
}

const leaves = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY_TYPES.keys()) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom(...MOMENTS) },
  { weight: 1, arbitrary: fc.constantFrom('TRUE', 'FALSE', 'NULL', ...INTERVALS) },
)

const FUNCTIONS = FUNCTION_FAMILIES.flatMap(({ functions }) => functions)

const scalarOver = (maxDepth: number, leaf: fc.Arbitrary<string>, depthIdentifier = 'expression'): fc.Arbitrary<string> =>
  fc.letrec<{ any: string }>((tie) => {
    const any = tie('any')
    const joined = (...operators: string[]) =>
      fc.tuple(any, fc.constantFrom(...operators), any).map(([left, operator, right]) => `(${left} ${operator} ${right})`)
    return {
      any: fc.oneof(
        { maxDepth, depthIdentifier },
        leaf,
        joined('+', '-', '*', '/', '%'),
        joined('+', '-', '*', '/', '%'),
        joined('=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'),
        joined('AND', 'OR', '||'),
        // DuckDB takes parts that occur twice out of where they stand
        fc.tuple(any, fc.constantFrom('+', '-', '*', '||', '=')).map(([operand, operator]) => `(${operand} ${operator} ${operand})`),
        joined('LIKE', 'NOT ILIKE'),
        fc.tuple(fc.constantFrom('-', '+', 'NOT '), any).map(([sign, operand]) => `(${sign}${operand})`),
        fc.tuple(any, fc.constantFrom('IS NULL', 'IS NOT NULL')).map(([operand, test]) => `(${operand} ${test})`),
        fc
          .tuple(any, fc.constantFrom('text', 'integer', 'float', 'boolean', 'date', 'timestamp'))
          .map(([operand, type]) => `CAST(${operand} AS ${type})`),
        fc
          .tuple(any, fc.constantFrom('IN', 'NOT IN'), fc.array(any, { minLength: 1, maxLength: 4 }))
          .map(([operand, test, items]) => `(${operand} ${test} (${items.join(', ')}))`),
        fc
          .tuple(any, fc.constantFrom('BETWEEN', 'NOT BETWEEN'), any, any)
          .map(([operand, test, low, high]) => `(${operand} ${test} ${low} AND ${high})`),
        fc.tuple(any, any, any).map(([when, value, otherwise]) => `CASE WHEN ${when} THEN ${value} ELSE ${otherwise} END`),
        fc.tuple(any, any, any).map(([operand, when, value]) => `CASE ${operand} WHEN ${when} THEN ${value} END`),
        ...[1, 2, 3, 4].map(() =>
          fc.constantFrom(...FUNCTIONS).chain(({ name, parameters }) => argumentsOf(parameters, any).map((args) => `${name}${args}`)),
        ),
      ),
    }
  }).any

/** Scalar expressions over NASTY_TYPES, well typed or not. */
export const scalarExpression = scalarOver(3, leaves)

type Tie = (kind: 'text' | 'number' | 'integer' | 'boolean' | 'moment') => fc.Arbitrary<string>

/** What a function's calls can stand for, when parameters of kind `same` get numbers. */
function resultKind({ name, result }: (typeof FUNCTIONS)[number]): Parameters<Tie>[0] {
  if (typeof result === 'function') return name === 'date_trunc' || name === 'date_add' ? 'moment' : 'number'
  return isNumeric(result) && result !== 'integer' ? 'number' : result === 'date' || result === 'timestamp' ? 'moment' : result
}

function typedArgument(parameter: FunctionParameter, tie: Tie): fc.Arbitrary<string> {
  switch (parameter.kind) {
    case 'text':
    case 'pattern':
      return tie('text')
    case 'integer':
    case 'boolean':
      return tie(parameter.kind)
    case 'number':
    case 'float':
    case 'same':
    case 'any':
      return tie('number')
    case 'moment':
      return tie('moment')
    case 'date':
    case 'timestamp':
      return fc.oneof(tie('moment'), tie('text'))
    default:
      return argument(parameter, fc.constant('NULL'))
  }
}

/** Scalar expressions over NASTY_TYPES that are well typed, but for the rare text that is taken for a number or a date. */
export const typedExpression = fc.letrec<Record<Parameters<Tie>[0], string>>((tied) => {
  const tie: Tie = (kind) => tied(kind)
  const calls = (kind: Parameters<Tie>[0]) =>
    fc.constantFrom(...FUNCTIONS.filter((entry) => resultKind(entry) === kind)).chain(({ name, parameters }) => {
      const required = parameters.filter(({ optional }) => optional !== true)
      return fc
        .constantFrom(required, parameters)
        .chain((chosen) =>
          fc.tuple(...chosen.map((parameter) => typedArgument(parameter, tie))).map((args) => `${name}(${args.join(', ')})`),
        )
    })
  const joined = (kind: Parameters<Tie>[0], ...operators: string[]) =>
    fc.tuple(tie(kind), fc.constantFrom(...operators), tie(kind)).map(([left, operator, right]) => `(${left} ${operator} ${right})`)
  const doubled = (kind: Parameters<Tie>[0], ...operators: string[]) =>
    fc.tuple(tie(kind), fc.constantFrom(...operators)).map(([operand, operator]) => `(${operand} ${operator} ${operand})`)
  const chosen = (kind: Parameters<Tie>[0]) =>
    fc
      .tuple(tie('boolean'), tie(kind), tie(kind))
      .map(([when, value, otherwise]) => `CASE WHEN ${when} THEN ${value} ELSE ${otherwise} END`)
  const choice = (...arbitraries: fc.Arbitrary<string>[]) => fc.oneof({ maxDepth: 4, depthIdentifier: 'typed' }, ...arbitraries)
  const compared = (kind: Parameters<Tie>[0]) => joined(kind, '=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM')
  const cast = (kind: Parameters<Tie>[0], type: ColumnType) => tie(kind).map((operand) => `CAST(${operand} AS ${type})`)
  return {
    text: choice(
      fc.constantFrom('t', 'm', ...TEXTS),
      calls('text'),
      calls('text'),
      joined('text', '||'),
      chosen('text'),
      cast('number', 'text'),
      cast('moment', 'text'),
    ),
    number: choice(
      fc.constantFrom('i', 'j', 'd', 'e', ...NUMBERS),
      calls('number'),
      joined('number', '+', '-', '*', '/', '%'),
      doubled('number', '+', '*', '-'),
      chosen('number'),
      tie('integer'),
      cast('text', 'float'),
      tie('number').map((operand) => `(-${operand})`),
    ),
    integer: choice(
      fc.constantFrom('i', 'j', '0', '1', '-1', '1000001', '9223372036854775807'),
      calls('integer'),
      joined('integer', '+', '-', '*', '%'),
      doubled('integer', '+', '*', '%'),
      chosen('integer'),
      cast('number', 'integer'),
      cast('text', 'integer'),
    ),
    boolean: choice(
      fc.constantFrom('b', 'TRUE', 'FALSE', 'NULL'),
      calls('boolean'),
      compared('number'),
      compared('moment'),
      compared('text'),
      doubled('moment', '=', '<'),
      doubled('text', '='),
      joined('boolean', 'AND', 'OR'),
      tie('boolean').map((operand) => `(NOT ${operand})`),
      joined('text', 'LIKE', 'ILIKE'),
      fc.tuple(tie('number'), tie('number'), tie('number')).map(([operand, low, high]) => `(${operand} BETWEEN ${low} AND ${high})`),
      fc.tuple(tie('integer'), tie('integer'), tie('number')).map(([operand, one, other]) => `(${operand} IN (${one}, ${other}))`),
    ),
    moment: choice(
      fc.constantFrom('day', 'at', ...MOMENTS),
      calls('moment'),
      chosen('moment'),
      fc
        .tuple(tie('moment'), fc.constantFrom('+', '-'), fc.constantFrom(...INTERVALS))
        .map(([moment, sign, step]) => `(${moment} ${sign} ${step})`),
      cast('text', 'date'),
      cast('text', 'timestamp'),
    ),
  }
})

/** Aggregate expressions: aggregates over scalar expressions, and arithmetic, calls and CASE over aggregates. */
export const aggregateExpression = (windows: boolean) =>
  scalarOver(
    2,
    fc.oneof(
      fc
        .constantFrom(...AGGREGATES.filter(({ group }) => group || windows))
        .chain(({ name, parameters, group }) =>
          fc
            .tuple(
              name === 'count'
                ? fc.constantFrom('(*)', '(DISTINCT t)', '(i)', '(DISTINCT d)')
                : argumentsOf(parameters, scalarOver(2, leaves, 'argument')),
              fc.constantFrom('', '', ' FILTER (WHERE i > 0)'),
            )
            .map(([args, filter]) => `${name}${args}${group ? filter : ''}`),
        ),
      fc.constantFrom('1', "'a'", 'NULL', '0.5'),
    ),
  )
