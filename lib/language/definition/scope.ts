/** Resolves the names in `{{ … }}` and translates them for the machine. */
import type { Json, JsonObject } from '#core/json.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Assets } from './asset-reader.ts'
import type { InputDeclaration } from './definition.ts'
import { jsonataField } from '#asl/machine/literal.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

export interface Scope {
  /** The declared inputs; undefined for one with an invalid declaration. */
  readonly inputs: ReadonlyMap<string, InputDeclaration | undefined>
  /** All steps by id, with their kinds if known. */
  readonly steps: ReadonlyMap<string, StepKind | undefined>
  /** Steps that end before this place; undefined if that is not known for certain. */
  readonly before: ReadonlySet<string> | undefined
  /** Whether an unknown input or step is a problem; not if parts of the file could not be read. */
  readonly complete: { readonly inputs: boolean; readonly steps: boolean }
  /** The name of the item, if this place is in a loop over items. */
  readonly item: string | undefined
  /** Why there is no item here, although the step has a loop. */
  readonly noItem?: { readonly name: string; readonly why: string }
  readonly pipeline: { readonly id: string; readonly name: string }
  readonly connections: ReadonlyMap<string, JsonObject | undefined>
  readonly assets: Assets
}

export interface Resolved {
  /** JSONata that reads the value; it fails on a missing value if `absent` is true and not handled. */
  readonly read: string
  /** Whether the value can be missing, for example because the step was skipped. */
  readonly absent: boolean
  /** The input, if the reference is a whole input. */
  readonly input?: InputDeclaration
  /** Whether it is an input with an invalid declaration, whose type is unknown. */
  readonly untyped?: true
  /** The value, if it is known at build time. */
  readonly constant?: Json
}

interface ReferenceProblem extends ProblemText {
  readonly code: ProblemCode
}

/** `skip` if the name can be one that could not be read: its absence is then not a problem of this place. */
export type Resolution = { readonly ok: Resolved } | { readonly problem: ReferenceProblem } | { readonly skip: true }

const RUN_FIELDS = ['id', 'started_at', 'ds', 'ds_nodash', 'ts', 'last_run_timestamp']
const SHORT = ['ds', 'ds_nodash', 'ts', 'last_run_timestamp']
/** The chunks of the rows that a step reads, for `loop.foreach` alone. */
export const FILE_CHUNKS = 'file_chunks'
/** Reserved names, which inputs, steps and loop items cannot have. */
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
  FILE_CHUNKS,
  ...SHORT,
]

const FORM = /^[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*$/

/** Resolves the text between the brackets. */
export function resolveReference(inner: string, scope: Scope): Resolution {
  if (!FORM.test(inner)) {
    const what = inner === '' ? 'the brackets `{{ }}` are empty' : `\`${inner}\` is not a name`
    return problem(
      'invalid-reference',
      what,
      'use a name such as `{{ inputs.x }}`; to calculate, write JSONata as the whole value: "{% … %}"',
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
  if (scope.inputs.has(head) && head === scope.noItem?.name)
    return problem(
      'item-outside-loop',
      `\`${head}\` is the item of the loop, which has no value here`,
      `write {{ inputs.${head} }} for the input; ${scope.noItem.why}`,
    )
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
      meant === undefined ? `declare \`${name}\` in \`inputs\`` : `did you mean \`${meant}\`? Otherwise declare \`${name}\` in \`inputs\``
    return problem('unknown-input', `unknown input \`${name}\``, hint)
  }
  const declared = scope.inputs.get(name)
  if (rest.length > 0 && declared !== undefined && declared.type !== 'object' && declared.type !== 'array') {
    return problem(
      'invalid-reference',
      `the input \`${name}\` has type ${declared.type} and no field \`${rest[0]}\``,
      `write {{ inputs.${name} }}`,
    )
  }
  if (rest.length > 0) return read(`$inputs.${jsonataField(name)}`, rest)
  // a declared input always exists: null if it is not given
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
    return problem('invalid-reference', `only the result of step \`${id}\` can be read`, `write {{ ${id}.result.${field ?? word ?? '…'} }}`)
  if (scope.before !== undefined && !scope.before.has(id)) {
    return problem(
      'not-yet-run',
      `step \`${id}\` has not ended before this step`,
      `add \`${id}\` to \`depends_on\`, unless it depends on this step itself`,
    )
  }
  const fields = kind === undefined || kind.openResult === true ? undefined : Object.keys(kind.result)
  if (field !== undefined && fields !== undefined && !fields.includes(field)) {
    const meant = nearest(field, fields)
    const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}the result of a ${kind?.kind} step has ${fields.join(', ')}`
    return problem('unknown-result', `the result of \`${id}\` has no \`${field}\``, hint)
  }
  return read(`$${id}`, field === undefined ? [] : [field, ...rest])
}

function unknownName(head: string, rest: readonly string[], scope: Scope): Resolution {
  if (head === 'item' || head === scope.noItem?.name) {
    return problem(
      'item-outside-loop',
      `\`${head}\` is not defined here`,
      scope.noItem?.why ?? 'add a `loop` to the step, or use an input or a result',
    )
  }
  if (head === FILE_CHUNKS)
    return problem(
      'unknown-name',
      '`file_chunks` can only be the whole value of `loop.foreach`',
      'write loop: {foreach: "{{ file_chunks }}"}',
    )
  if (rest[0] === 'result' ? !scope.complete.steps : !scope.complete.inputs || !scope.complete.steps) return { skip: true }
  if (['env', 'config', 'secret'].includes(head)) {
    const name = head === 'config' ? rest.join('.') : [head, ...rest].join('.')
    return problem('unknown-name', `\`${head}\` cannot be used in {{ }}`, `write \${${name}}`)
  }
  if (rest[0] === 'result') {
    const meant = nearest(head, [...scope.steps.keys()])
    return problem(
      'unknown-step',
      `unknown step \`${head}\``,
      meant === undefined ? `steps: ${[...scope.steps.keys()].join(', ')}` : `did you mean \`${meant}\`?`,
    )
  }
  const values = [...scope.inputs.keys(), ...(scope.item === undefined ? [] : [scope.item]), ...SHORT]
  const meant = nearest(head, [...values, ...scope.steps.keys(), 'inputs', 'run', 'pipeline'])
  const results = [...(scope.before ?? [])].map((id) => `${id}.result.…`)
  const names = [...values, ...RUN_FIELDS.slice(0, 2).map((field) => `run.${field}`), 'pipeline.id', 'pipeline.name', ...results]
  return problem(
    'unknown-name',
    `unknown name \`${head}\``,
    `${meant === undefined ? '' : `did you mean \`${meant}\`? `}names here: ${names.join(', ')}`,
  )
}

/** Resolves a field of a fixed list; for a misspelt one the hint shows the nearest. */
function oneOf(
  head: string,
  [field, ...rest]: readonly string[],
  fields: readonly string[],
  resolved: (field: string) => Resolved,
): Resolution {
  if (field !== undefined && fields.includes(field) && rest.length === 0) return { ok: resolved(field) }
  const meant = field === undefined ? undefined : nearest(field, fields)
  const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}${head} has ${fields.join(', ')}`
  return problem('unknown-name', `\`${[head, field, ...rest].filter((part) => part !== undefined).join('.')}\` is unknown`, hint)
}

function read(variable: string, rest: readonly string[]): Resolution {
  const fields = rest.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${jsonataField(part)}`)).join('')
  return { ok: { read: `${variable}${fields}`, absent: true } }
}

const problem = (code: ProblemCode, what: string, hint: string): Resolution => ({ problem: { code, what, hint } })
