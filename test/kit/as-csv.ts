/** Rows as CSV text for assertions: cells as text, ~ for a missing one. */
export function asCsv(columns: readonly string[], rows: readonly Readonly<Record<string, string | null>>[]): string {
  const names = columns.map((column) => column.slice(0, column.lastIndexOf(' ')))
  const cell = (value: string | null | undefined) =>
    value == null || value === '' ? '~' : /[",\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  return [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))].join('\n')
}
