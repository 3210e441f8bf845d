/** Checks whether an expression fits its columns: whether they exist and the types match. */
import type { ColumnType } from '#relational/types/types.ts'
import { aggregateNamed } from './aggregates.ts'
import { type Aggregate, type Arithmetic, type Call, type Chain, children, type Expression } from './ast.ts'
import { parameterAt } from './calls.ts'
import { columnsNamed } from './columns.ts'
import { type ExpressionProblem, problem, quotedList, nearest } from './problem.ts'
import {
  checkArgument,
  assertCondition,
  assertNumber,
  assertText,
  assertTexts,
  intervalProblem,
  type Meeting,
  meet,
  nameOf,
  type Report,
  formatExpression,
} from './fit.ts'
import { adapted, literalDecimal } from './exact.ts'
import type { FunctionParameter } from './function.ts'
import { functionNamed } from './functions.ts'
import { hasWholeDays } from './moments.ts'
import { print } from './print.ts'
import { literalType } from './scalar.ts'
import { arithmeticType, isMoment, isNumber, type ValueType } from './types.ts'

/** Columns by their names in the data. `unknown` is a column whose type is not known yet: it is valid everywhere. */
export type ColumnTypes = ReadonlyMap<string, ColumnType | 'unknown'>

export interface CheckOptions {
  /** The expression must be a condition: boolean. */
  readonly condition?: boolean
  /** For an expression over groups: the grouping columns, the only ones allowed outside an aggregate. */
  readonly grouped?: readonly string[]
  /** The types of parameters whose values are known; the others are valid everywhere. */
  readonly parameters?: ReadonlyMap<string, ValueType>
}

/** The problems of an expression over these columns, in source order; empty if it is valid. */
export function check(expression: Expression, columns: ColumnTypes, options: CheckOptions = {}): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = []
  const scope: Scope = { columns, parameters: options.parameters ?? new Map(), report: (found) => problems.push(found) }
  const type = infer(expression, scope)
  if (options.condition === true) assertCondition({ expression, type }, scope.report)
  else if (type === 'interval')
    scope.report(
      problem(
        expression,
        'An interval cannot be the value of a column.',
        'Add it to a date or timestamp, or take a number from date_diff.',
      ),
    )
  if (options.grouped !== undefined) reportUngrouped(expression, options.grouped, scope)
  return problems.sort((one, other) => one.offset - other.offset)
}

/**
 * The type of an expression over these columns; `unknown` if it depends on a parameter without a value or a column of unknown type. If
 * types do not match, it is the type that the SQL produces.
 */
export function typeOf(expression: Expression, columns: ColumnTypes): ColumnType | 'unknown' {
  const type = infer(expression, { columns, parameters: new Map(), report: () => {} })
  return type === 'null' || type === 'interval' ? 'text' : type
}

interface Scope {
  readonly columns: ColumnTypes
  readonly parameters: ReadonlyMap<string, ValueType>
  readonly report: Report
}

function infer(expression: Expression, scope: Scope): ValueType {
  switch (expression.kind) {
    case 'number':
    case 'text':
    case 'boolean':
    case 'null':
    case 'date':
    case 'timestamp':
    case 'interval':
      return literalType(expression)
    case 'template':
      return 'text'
    case 'parameter':
      return scope.parameters.get(expression.path) ?? 'unknown'
    case 'column':
      return columnType(expression, scope)
    case 'unary':
      return inferUnary(expression, scope)
    case 'arithmetic':
      return inferArithmetic(expression, scope)
    case 'chain':
      return inferChain(expression, scope)
    case 'is_null':
      infer(expression.operand, scope)
      return 'boolean'
    case 'like':
      for (const operand of [expression.operand, expression.pattern])
        assertText({ expression: operand, type: infer(operand, scope) }, scope.report)
      return 'boolean'
    case 'comparison':
    case 'is_distinct':
    case 'in':
    case 'between':
      inferTogether(children(expression), 'compared', scope)
      return 'boolean'
    case 'case':
      return inferCase(expression, scope)
    case 'cast': {
      const from = infer(expression.operand, scope)
      const impossible =
        (isMoment(from) && (isNumber(expression.type) || expression.type === 'boolean')) ||
        (isMoment(expression.type) && (isNumber(from) || from === 'boolean'))
      if (impossible)
        scope.report(
          problem(
            expression,
            `${formatExpression(expression.operand)} is ${nameOf(from)} and cannot be cast to ${expression.type}.`,
            'Use year, month, epoch … to get numbers from moments, make_date or from_epoch for moments from numbers.',
          ),
        )
      if (from === 'interval') scope.report(intervalProblem(expression.operand))
      return expression.type
    }
    case 'call':
      return inferCall(expression, scope)
    case 'aggregate':
      return inferAggregate(expression, scope)
  }
}

function columnType(expression: Extract<Expression, { kind: 'column' }>, { columns, report }: Scope): ValueType {
  const [found, ...others] = columnsNamed(expression.name, columns)
  if (others.length > 0) {
    report(
      problem(
        expression,
        `${expression.name} is ambiguous: ${[found, ...others].join(' or ')}.`,
        'Write the name exactly as one of these columns.',
      ),
    )
    return 'unknown'
  }
  if (found !== undefined) return columns.get(found) ?? 'unknown'
  const close = nearest(expression.name, columns.keys())
  const have = columns.size === 0 ? 'There are no columns.' : `The columns are ${quotedList([...columns.keys()])}.`
  // only a quoted name is longer in the source than the name itself
  const asText =
    expression.length > expression.name.length ? `Write text in single quotes: '${expression.name.replaceAll("'", "''")}'. ` : ''
  report(
    problem(
      expression,
      `There is no column ${expression.name}.`,
      close === undefined ? `${asText}${have}` : `Did you mean ${close}? ${asText}${have}`,
    ),
  )
  return 'unknown'
}

