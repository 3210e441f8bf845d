/** The parts of a report page. Markdown and HTML render the same document, so their numbers cannot differ. All text is raw. */

export interface Section {
  readonly title: string
  readonly level: 2 | 3
  readonly blocks: readonly Block[]
}

export type Block =
  | { readonly block: 'text'; readonly text: string }
  | { readonly block: 'figures'; readonly strong: boolean; readonly figures: readonly Figure[] }
  | { readonly block: 'list'; readonly items: readonly string[] }
  | {
      readonly block: 'table'
      readonly caption: string
      readonly head: readonly Head[]
      readonly rows: readonly (readonly Cell[])[]
      /** Links lead to a row by this word and its first cell: `#step-clean_data`. */
      readonly anchor?: string
    }

export interface Figure {
  readonly label: string
  readonly value: string
  /** Between 0 and 1: drawn as a bar if possible. */
  readonly share?: number
}

export interface Head {
  readonly title: string
  /** Numbers are right-aligned. */
  readonly number?: boolean
  /** Only for media that can draw: the column is omitted in Markdown. */
  readonly drawn?: boolean
}

export type Cell = string | DrawnCell

export interface DrawnCell {
  readonly text: string
  readonly histogram?: { readonly from: number; readonly to: number; readonly counts: readonly number[] }
  readonly share?: number
  /** Values with their shares; `text` replaces them where nothing can be drawn. */
  readonly bars?: readonly { readonly label: string; readonly share: number }[]
  /** A list; `text` is the same in one line. */
  readonly items?: readonly string[]
}

export const text = (content: string): Block => ({ block: 'text', text: content })

/** A table, with a sentence for the rows that exceed a page; nothing without rows. */
export function table(caption: string, head: readonly Head[], rows: readonly (readonly Cell[])[], most = 200): readonly Block[] {
  if (rows.length === 0) return []
  const rest = rows.length - most
  return [
    { block: 'table', caption, head, rows: rows.slice(0, most) },
    ...(rest > 0 ? [text(`And ${rest.toLocaleString('en')} more, in quality-report.json.`)] : []),
  ]
}
