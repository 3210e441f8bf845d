/** What a page of the report is made of; Markdown and HTML write the same document, so they cannot differ in a number. All text is raw. */

export interface Section {
  readonly title: string
  readonly level: 2 | 3
  readonly blocks: readonly Block[]
}

export type Block =
  | { readonly block: 'text'; readonly text: string }
  | { readonly block: 'figures'; readonly strong: boolean; readonly figures: readonly Figure[] }
  | { readonly block: 'list'; readonly items: readonly string[] }
  | { readonly block: 'table'; readonly caption: string; readonly head: readonly Head[]; readonly rows: readonly (readonly Cell[])[] }

export interface Figure {
  readonly label: string
  readonly value: string
  /** Between 0 and 1: drawn as a bar where that is possible. */
  readonly share?: number
}

export interface Head {
  readonly title: string
  /** Numbers are set to the right. */
  readonly number?: boolean
  /** Only for media that can draw: the column is left out of Markdown. */
  readonly drawn?: boolean
}

export type Cell = string | DrawnCell

export interface DrawnCell {
  readonly text: string
  readonly histogram?: { readonly from: number; readonly to: number; readonly counts: readonly number[] }
  readonly share?: number
  /** Values with their shares, told by `text` where nothing can be drawn. */
  readonly bars?: readonly { readonly label: string; readonly share: number }[]
  /** A list, told by `text` in one line. */
  readonly items?: readonly string[]
}

export const text = (content: string): Block => ({ block: 'text', text: content })

/** A table, with a sentence for the rows that are too many for a page; an empty one says so. */
export function table(caption: string, head: readonly Head[], rows: readonly (readonly Cell[])[], most = 200): readonly Block[] {
  if (rows.length === 0) return []
  const rest = rows.length - most
  return [
    { block: 'table', caption, head, rows: rows.slice(0, most) },
    ...(rest > 0 ? [text(`And ${rest.toLocaleString('en')} more, in quality-report.json.`)] : []),
  ]
}
