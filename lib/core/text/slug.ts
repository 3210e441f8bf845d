/** Ids from titles. */

const MAX_LENGTH = 60

/**
 * An id from a title or the name of a file: letters are folded to a to z, everything else becomes `_`. `Zürich: Daily Sales` is
 * zurich_daily_sales, `ExtractData` extract_data. Undefined if nothing is left.
 */
export function slugOf(title: string): string | undefined {
  const words =
    title
      // an accent is a character of its own behind its letter
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/ß/g, 'ss')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  const id = words
    .join('_')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/_+$/, '')
  return id === '' ? undefined : id
}
