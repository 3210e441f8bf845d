/**
 * The functions of a machine, as placeholders a deployment fills in: one for the tasks that work on rows, one for the others, and one
 * more of either for each class of memory that steps ask for.
 */
import type { Json, Machine } from '../machine/asl.ts'
import { secretsIn } from '../runtime/secrets.ts'

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

/** `${DataFunction}`, or `${DataFunction3008}` for a step that asks for that much. */
export function functionPlaceholder(kind: FunctionKind, memory: number | undefined): string {
  return ['$', `{${NAMES[kind]}${memoryClass(memory) ?? ''}}`].join('')
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
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object') return
    for (const inner of Object.values(value)) visit(inner as Json)
    const called = calledFunction(value as { readonly [key: string]: Json })
    if (called === undefined) return
    const before = found.get(called.name)
    found.set(called.name, { ...called, timeout: Math.max(called.timeout, before?.timeout ?? 0) })
  }
  visit(machine as unknown as Json)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function calledFunction({ Arguments, TimeoutSeconds }: { readonly [key: string]: Json }): MachineFunction | undefined {
  const name = (Arguments as { FunctionName?: Json } | undefined)?.FunctionName
  const [, kind, memory] = (typeof name === 'string' ? PLACEHOLDER.exec(name) : null) ?? []
  if (kind === undefined) return undefined
  return {
    name: `${kind}Function${memory}`,
    kind: kind === 'Data' ? 'data' : 'control',
    ...(memory === '' ? {} : { memory: Number(memory) }),
    timeout: typeof TimeoutSeconds === 'number' ? TimeoutSeconds : LONGEST_TASK,
  }
}

/** The names of the secrets that tasks of each kind of function look up. */
export function secretsOf(machine: Machine): { readonly [Kind in FunctionKind]: readonly string[] } {
  const found = { control: new Set<string>(), data: new Set<string>() }
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object') return
    for (const inner of Object.values(value)) visit(inner as Json)
    const state = value as { readonly [key: string]: Json }
    const called = calledFunction(state)
    if (called !== undefined) for (const name of secretsIn(state['Arguments'] ?? null)) found[called.kind].add(name)
  }
  visit(machine as unknown as Json)
  return { control: [...found.control].sort(), data: [...found.data].sort() }
}

/** Seconds; no Lambda runs longer. */
export const LONGEST_TASK = 900
