/** Resolves calls: finds the function, counts the arguments, and checks those that must be constant. */
import { aggregateNamed, type AggregateFunction, AGGREGATE_NAMES } from './aggregates.ts'
import type { Expression, Span } from './ast.ts'
import { constantProblem, constantOf, isConstantKind, mustBeLiteral } from './constants.ts'
import { type ExpressionProblem, problem, nearest } from './problem.ts'
import type { FunctionParameter, RowFunction } from './function.ts'
import { FUNCTION_NAMES, functionNamed } from './functions.ts'
import { foreignFunction } from './slips.ts'
import { entryOf } from '#core/text/record.ts'

export interface CallRules {
  readonly aggregates: boolean
  readonly windows: boolean
}

/** The function that a name refers to, or the problem if there is none that can be used here. */
export function calledFunction(
  name: string,
  span: Span,
  rules: CallRules,
): { scalar: RowFunction } | { aggregate: AggregateFunction } | { problem: ExpressionProblem } {
  const scalar = functionNamed(name)
  if (scalar !== undefined) return { scalar }
  const aggregate = aggregateNamed(name)
  if (aggregate === undefined) return { problem: unknownFunction(name, span, rules) }
  if (rules.windows || (rules.aggregates && aggregate.group)) return { aggregate }
  return {
    problem: rules.aggregates
      ? problem(span, `${aggregate.name} needs a window.`, 'It is available in the window operation.')
      : outsideGroup(aggregate.name, span),
  }
}

function outsideGroup(name: string, span: Span): ExpressionProblem {
  const within: Readonly<Record<string, string>> = {
    min: 'least(a, b)',
    max: 'greatest(a, b)',
    sum: 'a + b',
    avg: '(a + b) / 2',
    count: 'length(text)',
    string_agg: 'concat_ws(separator, a, b)',
  }
  const inRow = entryOf(within, name)
  const hint = `It is available in an aggregate or window operation${inRow === undefined ? '' : `; within one row use ${inRow}`}.`
  return problem(span, `${name} is computed over several rows, but this expression sees only one row.`, hint)
}

function unknownFunction(name: string, span: Span, rules: CallRules): ExpressionProblem {
  const foreign = foreignFunction(name)
  if (foreign !== undefined) return problem(span, foreign.what, foreign.hint)
  const close = nearest(name, rules.aggregates || rules.windows ? [...FUNCTION_NAMES, ...AGGREGATE_NAMES] : FUNCTION_NAMES)
  return problem(
    span,
    `There is no function ${name}.`,
    close === undefined ? 'See the expression reference for all functions.' : `Did you mean ${close}?`,
  )
}

/** `lpad(text, length[, filling])`, as shown in docs and hints. */
export function signature({ name, parameters }: { readonly name: string; readonly parameters: readonly FunctionParameter[] }): string {
  const described = parameters.map((parameter, position) => {
    const word = `${position === 0 ? '' : ', '}${parameter.name}${parameter.variadic === true ? ', …' : ''}`
    return parameter.optional === true ? `[${word}]` : word
  })
  return `${name}(${described.join('')})`
}

/** The parameter for an argument. */
export function parameterAt(parameters: readonly FunctionParameter[], position: number): FunctionParameter | undefined {
  const last = parameters.at(-1)
  return parameters[position] ?? (last?.variadic === true ? last : undefined)
}

/** Problems of the arguments that can be found without the data. `text` is the text of the expression, for positions within literals. */
export function argumentProblems(
  called: RowFunction | AggregateFunction,
  args: readonly Expression[],
  span: Span,
  text: string,
): readonly ExpressionProblem[] {
  const least = called.parameters.filter(({ optional }) => optional !== true).length
  const most = called.parameters.at(-1)?.variadic === true ? Number.POSITIVE_INFINITY : called.parameters.length
  if (args.length < least || args.length > most) {
    const wanted = most === least ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
    return [
      problem(
        span,
        `${called.name} takes ${wanted} argument${wanted === '1' || wanted === 'at least 1' ? '' : 's'}, not ${args.length}.`,
        `Write ${signature(called)}.`,
      ),
    ]
  }
  return args.flatMap((argument, position) => {
    const parameter = parameterAt(called.parameters, position)
    const found = parameter === undefined ? undefined : argumentProblem(called.name, parameter, argument, text)
    return found === undefined ? [] : [found]
  })
}

function argumentProblem(name: string, parameter: FunctionParameter, argument: Expression, text: string): ExpressionProblem | undefined {
  if (!isConstantKind(parameter) && parameter.kind !== 'pattern') return undefined
  const constant = constantOf(argument)
  if (constant === undefined || ('later' in constant && mustBeLiteral(parameter))) {
    if (parameter.kind === 'pattern') return undefined
    const role = `The ${parameter.name} of ${name}`
    const given =
      parameter.choices === undefined
        ? 'Write it as a literal, or take it from a {{ parameter }}.'
        : `Write it as a literal, one of ${parameter.choices.join(', ')}.`
    return problem(argument, `${role} must be known before the data is read.`, given)
  }
  if ('later' in constant) return undefined
  const wrong = constantProblem(name, parameter, constant.value)
  if (wrong === undefined) return undefined
  const span = wrong.at === undefined || argument.kind !== 'text' ? argument : inside(argument, text, wrong.at, wrong.length ?? 0)
  return problem(span, wrong.what, wrong.hint)
}

/** The position of a part of a text literal's value, taking doubled quotes into account. */
function inside({ offset, length }: Span, text: string, at: number, size: number): Span {
  const raw = text.slice(offset + 1, offset + length - 1)
  const offsets: number[] = []
  for (let index = 0; index < raw.length; index += raw.charAt(index) === "'" ? 2 : 1) offsets.push(index)
  const start = offsets[at] ?? raw.length
  const end = offsets[at + size] ?? raw.length
  return { offset: offset + 1 + start, length: end - start }
}
