/** Splits texts with `{{ … }}` into parts. */

export type Part =
  | { readonly text: string }
  | {
      /** The text between the brackets, trimmed. */
      readonly inner: string
      readonly start: number
      /** Whether the brackets are closed. */
      readonly closed: boolean
    }

const REFERENCE = /\{\{([\s\S]*?)(\}\}|$)/g

export function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) })
    parts.push({ inner: (match[1] ?? '').trim(), start: match.index, closed: match[2] === '}}' })
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push({ text: text.slice(at) })
  return parts
}

export type Reference = Extract<Part, { inner: string }>

export const referencesOf = (text: string): Reference[] => partsOf(text).filter((part): part is Reference => 'inner' in part)

/** The reference that makes up the whole text, apart from white space. */
export function soleReference(parts: readonly Part[]): Reference | undefined {
  const rest = parts.filter((part) => 'inner' in part || part.text.trim() !== '')
  const [first] = rest
  return rest.length === 1 && first !== undefined && 'inner' in first ? first : undefined
}
