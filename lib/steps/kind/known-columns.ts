/**
 * The columns of rows as far as a definition determines them, before any data is read: all of them after an aggregate, or only some that
 * were removed. The names in steps are checked against them, so that an impossible name is a problem before a run.
 */
import { columnsOf } from '#relational/expression/columns.ts'
import { parse } from '#relational/expression/parse.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { ExpressionUse } from './expression-use.ts'

export interface KnownColumns {
  /** Names that certainly exist, folded, with their spelling. */
  readonly there: ReadonlyMap<string, string>
  /** Whether no other columns can exist. */
  readonly complete: boolean
  /** Names that certainly do not exist in this spelling: the data can have a column that differs in case. */
  readonly gone: ReadonlySet<string>
}

type Place = readonly (string | number)[]

/** A column that a setting names, with the path of the setting. */
export interface NamedColumn {
  readonly path: Place
  readonly name: string
}

/** One operation of a step: the columns it names, and the columns after it. */
export interface ColumnChange {
  readonly reads: readonly NamedColumn[]
  readonly after?: ((known: KnownColumns) => KnownColumns) | undefined
}

/** The columns of rows as read: nothing is known of them. */
export const ANY_COLUMNS: KnownColumns = { there: new Map(), complete: false, gone: new Set() }

// the data can spell a name differently
const fold = (name: string) => name.normalize('NFC').toLowerCase()
const spelled = (names: readonly string[]) => new Map(names.map((name) => [fold(name), name]))

const mayHave = ({ there, complete, gone }: KnownColumns, name: string): boolean => there.has(fold(name)) || (!complete && !gone.has(name))

/** Exactly these columns. */
export const only = (names: readonly string[]): KnownColumns => ({ there: spelled(names), complete: true, gone: new Set() })

export const withColumns = ({ there, complete, gone }: KnownColumns, names: readonly string[]): KnownColumns => {
  const added = spelled(names)
  return { there: new Map([...there, ...added]), complete, gone: new Set([...gone].filter((name) => !added.has(fold(name)))) }
}

/** Columns that depend on the data may have been added. */
export const openTo = ({ there, gone }: KnownColumns): KnownColumns => ({ there, complete: false, gone })

export const withoutColumns = ({ there, complete, gone }: KnownColumns, names: readonly string[]): KnownColumns => {
  const left = new Set(names.map(fold))
  return { there: new Map([...there].filter(([name]) => !left.has(name))), complete, gone: new Set([...gone, ...names]) }
}

/** What is true of both, where either can be the case. */
export const either = (one: KnownColumns, other: KnownColumns): KnownColumns =>
  one.complete && other.complete
    ? { there: new Map([...one.there, ...other.there]), complete: true, gone: new Set() }
    : {
        there: new Map([...one.there].filter(([name]) => other.there.has(name))),
        complete: false,
        gone: new Set([...one.gone, ...other.gone].filter((name) => !mayHave(one, name) && !mayHave(other, name))),
      }

/** The columns in the settings `column`, `columns` and `keys` of a rule; `*` and values such as `auto` are not names. */
export function namedBySettings(settings: unknown, path: Place): readonly NamedColumn[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return []
  const { column, columns, keys } = settings as { readonly [setting: string]: unknown }
  const listed = (key: string, list: unknown) =>
    Array.isArray(list) ? list.map((name: unknown, at): NamedColumn => ({ path: [...path, key, at], name: String(name) })) : []
  const single = typeof column === 'string' && column !== '*' ? [{ path: [...path, 'column'], name: column }] : []
  return [...single, ...listed('columns', columns), ...listed('keys', keys)]
}

/** The columns of row expressions, which a definition holds as text, or as text with the values of its references. */
export function namedByExpressions(uses: readonly ExpressionUse[]): readonly NamedColumn[] {
  return uses.flatMap(({ path, text: setting, mode }) => {
    const text = typeof setting === 'string' ? setting : (setting as { readonly expression: string }).expression
    const parsed = parse(text, { aggregates: mode !== 'row', windows: mode === 'window' })
    return parsed.ok ? columnsOf(parsed.expression).map((name) => ({ path, name })) : []
  })
}

/** The columns of a list, each with its path. */
export const listed = (names: readonly string[], path: Place = []): readonly NamedColumn[] =>
  names.map((name, at) => ({ path: [...path, at], name }))

/** The names that cannot exist, each with the columns known at its place, and the columns known after all changes. */
export function followColumns(changes: readonly ColumnChange[], before: KnownColumns) {
  const missing: (NamedColumn & { readonly known: KnownColumns })[] = []
  let known = before
  for (const { reads, after } of changes) {
    for (const read of reads) if (expressionSource(read.name) === undefined && !mayHave(known, read.name)) missing.push({ ...read, known })
    known = after?.(known) ?? known
  }
  return { missing, known }
}
