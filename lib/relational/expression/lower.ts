/** Generates SQL for each kind of node. */
import type { Json } from '#core/json.ts'
import { type ColumnType, isDecimal } from '#relational/types/types.ts'
import { aggregateNamed } from './aggregates.ts'
import { lowerArguments } from './arguments.ts'
import { lowerArithmetic } from './arithmetic.ts'
import type { Aggregate, Between, Case, Chain, Comparison, Expression, In, IsDistinct, Like, Template } from './ast.ts'
import { converted, failParameter, jsonValue, literalSql, type SqlContext, toType, type Value } from './sql-context.ts'
import { decimalOf } from './exact.ts'
import { functionNamed } from './functions.ts'
import { escapes } from './operators.ts'
import { literalType, meetingType } from './scalar.ts'

/** The SQL value of a node. */
export function lower(expression: Expression, context: SqlContext): Value {
  switch (expression.kind) {
    case 'number': {
      const type = literalType(expression) === 'integer' ? 'integer' : 'float'
      const { digits } = expression
      return {
        sql: literalSql(digits, type),
        type,
        number: Number(digits),
        digits,
        ...(type === 'float' ? { exact: decimalOf(digits) } : {}),
      }
    }
    case 'text':
      return { sql: literalSql(expression.value, 'text'), type: 'text', text: expression.value }
    case 'template':
      return lowerTemplate(expression, context)
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
      const value = context.column(expression.name)
      return context.hoist === null ? value : { ...value, sql: context.hoist(value.sql) }
    }
    case 'parameter':
      return jsonValue(context.parameter(expression.path), expression.path)
    case 'unary':
      if (expression.operator === 'NOT') return { sql: `(NOT ${condition(expression.operand, context)})`, type: 'boolean' }
      return lowerArithmetic(expression, context, lower)
    case 'arithmetic':
      return lowerArithmetic(expression, context, lower)
    case 'chain':
      return lowerChain(expression, context)
    case 'comparison':
    case 'is_distinct':
      return lowerComparison(expression, context)
    case 'is_null':
      return {
        sql: `(${finished(lower(expression.operand, context), context).sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`,
        type: 'boolean',
      }
    case 'in':
      return lowerIn(expression, context)
    case 'between':
      return lowerBetween(expression, context)
    case 'like':
      return lowerLike(expression, context)
    case 'case':
      return lowerCase(expression, context)
    case 'cast':
      return { sql: toType(lower(expression.operand, context), expression.type, context), type: expression.type }
    case 'call': {
      const called = functionNamed(expression.name)
      if (called === undefined) throw new Error(`the parser lets no unknown function through: ${expression.name}`)
      return lowerArguments(
        called,
        expression.arguments.map((argument) => lower(argument, context)),
        context,
        (call) => called.sql(call),
      )
    }
    case 'aggregate':
      return lowerAggregate(expression, context)
  }
}

const condition = (expression: Expression, context: SqlContext) => toType(lower(expression, context), 'boolean', context)

/** Converts the alternatives of a result to their common type, or to text if they have none. */
function alternatives(values: readonly Value[], context: SqlContext): { readonly sqls: readonly string[]; readonly type: ColumnType } {
  const common = meetingType(values)
  const type = common === 'mixed' || common === 'null' || common === 'unknown' || common === 'interval' ? 'text' : common
  return { sqls: values.map((value) => toType(value, type, context)), type }
}

/** Converts values to be compared to their common type. */
function commonType(values: readonly Value[], context: SqlContext): readonly string[] {
  const common = meetingType(values)
  // numbers win over text from the data, which is then parsed as numbers where possible
  const type = common === 'mixed' ? mixedType(values) : common === 'null' || common === 'unknown' || common === 'interval' ? 'text' : common
  return values.map((value) => toType(value, type, context))
}

function mixedType(values: readonly Value[]): ColumnType {
  const others = values.filter(({ type }) => type !== 'text')
  const rest = meetingType(others)
  // text may hold more digits than the other values
  if (rest === 'integer' || isDecimal(rest)) return others.length < values.length ? 'float' : rest
  return rest === 'mixed' || rest === 'null' || rest === 'unknown' || rest === 'interval' ? 'text' : rest
}

function lowerTemplate(template: Template, context: SqlContext): Value {
  const parts = template.parts.map((part) => {
    if (!('path' in part)) return part.text
    const value = context.parameter(part.path)
    if (value !== null && typeof value === 'object') return failParameter(part.path, value, 'a single value')
    return value === null ? null : String(value)
  })
  if (parts.includes(null)) return { sql: 'NULL', type: 'null' }
  const path = template.parts.flatMap((part) => ('path' in part ? [part.path] : []))[0]
  return jsonValue(parts.join(''), path ?? '')
}

/** Nests operands as a balanced tree, because a long chain of operators would exceed the depth limit of the database. */
function balanced(operands: readonly string[], operator: string): string {
  if (operands.length <= 2) return operands.length === 1 ? `${operands[0]}` : `(${operands.join(` ${operator} `)})`
  const middle = operands.length >> 1
  return `(${balanced(operands.slice(0, middle), operator)} ${operator} ${balanced(operands.slice(middle), operator)})`
}