function inferChain(expression: Chain, scope: Scope): ValueType {
  const typed = expression.operands.map((operand) => ({ expression: operand, type: infer(operand, scope) }))
  if (expression.operator === '||') assertTexts(typed, expression, scope.report)
  else for (const each of typed) assertCondition(each, scope.report)
  return expression.operator === '||' ? 'text' : 'boolean'
}

function inferUnary(expression: Extract<Expression, { kind: 'unary' }>, scope: Scope): ValueType {
  const { operator, operand } = expression
  if (operator === '-' && operand.kind === 'number') return literalType(operand, true)
  const type = infer(operand, scope)
  if (operator === 'NOT') {
    assertCondition({ expression: operand, type }, scope.report)
    return 'boolean'
  }
  assertNumber({ expression: operand, type }, scope.report)
  return type === 'null' ? 'integer' : isNumber(type) || type === 'unknown' ? type : 'float'
}

function inferArithmetic(expression: Arithmetic, scope: Scope): ValueType {
  const { operator, left, right } = expression
  const sides = adapted([left, right].map((side) => ({ type: infer(side, scope), exact: literalDecimal(side) })))
  const [one = 'null', other = 'null'] = sides.map((side): ValueType => side.type)
  const days = [left, right].every((side) => side.kind !== 'interval' || hasWholeDays(side.value))
  const type = arithmeticType(operator, one, other, days)
  if (type !== undefined) return type
  if (isMoment(one) || isMoment(other) || one === 'interval' || other === 'interval') {
    scope.report(
      problem(
        expression,
        `${formatExpression(left)} (${nameOf(one)}) ${operator} ${formatExpression(right)} (${nameOf(other)}) has no meaning.`,
        "Write date_diff('day', start, end) for the time between two moments, moment + INTERVAL '3 days' to move one.",
      ),
    )
  } else {
    assertNumber({ expression: left, type: one }, scope.report)
    assertNumber({ expression: right, type: other }, scope.report)
  }
  return isMoment(one) ? one : 'float'
}

/** Values that are compared with each other, or alternatives of one result. */
const inferTogether = (expressions: readonly Expression[], how: Meeting, scope: Scope): ValueType =>
  meet(
    expressions.map((expression) => ({ expression, type: infer(expression, scope) })),
    how,
    scope.report,
  )

function inferCase(expression: Extract<Expression, { kind: 'case' }>, scope: Scope): ValueType {
  const { operand, branches, otherwise } = expression
  if (operand === null) for (const { when } of branches) assertCondition({ expression: when, type: infer(when, scope) }, scope.report)
  else inferTogether([operand, ...branches.map(({ when }) => when)], 'compared', scope)
  return inferTogether([...branches.map(({ value }) => value), ...(otherwise === null ? [] : [otherwise])], 'alternatives', scope)
}

function inferCall(expression: Call, scope: Scope): ValueType {
  const called = functionNamed(expression.name)
  if (called === undefined) throw new Error(`the parser lets no unknown function through: ${expression.name}`)
  const types = inferArguments(expression.arguments, called.parameters, scope)
  const texts = expression.arguments.map((argument) => (argument.kind === 'text' ? argument.value.toLowerCase() : undefined))
  return typeof called.result === 'function' ? called.result(types, texts, expression.arguments.map(knownNumber)) : called.result
}

const knownNumber = (argument: Expression) => (argument.kind === 'number' ? Number(argument.digits) : undefined)

function inferAggregate(expression: Aggregate, scope: Scope): ValueType {
  const called = aggregateNamed(expression.name)
  if (called === undefined) throw new Error(`the parser lets no unknown aggregate through: ${expression.name}`)
  if (expression.filter !== null) assertCondition({ expression: expression.filter, type: infer(expression.filter, scope) }, scope.report)
  const types = inferArguments(expression.arguments, called.parameters, scope)
  return typeof called.result === 'function' ? called.result(types) : called.result
}

/** The types of arguments, with those of kind `same` already unified. */
function inferArguments(args: readonly Expression[], parameters: readonly FunctionParameter[], scope: Scope): readonly ValueType[] {
  const same = args.filter((_argument, position) => parameterAt(parameters, position)?.kind === 'same')
  const common = same.length === 0 ? undefined : inferTogether(same, 'alternatives', scope)
  return args.map((argument, position) => {
    const parameter = parameterAt(parameters, position)
    if (parameter?.kind === 'same' && common !== undefined) return common
    const type = infer(argument, scope)
    if (parameter !== undefined) checkArgument({ expression: argument, type }, parameter, scope.report)
    return type
  })
}

function reportUngrouped(expression: Expression, grouped: readonly string[], scope: Scope): void {
  if (expression.kind === 'aggregate') return
  if (expression.kind === 'column' && columnsNamed(expression.name, new Set(grouped)).length !== 1) {
    scope.report(
      problem(
        expression,
        `${expression.name} has different values within a group.`,
        `Put it into an aggregate, such as max(${print(expression)}), or group by it.`,
      ),
    )
  }
  for (const child of children(expression)) reportUngrouped(child, grouped, scope)
}
