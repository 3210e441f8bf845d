/**
 * The functions of a machine, as placeholders that a deployment fills in: one for tasks on rows, one for other tasks, and one more of each
 * for every class of memory that steps set.
 */
import type { Machine, TaskState } from '#asl/machine/asl.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import type { Json } from '#core/json.ts'

/** The kind of bundle: `data` includes the native engine. */
export type FunctionKind = 'control' | 'data'

const NAMES: { readonly [Kind in FunctionKind]: string } = { control: 'ControlFunction', data: 'DataFunction' }

/** Megabytes of memory by default. Tasks without rows are short and mostly wait. */
export const USUAL_MEMORY: { readonly [Kind in FunctionKind]: number } = { control: 1024, data: 1769 }

/** Megabytes of scratch space, for downloads, uploads and spilled data. The maximum, as it costs a hundredth of the memory. */
export const SCRATCH: { readonly [Kind in FunctionKind]: number } = { control: 1024, data: 10_240 }

/**
 * Megabytes of memory a function can have. Few classes keep the number of functions small; each class is a step at which more memory helps:
 * 1769 is one full processor, 3008 the limit of a new account, 10240 the maximum. Source: Lambda developer guide, "Configure Lambda
 * function memory" and "Lambda quotas".
 */
const MEMORY_CLASSES = [1769, 3008, 7076, 10_240] as const

const MEBIBYTE = 1_048_576

/** The smallest class with at least that many bytes, or the largest class; undefined if no memory is set. */
function memoryClass(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : (MEMORY_CLASSES.find((megabytes) => megabytes * MEBIBYTE >= bytes) ?? MEMORY_CLASSES.at(-1))
}

/** The arguments of a state that contain placeholders. */
export const PLACEHOLDER_FIELDS: ReadonlySet<string> = new Set(['FunctionName', 'Bucket'])

/** The placeholder that a deployment replaces with the function of this name. */
export const placeholderOf = (name: string) => ['$', `{${name}}`].join('')

/** `${DataFunction}`, or `${DataFunction3008}` for a step that sets that much memory. */
export function functionPlaceholder(kind: FunctionKind, memory: number | undefined): string {
  return placeholderOf(`${NAMES[kind]}${memoryClass(memory) ?? ''}`)
}

export interface MachineFunction {
  /** The name between `${` and `}` in the machine. */
  readonly name: string
  readonly kind: FunctionKind
  /** Megabytes (default: those of the kind). */
  readonly memory?: number
  /** Seconds: the longest timeout of its tasks. */
  readonly timeout: number
}

const PLACEHOLDER = /^\$\{(Control|Data)Function(\d*)\}$/

/** Every function that a machine calls, sorted by name. */
export function functionsOf(machine: Machine): readonly MachineFunction[] {
  const found = new Map<string, MachineFunction>()
  for (const { called } of callsIn(machine)) {
    const before = found.get(called.name)
    found.set(called.name, { ...called, timeout: Math.max(called.timeout, before?.timeout ?? 0) })
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Functions that the author names in the definition, sorted: they belong to no deployment of the pipeline. */
export function ownFunctionsOf(machine: Machine): readonly string[] {
  const names = tasksIn(machine).flatMap((state) => nameIn(state) ?? [])
  return [...new Set(names.filter((name) => !PLACEHOLDER.test(name)))].sort()
}

/** The names of the secrets that the tasks of each kind of function read. */
export function secretsOf(machine: Machine): { readonly [Kind in FunctionKind]: readonly string[] } {
  const calls = callsIn(machine)
  const of = (kind: FunctionKind) => secretsIn(calls.flatMap(({ called, given }) => (called.kind === kind ? [given] : [])))
  return { control: of('control'), data: of('data') }
}

/** Every state that calls a function, at any depth: the function and its arguments. */
function callsIn(machine: Machine): readonly { readonly called: MachineFunction; readonly given: Json }[] {
  return tasksIn(machine).flatMap((state) => {
    const called = calledFunction(state)
    return called === undefined ? [] : [{ called, given: state.Arguments as unknown as Json }]
  })
}

/** Every task, at any depth. */
function tasksIn(machine: Machine): readonly TaskState[] {
  const visit = (value: Json): TaskState[] => {
    if (value === null || typeof value !== 'object') return []
    const isTask = (value as { readonly Type?: Json }).Type === 'Task'
    return [...Object.values(value).flatMap(visit), ...(isTask ? [value as unknown as TaskState] : [])]
  }
  return visit(machine as unknown as Json)
}

const nameIn = ({ Arguments }: TaskState): string | undefined => {
  const name = (Arguments as { readonly FunctionName?: Json } | undefined)?.FunctionName
  return typeof name === 'string' ? name : undefined
}

function calledFunction(state: TaskState): MachineFunction | undefined {
  const { TimeoutSeconds } = state
  const [, kind, memory] = PLACEHOLDER.exec(nameIn(state) ?? '') ?? []
  if (kind === undefined) return undefined
  return {
    name: `${kind}Function${memory}`,
    kind: kind === 'Data' ? 'data' : 'control',
    ...(memory === '' ? {} : { memory: Number(memory) }),
    timeout: typeof TimeoutSeconds === 'number' ? TimeoutSeconds : MAX_TASK_SECONDS,
  }
}

/** Seconds; no Lambda function runs longer. */
export const MAX_TASK_SECONDS = 900