function lowerChain({ operator, operands }: Chain, context: SqlContext): Value {
  const type = operator === '||' ? 'text' : 'boolean'
  const sql = balanced(
    operands.map((operand) => toType(lower(operand, context), type, context)),
    operator,
  )
  // DuckDB loses the type of a || that contains a NULL
  return { sql: operator === '||' ? `CAST(${sql} AS VARCHAR)` : sql, type }
}

function lowerComparison(expression: Comparison | IsDistinct, context: SqlContext): Value {
  const [left, right] = commonType([lower(expression.left, context), lower(expression.right, context)], context)
  const operator = expression.kind === 'comparison' ? expression.operator : `IS ${expression.negated ? 'NOT ' : ''}DISTINCT FROM`
  return { sql: `(${left} ${operator} ${right})`, type: 'boolean' }
}

/** Longer lists of constants are searched as a list; DuckDB would turn a long IN into a join that carries every column. */
const MAX_COMPARISONS = 16

function lowerIn({ operand, items, negated }: In, context: SqlContext): Value {
  const values = items.flatMap((item) => {
    const list = item.kind === 'parameter' ? context.parameter(item.path) : undefined
    return item.kind === 'parameter' && Array.isArray(list)
      ? list.map((element: Json) => jsonValue(element, item.path))
      : [lower(item, context)]
  })
  const [value, ...sqls] = commonType([lower(operand, context), ...values], context)
  if (value === undefined || sqls.length === 0) return { sql: negated ? 'TRUE' : 'FALSE', type: 'boolean' }
  const constant = items.every((item) => ['number', 'text', 'template', 'parameter', 'boolean', 'date', 'timestamp'].includes(item.kind))
  const found = context.once(value, (one) => {
    if (!constant || sqls.length <= MAX_COMPARISONS)
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

/** Two comparisons of a value that is bound once: DuckDB copies the value of its own BETWEEN, repeatedly when nested. */
function lowerBetween({ operand, low, high, negated }: Between, context: SqlContext): Value {
  const [value = '', from, to] = commonType(
    [operand, low, high].map((part) => lower(part, context)),
    context,
  )
  return { sql: context.once(value, (one) => `(${negated ? 'NOT ' : ''}(${one} >= ${from} AND ${one} <= ${to}))`), type: 'boolean' }
}

function lowerLike(expression: Like, context: SqlContext): Value {
  const pattern = lower(expression.pattern, context)
  const { escape: character } = expression
  if (character !== null && (pattern.text === undefined || !escapes(pattern.text, character))) {
    if (pattern.path === undefined) return { sql: 'CAST(NULL AS BOOLEAN)', type: 'boolean' }
    failParameter(pattern.path, pattern.text, `a pattern in which ${character} comes before %, _ or itself`)
  }
  const operator = `${expression.negated ? 'NOT ' : ''}${expression.insensitive ? 'ILIKE' : 'LIKE'}`
  const end = character === null ? '' : ` ESCAPE ${literalSql(character, 'text')}`
  return {
    sql: `(${toType(lower(expression.operand, context), 'text', context)} ${operator} ${toType(pattern, 'text', context)}${end})`,
    type: 'boolean',
  }
}

function lowerCase({ operand, branches, otherwise }: Case, context: SqlContext): Value {
  const results = alternatives(
    [...branches.map(({ value }) => lower(value, context)), ...(otherwise === null ? [] : [lower(otherwise, context)])],
    context,
  )
  const last = otherwise === null ? '' : ` ELSE ${results.sqls.at(-1)}`
  const made = (conditions: readonly string[]) =>
    `CASE${conditions.map((when, position) => ` WHEN ${when} THEN ${results.sqls[position]}`).join('')}${last} END`
  if (operand === null) return { sql: made(branches.map(({ when }) => condition(when, context))), type: results.type }
  const [value = '', ...compared] = commonType(
    [operand, ...branches.map(({ when }) => when)].map((part) => lower(part, context)),
    context,
  )
  return { sql: context.once(value, (one) => made(compared.map((other) => `${one} = ${other}`))), type: results.type }
}

function lowerAggregate(expression: Aggregate, context: SqlContext): Value {
  const called = aggregateNamed(expression.name)
  if (called === undefined) throw new Error(`the parser lets no unknown aggregate through: ${expression.name}`)
  const inner: SqlContext = { ...context, hoist: null }
  const filter = expression.filter === null ? undefined : condition(expression.filter, inner)
  const over = context.decorate(expression, filter, called)
  const value = lowerArguments(
    called,
    expression.arguments.map((argument) => lower(argument, inner)),
    inner,
    (call) => called.sql(call, over),
  )
  return context.hoist === null ? value : { ...value, sql: context.hoist(value.sql) }
}

/** Gives a value a column type: NULL and intervals become text. */
export function finished(value: Value, context: SqlContext): { sql: string; type: ColumnType } {
  const type = value.type === 'null' || value.type === 'interval' ? 'text' : value.type
  return { sql: converted(value.sql, value.type, type, context.once), type }
}
