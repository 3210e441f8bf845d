/** Memory of the functions of a machine, as they are deployed. */
import { type FunctionKind, functionsOf } from '../compiler/functions.ts'
import type { Machine } from '../machine/asl.ts'

/** Megabytes, where no step asks for more. */
const USUAL: { readonly [Kind in FunctionKind]: number } = { control: 1024, data: 1769 }

/** Megabytes by the placeholder of the function. */
export const memoryOf = (machine: Machine): ReadonlyMap<string, number> =>
  new Map(functionsOf(machine).map(({ name, kind, memory = USUAL[kind] }) => [['$', `{${name}}`].join(''), memory]))

/** Megabytes of the largest function of a kind; 0 when the machine calls none. */
export const largestOf = (machine: Machine, kind: FunctionKind): number =>
  Math.max(0, ...functionsOf(machine).flatMap((found) => (found.kind === kind ? [found.memory ?? USUAL[kind]] : [])))
