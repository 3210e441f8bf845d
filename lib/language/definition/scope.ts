/** What a `{{ … }}` may name at its place, and what each name becomes in the machine. */
import type { Json, JsonObject } from '#core/json.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import type { InputDeclaration } from './definition.ts'
import { jsonataField } from '#asl/machine/literal.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

export interface Scope {
  /** The declared inputs; undefined for one whose declaration is not as it must be. */
  readonly inputs: ReadonlyMap<string, InputDeclaration | undefined>
  /** All steps by id, with their kinds where they are known. */
  readonly steps: ReadonlyMap<string, StepKind | undefined>
  /** Steps that are over before this place; undefined when that is not known for certain. */
  readonly before: ReadonlySet<string> | undefined
  /** Whether a name that is in neither of the two is a mistake; not so when parts of the file could not be read. */
  readonly complete: { readonly inputs: boolean; readonly steps: boolean }
  /** The name of the item, when this place is within a loop over items. */
  readonly item: string | undefined
  /** Why there is no item here, though the step has a loop. */
  readonly noItem?: { readonly name: string; readonly why: string }
  readonly pipeline: { readonly id: string; readonly name: string }
  readonly connections: ReadonlyMap<string, JsonObject | undefined>
}

export interface Resolved {
  /** JSONata that reads the value; it fails where `absent` says it may and nothing is done about it. */
  readonly read: string
  /** Whether there may be nothing to read, as when the step was skipped. */
  readonly absent: boolean
  /** The input it is, as a whole. */
  readonly input?: InputDeclaration
  /** Whether it is an input whose declaration is not as it must be, so that nothing is known of its type. */
  readonly untyped?: true
  /** The value, when it is known at build time. */
  readonly constant?: Json
}

interface ReferenceProblem extends ProblemText {
  readonly code: ProblemCode
}

/** `skip` when the name may be one that could not be read; its absence is no fault of this place. */
export type Resolution = { readonly ok: Resolved } | { readonly problem: ReferenceProblem } | { readonly skip: true }

const RUN_FIELDS = ['id', 'started_at', 'ds', 'ds_nodash', 'ts']
const SHORT = ['ds', 'ds_nodash', 'ts']
/** Names that mean something by themselves, so that no input, step or loop item may have them. */
export const RESERVED_NAMES: readonly string[] = [
  'inputs',
  'run',
  'pipeline',
  'states',
  'item',
  'config',
  'env',
  'secret',
  'context',
  ...SHORT,
]

const FORM = /^[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*$/

/** What the text between the brackets stands for. */
export function resolveReference(inner: string, scope: Scope): Resolution {
  if (!FORM.test(inner)) {
    const what = inner === '' ? 'the brackets `{{ }}` are empty' : `\`${inner}\` is not a name`
    return problem(
      'invalid-reference',
      what,
      'write a name such as `{{ inputs.x }}`; to calculate, write JSONata as the whole value: "{% … %}"',
    )
  }
  const [head = '', ...rest] = inner.split(/[.[\]]+/).filter((part) => part !== '')
  if (head === 'inputs') return rest.length === 0 ? { ok: { read: '$inputs', absent: false } } : inputNamed(rest, scope)
  if (head === 'run') return oneOf('run', rest, RUN_FIELDS, (field) => ({ read: `$run.${field}`, absent: false }))
  if (head === 'pipeline') {
    const value = (field: string) => scope.pipeline[field as 'id' | 'name']
    return oneOf('pipeline', rest, ['id', 'name'], (field) => ({ read: '', absent: false, constant: value(field) }))
  }
  if (head === scope.item || (head === 'item' && scope.item !== undefined))
    return rest.length === 0 ? { ok: { read: '$states.input.item', absent: false } } : read('$states.input.item', rest)
  if (scope.inputs.has(head)) return inputNamed([head, ...rest], scope)
  if (scope.steps.has(head)) return resultOf(head, rest, scope)
  if (SHORT.includes(head) && rest.length === 0) return { ok: { read: `$run.${head}`, absent: false } }
  return unknownName(head, rest, scope)
}

function inputNamed([name = '', ...rest]: readonly string[], scope: Scope): Resolution {
  if (!scope.inputs.has(name)) {
    if (!scope.complete.inputs) return { skip: true }
    const meant = nearest(name, [...scope.inputs.keys()])
    const hint =
      meant === undefined ? `declare \`${name}\` in \`inputs\`` : `did you mean \`${meant}\`? or declare \`${name}\` in \`inputs\``
    return problem('unknown-input', `there is no input \`${name}\``, hint)
  }
  const declared = scope.inputs.get(name)
  if (rest.length > 0 && declared !== undefined && declared.type !== 'object' && declared.type !== 'array') {
    return problem(
      'invalid-reference',
      `the input \`${name}\` is of type ${declared.type} and has no \`${rest[0]}\``,
      `write {{ inputs.${name} }}`,
    )
  }
  if (rest.length > 0) return read(`$inputs.${jsonataField(name)}`, rest)
  // a declared input is always there: null when it was not given
  return {
    ok: {
      read: `$inputs.${jsonataField(name)}`,
      absent: false,
      ...(declared === undefined ? { untyped: true as const } : { input: declared }),
    },
  }
}

function resultOf(id: string, [word, field, ...rest]: readonly string[], scope: Scope): Resolution {
  const kind = scope.steps.get(id)
  if (word !== 'result')
    return problem(
      'invalid-reference',
      `of the step \`${id}\` only its result can be read`,
      `write {{ ${id}.result.${field ?? word ?? '…'} }}`,
    )
  if (scope.before !== undefined && !scope.before.has(id)) {
    return problem(
      'not-yet-run',
      `the step \`${id}\` is not over by then`,
      `add \`${id}\` to \`depends_on\`, if it does not itself wait for this step`,
    )
  }
  const fields = kind === undefined ? undefined : Object.keys(kind.result)
  if (field !== undefined && fields !== undefined && !fields.includes(field)) {
    const meant = nearest(field, fields)
    const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}${kind?.kind} gives ${fields.join(', ')}`
    return problem('unknown-result', `the result of \`${id}\` has no \`${field}\``, hint)
  }
  return read(`$${id}`, field === undefined ? [] : [field, ...rest])
}

