/** How a report is written: text, Markdown and HTML. Free of I/O. */
import { escapeHtml } from '#core/text/message-text.ts'

/** A report as it is kept with the run, for reports that combine it. All values are texts. */
export interface WrittenReport {
  readonly title: string
  /** The account of its rows, as one line. */
  readonly account: string
  readonly rows: number
  readonly stats: readonly (readonly [name: string, value: string])[]
  readonly columns: readonly string[]
  /** The first rows; a missing cell is null. */
  readonly sample: readonly (readonly (string | null)[])[]
}

export interface Format {
  readonly extension: string
  /** `parts` are the sections below the heading; a report on its own has itself as its only part. */
  readonly write: (title: string, when: string, parts: readonly WrittenReport[]) => string
}

const MISSING = '(missing)'
const line = (text: string) => text.replace(/[\r\n\t]+/g, ' ')
const firstRows = ({ sample }: WrittenReport) => (sample.length === 1 ? 'First row' : `First ${sample.length} rows`)
/** The heading of a part is left out where it is that of the whole. */
const headed = (title: string, part: WrittenReport) => part.title !== title

const text: Format = {
  extension: '.txt',
  write: (title, when, parts) => {
    const sections = parts.map((part) => {
      const name = Math.max(0, ...part.stats.map(([stat]) => stat.length))
      return [
        ...(headed(title, part) ? [part.title, '-'.repeat(part.title.length)] : []),
        `Rows: ${part.account}`,
        ...part.stats.map(([stat, value]) => `${stat.padEnd(name)}  ${line(value)}`),
        ...(part.sample.length === 0 ? [] : ['', firstRows(part), ...aligned(part)]),
      ].join('\n')
    })
    return `${title}\n${'='.repeat(title.length)}\n${when}\n\n${sections.join('\n\n')}\n`
  },
}

function aligned({ columns, sample }: WrittenReport): readonly string[] {
  const rows = [columns, ...sample].map((cells) => cells.map((cell) => line(cell ?? MISSING)))
  const widths = columns.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)))
  return rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const markdown: Format = {
  extension: '.md',
  write: (title, when, parts) => {
    const cell = (value: string | null) => line(value ?? MISSING).replace(/[\\|<>*_`[\]#]/g, (sign) => `\\${sign}`)
    const table = (head: readonly string[], rows: readonly (readonly (string | null)[])[]) =>
      [head, head.map(() => '---'), ...rows]
        .map((cells, at) => `| ${cells.map((one) => (at === 1 ? String(one) : cell(one))).join(' | ')} |`)
        .join('\n')
    const sections = parts.map((part) =>
      [
        ...(headed(title, part) ? [`## ${cell(part.title)}`] : []),
        `Rows: ${part.account}`,
        ...(part.stats.length === 0 ? [] : [table(['Figure', 'Value'], part.stats)]),
        ...(part.sample.length === 0 ? [] : [`${firstRows(part)}:`, table(part.columns, part.sample)]),
      ].join('\n\n'),
    )
    return `# ${cell(title)}\n\n${when}\n\n${sections.join('\n\n')}\n`
  },
}

const html: Format = {
  extension: '.html',
  write: (title, when, parts) => {
    const cells = (tag: string, row: readonly (string | null)[]) =>
      `<tr>${row.map((one) => `<${tag}>${one === null ? `<i>${MISSING}</i>` : escapeHtml(one)}</${tag}>`).join('')}</tr>`
    const sections = parts.map((part) =>
      [
        ...(headed(title, part) ? [`<h2>${escapeHtml(part.title)}</h2>`] : []),
        `<p>Rows: ${escapeHtml(part.account)}</p>`,
        ...(part.stats.length === 0 ? [] : [`<table>${part.stats.map((row) => cells('td', row)).join('')}</table>`]),
        ...(part.sample.length === 0
          ? []
          : [
              `<h3>${firstRows(part)}</h3>`,
              `<table>${cells('th', part.columns)}${part.sample.map((row) => cells('td', row)).join('')}</table>`,
            ]),
      ].join('\n'),
    )
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}</style></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(when)}</p>
${sections.join('\n')}
</body></html>
`
  },
}

const FORMATS: readonly Format[] = [text, markdown, html]

/** The format that the name of a file says. */
export const formatOf = (uri: string): Format | undefined => FORMATS.find(({ extension }) => uri.toLowerCase().endsWith(extension))
