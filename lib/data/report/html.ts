/** Renders the report as one HTML file that loads nothing, runs nothing, and can be printed. */
import type { Block, Cell, Head, Section } from './document.ts'
import { bar, bars, escaped, histogram } from './html-drawings.ts'
import { STYLE } from './html-style.ts'
import type { QualityReport } from './model.ts'
import { sectionsOf, TITLE } from './sections.ts'

/** `title` and `sections` are those of the quality report unless given. */
export function renderHtml(report: QualityReport, title: string = TITLE, sections: readonly Section[] = sectionsOf(report)): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}${title === TITLE ? `: ${escaped(report.pipeline.name)}` : ''}</title>
<style>
${STYLE}
</style>
</head>
<body class="${tone(report)}">
<main>
<h1>${escaped(title)}</h1>
${sections.map(section).join('\n')}
</main>
</body>
</html>
`
}

/** Green is only for a run that succeeded and left nothing to check. */
function tone({ run, steps, attention }: QualityReport): string {
  if (run.status !== 'succeeded') return run.status
  const isClear = attention.every(({ kind }) => kind === 'decided') && steps.every(({ report }) => ['ok', 'skipped'].includes(report.level))
  return isClear ? 'succeeded' : 'partial'
}

function section({ title, level, blocks }: Section): string {
  const heading = `<h${level}>${escaped(title)}</h${level}>`
  return `<section class="level-${level}">\n${[heading, ...blocks.map(block)].join('\n')}\n</section>`
}

function block(given: Block): string {
  switch (given.block) {
    case 'text':
      return `<p>${escaped(given.text)}</p>`
    case 'figures':
      return `<dl class="${given.strong ? 'strong' : 'plain'}">\n${given.figures
        .map(
          ({ label, value, share }) =>
            `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}${share === undefined ? '' : bar(share)}</dd></div>`,
        )
        .join('\n')}\n</dl>`
    case 'list':
      return `<ul>\n${given.items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>`
    case 'table':
      return table(given)
  }
}

/** A wide table scrolls separately, also by keyboard. */
function table({ caption, head, rows, anchor }: Extract<Block, { block: 'table' }>): string {
  const titles = head.map(({ title, number }) => `<th scope="col"${alignment(number)}>${escaped(title)}</th>`).join('')
  const idOf = ([first]: readonly Cell[]) =>
    anchor === undefined || typeof first !== 'string' ? '' : ` id="${escaped(`${anchor}-${first}`)}"`
  const lines = rows.map((row) => `<tr${idOf(row)}>${row.map((cell, at) => tableCell(cell, at, head[at])).join('')}</tr>`)
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(caption)}">
<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>
</div>`
}

const alignment = (number: boolean | undefined) => (number === true ? ' class="number"' : '')

function tableCell(cell: Cell, at: number, head: Head | undefined): string {
  const shown = drawn(cell)
  return at === 0 ? `<th scope="row">${shown}</th>` : `<td${alignment(head?.number)}>${shown}</td>`
}

function drawn(cell: Cell): string {
  if (typeof cell === 'string') return escaped(cell)
  if (cell.bars !== undefined) return bars(cell.bars)
  if (cell.items !== undefined)
    return cell.items.length === 0 ? '' : `<ul class="items">${cell.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
  const picture = cell.histogram === undefined ? '' : histogram(cell.histogram)
  return `${escaped(cell.text)}${picture}${cell.share === undefined ? '' : bar(cell.share)}`
}
