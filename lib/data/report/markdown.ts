/** Renders the report as Markdown (CommonMark with tables), for pull requests, chats and archives. */
import type { Block, Cell, Section } from './document.ts'
import type { QualityReport } from './model.ts'
import { sectionsOf, TITLE } from './sections.ts'
import { escapeControls } from '#core/text/escape-controls.ts'

export function renderMarkdown(report: QualityReport): string {
  return `${[`# ${TITLE}`, ...sectionsOf(report).map(section)].join('\n\n')}\n`
}

const section = ({ title, level, blocks }: Section) =>
  [`${'#'.repeat(level)} ${title}`, ...blocks.map(block)].join(blocks[0]?.block === 'figures' ? '\n' : '\n\n')

function block(given: Block): string {
  switch (given.block) {
    case 'text':
      return escaped(given.text)
    case 'figures':
      return given.figures
        .map(({ label, value }) => `- ${given.strong ? `**${escaped(label)}**` : escaped(label)}: ${escaped(value)}`)
        .join('\n')
    case 'list':
      return given.items.map((item) => `- ${escaped(item)}`).join('\n')
    case 'table': {
      const shown = given.head.map((head, at) => ({ head, at })).filter(({ head }) => head.drawn !== true)
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
      return [
        `${escaped(given.caption)}:`,
        '',
        line(shown.map(({ head }) => head.title)),
        line(shown.map(({ head }) => (head.number === true ? '---:' : '---'))),
        ...given.rows.map((row) => line(shown.map(({ at }) => escaped(textOf(row[at] ?? ''))))),
      ].join('\n')
    }
  }
}

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text)

/** Escapes all characters with a meaning in Markdown or HTML; `_` within a word has none and stays readable. */
function escaped(given: string): string {
  return escapeControls(given, 2000)
    .replace(/[\\`*[\]<>|~]/g, '\\$&')
    .replace(/&(?=#?\w)/g, '&amp;')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/^[-+#](?=\s|$)/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
}
