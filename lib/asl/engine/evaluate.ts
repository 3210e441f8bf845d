/** Evaluates the fields of a state: templates that contain expressions, and fields of a fixed type. */
import type { State } from '#asl/machine/asl.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import { StateFailure } from './failure.ts'
import type { Frame, Outcome } from './frame.ts'
import { withinPayload } from './limits.ts'
import type { Assigned } from './variables.ts'
import { record } from '#core/text/record.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** What `$states` holds beyond input and context, where available. */
export interface Extra {
  readonly result?: Json
  readonly errorOutput?: Json
  /** `$states.context.Map.Item`. */
  readonly item?: { readonly Index: number; readonly Value: Json }
}

/** Replaces the expressions of a template by their values. `location` names the field in a failure: `Arguments/Payload`. */
export async function evaluate(frame: Frame, template: Json, location: string, extra: Extra = {}): Promise<Json> {
  if (isConstant(template)) return template
  return fill(frame, template, location, { ...frame.variables.visible(), states: statesOf(frame, extra) })
}

/** Like `evaluate`, and the value must satisfy `is`; `type` is its name in a failure. */
export async function evaluateTo<T extends Json>(
  frame: Frame,
  field: Json,
  location: string,
  type: string,
  is: (value: Json) => value is T,
): Promise<T> {
  const value = await evaluate(frame, field, location)
  if (is(value)) return value
  throw unexpected(frame, String(expressionSource(field) ?? JSON.stringify(field)), location, type, value)
}

/** Like `evaluate`, for a whole number of at least `least`. */
export function evaluateWhole(frame: Frame, field: Json, location: string, least: number): Promise<number> {
  return evaluateTo(
    frame,
    field,
    location,
    'integer',
    (value): value is number => Number.isSafeInteger(value) && (value as number) >= least,
  )
}

/**
 * Leaves a state: evaluates Assign and Output, both against the variables before the assignment, then assigns. Without Output, `fallback`
 * is the output. `fields` is the state, choice rule or catcher, whose location is `prefix`.
 */
export async function settle(
  frame: Frame,
  fields: { readonly Assign?: JsonObject; readonly Output?: Json },
  fallback: Json,
  next: string | undefined,
  { prefix = '', extra = {} }: { prefix?: string; extra?: Extra } = {},
): Promise<Outcome> {
  const assigned = record<Assigned[string]>()
  for (const [name, template] of Object.entries(fields.Assign ?? {})) {
    const value = await evaluate(frame, template, `${prefix}Assign/${name}`, extra)
    assigned[name] = { value, text: JSON.stringify(value) }
  }
  const output = fields.Output === undefined ? fallback : await evaluate(frame, fields.Output, `${prefix}Output`, extra)
  const outputText = withinPayload(output, frame.name)
  frame.variables.assign(assigned)
  const texts = fields.Assign && Object.fromEntries(Object.entries(assigned).map(([name, { text }]) => [name, text]))
  return { output, outputText, assigned: texts, next }
}

/** The next state of a state that is not a Choice. */
export function nextOf(state: Exclude<State, { Type: 'Choice' }>): string | undefined {
  return 'Next' in state ? state.Next : undefined
}

/** A failure raised by the engine itself, with the prefix the service puts before every such cause. */
export function failureAt(frame: Frame, error: string, why: string, location?: string): StateFailure {
  return new StateFailure(
    error,
    `An error occurred while executing the state '${frame.name}' (entered at the event id #${frame.entry.id}). ${why}`,
    location,
  )
}

/** The failure of an expression whose value does not have the type of its field. */
export function unexpected(frame: Frame, source: string, location: string, type: string, value: Json): StateFailure {
  const why = `returned an unexpected result type. Expected '${type}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`
  return queryFailure(frame, source, location, why)
}

async function fill(frame: Frame, template: Json, location: string, bindings: { readonly [name: string]: unknown }): Promise<Json> {
  const source = expressionSource(template)
  if (source !== undefined) return valueOfExpression(frame, source, location, bindings)
  if (isConstant(template)) return template
  if (isList(template)) {
    const items: Json[] = []
    for (const [position, one] of template.entries()) items.push(await fill(frame, one, `${location}[${position}]`, bindings))
    return items
  }
  const entries: [string, Json][] = []
  for (const [key, inner] of Object.entries(template as JsonObject))
    entries.push([key, await fill(frame, inner, `${location}/${key}`, bindings)])
  return Object.fromEntries(entries)
}

async function valueOfExpression(
  frame: Frame,
  source: string,
  location: string,
  bindings: { readonly [name: string]: unknown },
): Promise<Json> {
  const result = await frame.run.evaluator.evaluate(source, bindings, frame.signal)
  switch (result.kind) {
    case 'value':
      return result.value
    case 'nothing':
      throw queryFailure(frame, source, location, 'returned nothing (undefined).')
    case 'unsupported':
      throw queryFailure(frame, source, location, 'returned an unsupported result type: a function, which JSON cannot hold.')
    case 'error':
      throw queryFailure(frame, source, location, `threw an error during evaluation. ${result.message}`)
  }
}

function queryFailure(frame: Frame, source: string, location: string, why: string): StateFailure {
  return failureAt(
    frame,
    'States.QueryEvaluationError',
    `The JSONata expression '${source}' specified for the field '${location}' ${why}`,
    location,
  )
}

function statesOf(frame: Frame, { item, ...extra }: Extra): unknown {
  const { run, state, name, entry, retries } = frame
  const retried = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map'
  const context = {
    Execution: run.execution,
    StateMachine: run.stateMachine,
    State: { EnteredTime: entry.time, Name: name, ...(retried && { RetryCount: retries }) },
    ...(item && { Map: { Item: item } }),
  }
  return { input: frame.input, context, ...extra }
}

function isConstant(template: Json): boolean {
  if (typeof template === 'string') return expressionSource(template) === undefined
  if (isList(template)) return template.every(isConstant)
  return typeof template !== 'object' || template === null || Object.values(template).every(isConstant)
}

/** Array.isArray for readonly lists. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  return isList(value) ? 'array' : typeof value
}
