/** The fields of nested columns, for sources that are read with `flatten: true`. */

export interface NestedField {
  /** The names from the column down to the field. */
  readonly path: readonly string[]
  /** Its SQL type. */
  readonly stored: string
}

/** The column itself, or the fields of a struct, also within structs. Lists and maps are not flattened. */
export function fieldsOf(path: readonly string[], stored: string): readonly NestedField[] {
  const inner = /^STRUCT\((.*)\)$/s.exec(stored)?.[1]
  if (inner === undefined) return [{ path, stored }]
  return membersOf(inner).flatMap(({ name, type }) => fieldsOf([...path, name], type))
}

/** The members of a struct, from the text between its brackets: `a INTEGER, "b c" STRUCT(d VARCHAR)`. */
function membersOf(text: string): readonly { readonly name: string; readonly type: string }[] {
  const parts: string[] = []
  let level = 0
  let start = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"]|"")*"|[(),]/g)) {
    if (token === '(') level++
    else if (token === ')') level--
    else if (token === ',' && level === 0) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  parts.push(text.slice(start))
  return parts.map((part) => {
    const [, quoted, plain = '', type = ''] = /^\s*(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/s.exec(part) ?? []
    return { name: quoted?.replaceAll('""', '"') ?? plain, type: type.trim() }
  })
}
