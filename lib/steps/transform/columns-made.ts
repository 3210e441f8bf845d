/** Counts the columns that a transform added and renamed. */
import type { Column } from '#relational/types/types.ts'
import { theOne } from '#steps/kind/one-key.ts'

type Operations = readonly object[]

export interface ColumnsMade {
  readonly added: number
  readonly renamed: number
  /** Whether some of the added columns can come from another file and are not calculated. */
  readonly joined: boolean
}

export function columnsMade(operations: Operations, before: readonly Column[], after: readonly Column[]): ColumnsMade {
  const known = new Set(before.map(({ name }) => name))
  const renamed = new Set([...namesAfterRenaming(operations, known)].filter((name) => !known.has(name)))
  const fresh = after.filter(({ name }) => !known.has(name))
  const called = fresh.filter(({ name }) => renamed.has(name)).length
  return { added: fresh.length - called, renamed: called, joined: operations.some((operation) => theOne(operation)[0] === 'join') }
}

/** The final names of the initial columns, after all renames. */
function namesAfterRenaming(operations: Operations, names: ReadonlySet<string>): ReadonlySet<string> {
  let known = [...names]
  for (const [kind, setting] of operations.map(theOne)) {
    if (kind !== 'rename') continue
    const exact = new Map(Object.entries(setting as { [from: string]: string }))
    const anyCase = new Map([...exact].map(([from, to]) => [from.toLowerCase(), to]))
    known = known.map((name) => exact.get(name) ?? anyCase.get(name.toLowerCase()) ?? name)
  }
  return new Set(known)
}
