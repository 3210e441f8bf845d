/** The SQL of each kind of node. */
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { aggregateNamed } from './aggregates.ts'
import { lowerArguments } from './arguments.ts'
import { lowerArithmetic } from './arithmetic.ts'
import type { Aggregate, Between, Case, Chain, Comparison, Expression, In, IsDistinct, Like, Template } from './ast.ts'
import { converted } from './conversion.ts'
import { functionNamed } from './functions.ts'
import { jsonValue, literalSql, type Lowering, refuseParameter, toType, type Value } from './lowering.ts'
import { escapes } from './operators.ts'
import { literalType, meetingType } from './scalar.ts'

/** The value a node has in SQL. */
export function lower(expression: Expression, lowering: Lowering): Value {
  switch (expression.kind) {
    case 'number': {
      const type = literalType(expression) === 'integer' ? 'integer' : 'decimal'
      return { sql: literalSql(expression.digits, type), type, number: Number(expression.digits) }
    }
    case 'text':
      return { sql: literalSql(expression.value, 'text'), type: 'text', text: expression.value }
    case 'template':
      return lowerTemplate(expression, lowering)
    case 'boolean':
      return { sql: expression.value ? 'TRUE' : 'FALSE', type: 'boolean' }
    case 'null':
      return { sql: 'NULL', type: 'null' }
    case 'date':
    case 'timestamp':
      return { sql: literalSql(expression.value, expression.kind), type: expression.kind }
    case 'interval':
      return { sql: `INTERVAL '${expression.value}'`, type: 'interval' }
    case 'column': {
      const value = lowering.column(expression.name)
      return lowering.hoist === null ? value : { ...value, sql: lowering.hoist(value.sql) }
    }
    case 'parameter':
      return jsonValue(lowering.parameter(expression.path), expression.path)
    case 'unary':
      if (expression.operator === 'NOT') return { sql: `(NOT ${condition(expression.operand, lowering)})`, type: 'boolean' }
      return lowerArithmetic(expression, lowering, lower)
    case 'arithmetic':
      return lowerArithmetic(expression, lowering, lower)
    case 'chain':
      return lowerChain(expression, lowering)
    case 'comparison':
    case 'is_distinct':
      return lowerComparison(expression, lowering)
    case 'is_null':
      return {
        sql: `(${finished(lower(expression.operand, lowering), lowering).sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`,
        type: 'boolean',
      }
    case 'in':
      return lowerIn(expression, lowering)
    case 'between':
      return lowerBetween(expression, lowering)
    case 'like':
      return lowerLike(expression, lowering)
    case 'case':
      return lowerCase(expression, lowering)
    case 'cast':
      return { sql: toType(lower(expression.operand, lowering), expression.type, lowering), type: expression.type }
    case 'call': {
      const called = functionNamed(expression.name)
      if (called === undefined) throw new Error(`the parser lets no unknown function through: ${expression.name}`)
      return lowerArguments(
        called,
        expression.arguments.map((argument) => lower(argument, lowering)),
        lowering,
        (call) => called.sql(call),
      )
    }
    case 'aggregate':
      return lowerAggregate(expression, lowering)
  }
}

const condition = (expression: Expression, lowering: Lowering) => toType(lower(expression, lowering), 'boolean', lowering)

/** Values of which one is the result, brought to their common type; text, which every value can become, where there is none. */
function alternatives(values: readonly Value[], lowering: Lowering): { readonly sqls: readonly string[]; readonly type: ColumnType } {
  const common = meetingType(values)
  const type = common === 'mixed' || common === 'null' || common === 'unknown' || common === 'interval' ? 'text' : common
  return { sqls: values.map((value) => toType(value, type, lowering)), type }
}

/** Values that are compared, brought to their common type. */
function together(values: readonly Value[], lowering: Lowering): readonly string[] {
  const common = meetingType(values)
  // numbers win over text from the data, which is then read as numbers as far as it goes
  const type = common === 'mixed' ? mixedType(values) : common === 'null' || common === 'unknown' || common === 'interval' ? 'text' : common
  return values.map((value) => toType(value, type, lowering))
}

function mixedType(values: readonly Value[]): ColumnType {
  const others = values.filter(({ type }) => type !== 'text')
  const rest = meetingType(others)
  // a text may hold a fraction where the others are whole
  if (rest === 'integer') return others.length < values.length ? 'decimal' : rest
  return rest === 'mixed' || rest === 'null' || rest === 'unknown' || rest === 'interval' ? 'text' : rest
}

function lowerTemplate(template: Template, lowering: Lowering): Value {
  const parts = template.parts.map((part) => {
    if (!('path' in part)) return part.text
    const value = lowering.parameter(part.path)
    if (value !== null && typeof value === 'object') return refuseParameter(part.path, value, 'a single value')
    return value === null ? null : String(value)
  })
  if (parts.includes(null)) return { sql: 'NULL', type: 'null' }
  const path = template.parts.flatMap((part) => ('path' in part ? [part.path] : []))[0]
  return jsonValue(parts.join(''), path ?? '')
}

/** Halves of halves, for a long row of operators would nest deeper than a database allows. */
function balanced(operands: readonly string[], operator: string): string {
  if (operands.length <= 2) return operands.length === 1 ? `${operands[0]}` : `(${operands.join(` ${operator} `)})`
  const middle = operands.length >> 1
  return `(${balanced(operands.slice(0, middle), operator)} ${operator} ${balanced(operands.slice(middle), operator)})`
}

