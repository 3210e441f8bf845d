/** Pieces of Markdown. */

/** Text inside a cell of a table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const code = (text: string) => `\`${text}\``

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

export const yamlBlock = (yaml: string) => `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``

/** Parts with an empty line between them, empty ones left out; ends with a newline. */
export const page = (...parts: readonly string[]) => `${parts.filter((part) => part !== '').join('\n\n')}\n`

/** The line that says where a page comes from. */
export const generatedFrom = (source: string) => `<!-- Generated from ${source}; do not edit. -->`
