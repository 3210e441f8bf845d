/** Parses calls: arguments, DISTINCT, FILTER. */
import { type AggregateFunction, aggregateNamed } from './aggregates.ts'
import type { Aggregate, Call, Expression } from './ast.ts'
import { argumentProblems, calledFunction } from './calls.ts'
import { problem, fail } from './problem.ts'
import { close, deeper, isSymbol, isWord, made, peek, type Reading, since, take, tookSymbol, tookWord } from './token-reader.ts'
import type { Token } from './tokens.ts'

/** Parses a call after its name was read. */
export function readCall(reading: Reading, name: Token): Expression {
  const called = calledFunction(name.value, name, reading.rules)
  const open = take(reading)
  const enclosing = reading.aggregate
  if ('aggregate' in called) {
    if (enclosing !== undefined)
      fail(name, `${called.aggregate.name} is not allowed inside ${enclosing}.`, 'Compute the inner one in an earlier step.')
    reading.aggregate = called.aggregate.name
  }
  if ('problem' in called) reading.problems.push(called.problem)
  const { star, distinct, args } = deeper(reading, open, () => readArguments(reading, open, aggregateNamed(name.value) !== undefined))
  reading.aggregate = enclosing
  if ('aggregate' in called) return readAggregate(reading, name, called.aggregate, { star, distinct, args })
  if (isWord(peek(reading), 'filter') && isSymbol(peek(reading, 1), '('))
    fail(
      peek(reading),
      `${name.value} does not support FILTER.`,
      'FILTER is for aggregates; within a row write CASE WHEN condition THEN value END.',
    )
  const span = since(reading, name)
  if ('problem' in called) return made(reading, { kind: 'null', ...span })
  const problems = argumentProblems(called.scalar, args, span, reading.text)
  reading.problems.push(...problems)
  return made<Call>(reading, { kind: 'call', name: called.scalar.name, arguments: args, ...span })
}

interface Arguments {
  readonly star: Token | undefined
  readonly distinct: Token | undefined
  readonly args: readonly Expression[]
}

function readArguments(reading: Reading, open: Token, aggregate: boolean): Arguments {
  const star = aggregate && isSymbol(peek(reading, 1), ')') ? tookSymbol(reading, '*') : undefined
  const distinct = isWord(peek(reading), 'distinct') && !isSymbol(peek(reading, 1), ')', ',') ? take(reading) : undefined
  if (distinct !== undefined && !aggregate) fail(distinct, 'DISTINCT is not allowed here.', 'It is for count: count(DISTINCT x).')
  const args: Expression[] = []
  if (star === undefined && !isSymbol(peek(reading), ')')) {
    do args.push(reading.expression(reading))
    while (tookSymbol(reading, ',') !== undefined)
  }
  close(reading, open)
  return { star, distinct, args }
}

function readAggregate(reading: Reading, name: Token, called: AggregateFunction, { star, distinct, args }: Arguments): Expression {
  const count = called.name === 'count'
  if (star !== undefined && !count) fail(star, `${called.name}(*) is not allowed.`, `Write ${called.name}(column).`)
  if (distinct !== undefined && !(count && args.length === 1))
    fail(distinct, 'DISTINCT is only for count with one value.', 'Write count(DISTINCT x).')
  if (count && star === undefined && args.length === 0)
    reading.problems.push(problem(since(reading, name), 'count() needs an argument.', 'Write count(*) for rows, count(x) for values.'))
  let filter: Expression | null = null
  if (isWord(peek(reading), 'filter') && isSymbol(peek(reading, 1), '(')) filter = readFilter(reading, called.name)
  const span = since(reading, name)
  reading.problems.push(...argumentProblems(called, args, span, reading.text))
  if (filter !== null && !called.group) fail(span, `${called.name} does not support FILTER.`, 'FILTER is for aggregates.')
  // DuckDB runs these two as first_value and last_value, which do not support FILTER
  if (filter !== null && reading.rules.windows && (called.name === 'first' || called.name === 'last')) {
    fail(
      span,
      `${called.name} does not support FILTER over a window.`,
      'Write any_value, min or max, or put the condition into the value: CASE WHEN … THEN … END.',
    )
  }
  return made<Aggregate>(reading, {
    kind: 'aggregate',
    over: reading.rules.windows ? 'window' : 'group',
    name: called.name,
    distinct: distinct !== undefined,
    arguments: args,
    filter,
    ...span,
  })
}

function readFilter(reading: Reading, name: string): Expression {
  take(reading)
  const open = take(reading)
  const enclosing = reading.aggregate
  reading.aggregate = `the FILTER of ${name}`
  const condition = deeper(reading, open, () => {
    if (tookWord(reading, 'where') === undefined)
      fail(peek(reading), 'WHERE is missing here.', `Write ${name}(…) FILTER (WHERE condition).`)
    const inner = reading.expression(reading)
    close(reading, open)
    return inner
  })
  reading.aggregate = enclosing
  return condition
}