function lowerChain({ operator, operands }: Chain, lowering: Lowering): Value {
  const type = operator === '||' ? 'text' : 'boolean'
  const sql = balanced(
    operands.map((operand) => toType(lower(operand, lowering), type, lowering)),
    operator,
  )
  // DuckDB forgets the type of a || in which a NULL stands
  return { sql: operator === '||' ? `CAST(${sql} AS VARCHAR)` : sql, type }
}

function lowerComparison(expression: Comparison | IsDistinct, lowering: Lowering): Value {
  const [left, right] = together([lower(expression.left, lowering), lower(expression.right, lowering)], lowering)
  const operator = expression.kind === 'comparison' ? expression.operator : `IS ${expression.negated ? 'NOT ' : ''}DISTINCT FROM`
  return { sql: `(${left} ${operator} ${right})`, type: 'boolean' }
}

/** Lists of constants longer than this are searched as a list; DuckDB would make a join of a long IN, and carry every column through it. */
const MOST_COMPARISONS = 16

function lowerIn({ operand, items, negated }: In, lowering: Lowering): Value {
  const values = items.flatMap((item) => {
    const list = item.kind === 'parameter' ? lowering.parameter(item.path) : undefined
    return item.kind === 'parameter' && Array.isArray(list)
      ? list.map((element: Json) => jsonValue(element, item.path))
      : [lower(item, lowering)]
  })
  const [value, ...sqls] = together([lower(operand, lowering), ...values], lowering)
  if (value === undefined || sqls.length === 0) return { sql: negated ? 'TRUE' : 'FALSE', type: 'boolean' }
  const constant = items.every((item) => ['number', 'text', 'template', 'parameter', 'boolean', 'date', 'timestamp'].includes(item.kind))
  const found = lowering.once(value, (one) => {
    if (!constant || sqls.length <= MOST_COMPARISONS)
      return balanced(
        sqls.map((sql) => `${one} = ${sql}`),
        'OR',
      )
    const present = sqls.filter((_sql, position) => values[position]?.type !== 'null')
    const contains = `list_contains([${present.join(', ')}], ${one})`
    return present.length === sqls.length ? `CASE WHEN ${one} IS NOT NULL THEN ${contains} END` : `CASE WHEN ${contains} THEN TRUE END`
  })
  return { sql: negated ? `(NOT ${found})` : `(${found})`, type: 'boolean' }
}

/** As two comparisons of a value bound once: DuckDB copies the value of its own BETWEEN, again and again when they are nested. */
function lowerBetween({ operand, low, high, negated }: Between, lowering: Lowering): Value {
  const [value = '', from, to] = together(
    [operand, low, high].map((part) => lower(part, lowering)),
    lowering,
  )
  return { sql: lowering.once(value, (one) => `(${negated ? 'NOT ' : ''}(${one} >= ${from} AND ${one} <= ${to}))`), type: 'boolean' }
}

function lowerLike(expression: Like, lowering: Lowering): Value {
  const pattern = lower(expression.pattern, lowering)
  const { escape: character } = expression
  if (character !== null && (pattern.text === undefined || !escapes(pattern.text, character))) {
    if (pattern.path === undefined) return { sql: 'CAST(NULL AS BOOLEAN)', type: 'boolean' }
    refuseParameter(pattern.path, pattern.text, `a pattern in which ${character} comes before %, _ or itself`)
  }
  const operator = `${expression.negated ? 'NOT ' : ''}${expression.insensitive ? 'ILIKE' : 'LIKE'}`
  const end = character === null ? '' : ` ESCAPE ${literalSql(character, 'text')}`
  return {
    sql: `(${toType(lower(expression.operand, lowering), 'text', lowering)} ${operator} ${toType(pattern, 'text', lowering)}${end})`,
    type: 'boolean',
  }
}

function lowerCase({ operand, branches, otherwise }: Case, lowering: Lowering): Value {
  const results = alternatives(
    [...branches.map(({ value }) => lower(value, lowering)), ...(otherwise === null ? [] : [lower(otherwise, lowering)])],
    lowering,
  )
  const last = otherwise === null ? '' : ` ELSE ${results.sqls.at(-1)}`
  const made = (conditions: readonly string[]) =>
    `CASE${conditions.map((when, position) => ` WHEN ${when} THEN ${results.sqls[position]}`).join('')}${last} END`
  if (operand === null) return { sql: made(branches.map(({ when }) => condition(when, lowering))), type: results.type }
  const [value = '', ...compared] = together(
    [operand, ...branches.map(({ when }) => when)].map((part) => lower(part, lowering)),
    lowering,
  )
  return { sql: lowering.once(value, (one) => made(compared.map((other) => `${one} = ${other}`))), type: results.type }
}

function lowerAggregate(expression: Aggregate, lowering: Lowering): Value {
  const called = aggregateNamed(expression.name)
  if (called === undefined) throw new Error(`the parser lets no unknown aggregate through: ${expression.name}`)
  const inner: Lowering = { ...lowering, hoist: null }
  const filter = expression.filter === null ? undefined : condition(expression.filter, inner)
  const over = lowering.decorate(expression, filter, called)
  const value = lowerArguments(
    called,
    expression.arguments.map((argument) => lower(argument, inner)),
    inner,
    (call) => called.sql(call, over),
  )
  return lowering.hoist === null ? value : { ...value, sql: lowering.hoist(value.sql) }
}

/** A value as one a column can have: NULL and intervals are text. */
export function finished(value: Value, lowering: Lowering): { sql: string; type: ColumnType } {
  const type = value.type === 'null' || value.type === 'interval' ? 'text' : value.type
  return { sql: converted(value.sql, value.type, type, lowering.once), type }
}
