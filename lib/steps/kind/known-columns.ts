/**
 * The columns of rows as far as a definition tells them, before any data is there: all of them after an aggregate, or only some that are
 * certainly gone. What steps name is held against it, so that a name that cannot be right is a problem before a run.
 */
import { columnsOf } from '#relational/expression/columns.ts'
import { parse } from '#relational/expression/parse.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { ExpressionUse } from './expression-use.ts'

export interface KnownColumns {
  /** Names that are certainly there, folded, with their spelling. */
  readonly there: ReadonlyMap<string, string>
  /** Whether those are all there can be. */
  readonly complete: boolean
  /** Names that are certainly not there, spelled so: the data may have another that differs in case. */
  readonly gone: ReadonlySet<string>
}

type Place = readonly (string | number)[]

/** A column that a setting names, with its place. */
export interface NamedColumn {
  readonly path: Place
  readonly name: string
}

/** One thing that a step does, in its order: the columns it names, and those there are after it. */
export interface ColumnChange {
  readonly reads: readonly NamedColumn[]
  readonly after?: ((known: KnownColumns) => KnownColumns) | undefined
}

/** Nothing is known of rows as they are read. */
export const ANY_COLUMNS: KnownColumns = { there: new Map(), complete: false, gone: new Set() }

// the data may spell a name in another way
const fold = (name: string) => name.normalize('NFC').toLowerCase()
const spelled = (names: readonly string[]) => new Map(names.map((name) => [fold(name), name]))

const mayHave = ({ there, complete, gone }: KnownColumns, name: string): boolean => there.has(fold(name)) || (!complete && !gone.has(name))

/** Exactly these. */
export const only = (names: readonly string[]): KnownColumns => ({ there: spelled(names), complete: true, gone: new Set() })

export const withColumns = ({ there, complete, gone }: KnownColumns, names: readonly string[]): KnownColumns => {
  const added = spelled(names)
  return { there: new Map([...there, ...added]), complete, gone: new Set([...gone].filter((name) => !added.has(fold(name)))) }
}

export const withoutColumns = ({ there, complete, gone }: KnownColumns, names: readonly string[]): KnownColumns => {
  const left = new Set(names.map(fold))
  return { there: new Map([...there].filter(([name]) => !left.has(name))), complete, gone: new Set([...gone, ...names]) }
}

/** What holds of both, where it is not known which of the two there will be. */
export const either = (one: KnownColumns, other: KnownColumns): KnownColumns =>
  one.complete && other.complete
    ? { there: new Map([...one.there, ...other.there]), complete: true, gone: new Set() }
    : {
        there: new Map([...one.there].filter(([name]) => other.there.has(name))),
        complete: false,
        gone: new Set([...one.gone, ...other.gone].filter((name) => !mayHave(one, name) && !mayHave(other, name))),
      }

/** Columns named by the settings `column`, `columns` and `keys` of a rule; `*` and words such as `auto` are no names. */
export function namedBySettings(settings: unknown, path: Place): readonly NamedColumn[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return []
  const { column, columns, keys } = settings as { readonly [setting: string]: unknown }
  const listed = (key: string, list: unknown) =>
    Array.isArray(list) ? list.map((name: unknown, at): NamedColumn => ({ path: [...path, key, at], name: String(name) })) : []
  const single = typeof column === 'string' && column !== '*' ? [{ path: [...path, 'column'], name: column }] : []
  return [...single, ...listed('columns', columns), ...listed('keys', keys)]
}

/** Columns named by row expressions, which a definition holds as text, or as text with the values of its references. */
export function namedByExpressions(uses: readonly ExpressionUse[]): readonly NamedColumn[] {
  return uses.flatMap(({ path, text: setting, mode }) => {
    const text = typeof setting === 'string' ? setting : (setting as { readonly expression: string }).expression
    const parsed = parse(text, { aggregates: mode !== 'row', windows: mode === 'window' })
    return parsed.ok ? columnsOf(parsed.expression).map((name) => ({ path, name })) : []
  })
}

/** The columns of a list, each at its place. */
export const listed = (names: readonly string[], path: Place = []): readonly NamedColumn[] =>
  names.map((name, at) => ({ path: [...path, at], name }))

/** The names that cannot be right, with what is known where each stands; and what is known after all the changes. */
export function followColumns(changes: readonly ColumnChange[], before: KnownColumns) {
  const missing: (NamedColumn & { readonly known: KnownColumns })[] = []
  let known = before
  for (const { reads, after } of changes) {
    for (const read of reads) if (expressionSource(read.name) === undefined && !mayHave(known, read.name)) missing.push({ ...read, known })
    known = after?.(known) ?? known
  }
  return { missing, known }
}
