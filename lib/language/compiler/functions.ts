/**
 * The functions of a machine, as placeholders a deployment fills in: one for the tasks that work on rows, one for the others, and one
 * more of either for each class of memory that steps ask for.
 */
import type { Machine } from '#asl/machine/asl.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import type { Json } from '#core/json.ts'

/** What a function is made of: `data` carries the native engine. */
export type FunctionKind = 'control' | 'data'

const NAMES: { readonly [Kind in FunctionKind]: string } = { control: 'ControlFunction', data: 'DataFunction' }

/** Megabytes of memory, where no step asks for more. Tasks that touch no rows are short and mostly wait. */
export const USUAL_MEMORY: { readonly [Kind in FunctionKind]: number } = { control: 1024, data: 1769 }

/** Megabytes of scratch space: downloads, uploads, and what the engine spills. As much as there is: it costs a hundredth of the memory. */
export const SCRATCH: { readonly [Kind in FunctionKind]: number } = { control: 1024, data: 10_240 }

/**
 * Megabytes of memory a function can have. Few, so that a pipeline has few functions; their steps are where more memory buys something:
 * 1769 is one whole processor, 3008 the most a new account may have, 10240 the most there is.
 * Source: Lambda developer guide, "Configure Lambda function memory" and "Lambda quotas".
 */
const MEMORY_CLASSES = [1769, 3008, 7076, 10_240] as const

const MEBIBYTE = 1_048_576

/** The smallest class that has as many bytes, or the largest there is; undefined when nothing is asked. */
function memoryClass(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : (MEMORY_CLASSES.find((megabytes) => megabytes * MEBIBYTE >= bytes) ?? MEMORY_CLASSES.at(-1))
}

/** The arguments of a state that hold placeholders. */
export const PLACEHOLDER_FIELDS: ReadonlySet<string> = new Set(['FunctionName', 'Bucket'])

/** What a deployment replaces by the function of this name. */
export const placeholderOf = (name: string) => ['$', `{${name}}`].join('')

/** `${DataFunction}`, or `${DataFunction3008}` for a step that asks for that much. */
export function functionPlaceholder(kind: FunctionKind, memory: number | undefined): string {
  return placeholderOf(`${NAMES[kind]}${memoryClass(memory) ?? ''}`)
}

export interface MachineFunction {
  /** Between `${` and `}` in the machine. */
  readonly name: string
  readonly kind: FunctionKind
  /** Megabytes; undefined: what is usual for the kind. */
  readonly memory?: number
  /** Seconds the longest task that runs in it may take. */
  readonly timeout: number
}

const PLACEHOLDER = /^\$\{(Control|Data)Function(\d*)\}$/

/** Every function a machine calls, in the order of their names. */
export function functionsOf(machine: Machine): readonly MachineFunction[] {
  const found = new Map<string, MachineFunction>()
  for (const { called } of callsIn(machine)) {
    const before = found.get(called.name)
    found.set(called.name, { ...called, timeout: Math.max(called.timeout, before?.timeout ?? 0) })
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The names of the secrets that tasks of each kind of function look up. */
export function secretsOf(machine: Machine): { readonly [Kind in FunctionKind]: readonly string[] } {
  const calls = callsIn(machine)
  const of = (kind: FunctionKind) => secretsIn(calls.flatMap(({ called, given }) => (called.kind === kind ? [given] : [])))
  return { control: of('control'), data: of('data') }
}

/** Every state that calls a function, wherever it stands: the function, and the arguments it is given. */
function callsIn(machine: Machine): readonly { readonly called: MachineFunction; readonly given: Json }[] {
  const visit = (value: Json): { called: MachineFunction; given: Json }[] => {
    if (value === null || typeof value !== 'object') return []
    const state = value as { readonly [key: string]: Json }
    const called = calledFunction(state)
    return [...Object.values(state).flatMap(visit), ...(called === undefined ? [] : [{ called, given: state['Arguments'] ?? null }])]
  }
  return visit(machine as unknown as Json)
}

function calledFunction({ Arguments, TimeoutSeconds }: { readonly [key: string]: Json }): MachineFunction | undefined {
  const name = (Arguments as { FunctionName?: Json } | undefined)?.FunctionName
  const [, kind, memory] = (typeof name === 'string' ? PLACEHOLDER.exec(name) : null) ?? []
  if (kind === undefined) return undefined
  return {
    name: `${kind}Function${memory}`,
    kind: kind === 'Data' ? 'data' : 'control',
    ...(memory === '' ? {} : { memory: Number(memory) }),
    timeout: typeof TimeoutSeconds === 'number' ? TimeoutSeconds : MAX_TASK_SECONDS,
  }
}

/** Seconds; no Lambda runs longer. */
export const MAX_TASK_SECONDS = 900