function unknownName(head: string, rest: readonly string[], scope: Scope): Resolution {
  if (head === 'item' || head === scope.noItem?.name) {
    return problem(
      'item-outside-loop',
      `there is no \`${head}\` here`,
      scope.noItem?.why ?? 'give the step a `loop`, or read an input or a result',
    )
  }
  if (rest[0] === 'result' ? !scope.complete.steps : !scope.complete.inputs || !scope.complete.steps) return { skip: true }
  if (['env', 'config', 'secret'].includes(head)) {
    const name = head === 'config' ? rest.join('.') : [head, ...rest].join('.')
    return problem('unknown-name', `\`${head}\` is not read with {{ }}`, `write \${${name}}`)
  }
  if (rest[0] === 'result') {
    const meant = nearest(head, [...scope.steps.keys()])
    return problem(
      'unknown-step',
      `there is no step \`${head}\``,
      meant === undefined ? `steps: ${[...scope.steps.keys()].join(', ')}` : `did you mean \`${meant}\`?`,
    )
  }
  const values = [...scope.inputs.keys(), ...(scope.item === undefined ? [] : [scope.item]), ...SHORT]
  const meant = nearest(head, [...values, ...scope.steps.keys(), 'inputs', 'run', 'pipeline'])
  const results = [...(scope.before ?? [])].map((id) => `${id}.result.…`)
  const names = [...values, ...RUN_FIELDS.slice(0, 2).map((field) => `run.${field}`), 'pipeline.id', 'pipeline.name', ...results]
  return problem(
    'unknown-name',
    `there is nothing called \`${head}\``,
    `${meant === undefined ? '' : `did you mean \`${meant}\`? `}names here: ${names.join(', ')}`,
  )
}

/** The names of one level, misspelt ones told with the nearest. */
function oneOf(
  head: string,
  [field, ...rest]: readonly string[],
  fields: readonly string[],
  resolved: (field: string) => Resolved,
): Resolution {
  if (field !== undefined && fields.includes(field) && rest.length === 0) return { ok: resolved(field) }
  const meant = field === undefined ? undefined : nearest(field, fields)
  const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}${head} has ${fields.join(', ')}`
  return problem('unknown-name', `\`${[head, field, ...rest].filter((part) => part !== undefined).join('.')}\` cannot be read`, hint)
}

function read(variable: string, rest: readonly string[]): Resolution {
  const fields = rest.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${jsonataField(part)}`)).join('')
  return { ok: { read: `${variable}${fields}`, absent: true } }
}

const problem = (code: ProblemCode, what: string, hint: string): Resolution => ({ problem: { code, what, hint } })
