/** Memory and scratch space of the functions of a machine, as deployed. */
import { type FunctionKind, functionsOf, placeholderOf, SCRATCH, USUAL_MEMORY } from '#language/compiler/functions.ts'
import type { Machine } from '#asl/machine/asl.ts'

/** Megabytes. */
export interface FunctionSize {
  readonly memory: number
  readonly scratch: number
}

/** By the placeholder of the function. */
export const sizesOfFunctions = (machine: Machine): ReadonlyMap<string, FunctionSize> =>
  new Map(
    functionsOf(machine).map(({ name, kind, memory = USUAL_MEMORY[kind] }) => [placeholderOf(name), { memory, scratch: SCRATCH[kind] }]),
  )

/** Megabytes of memory of the largest function of a kind; 0 if the machine calls none. */
export const largestOf = (machine: Machine, kind: FunctionKind): number =>
  Math.max(0, ...functionsOf(machine).flatMap((found) => (found.kind === kind ? [found.memory ?? USUAL_MEMORY[kind]] : [])))
