/** The sources of the nine-step example, each cut after its first records: the same formats, errors and steps for a tenth of the work. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const SOURCES = resolve(import.meta.dirname, '../../examples/data-processing/input')

/** Writes the sources into a new folder and returns a pattern that finds them. */
export function smallSales(folder: string, records = 400): string {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(SOURCES)) {
    // one character for each byte: what is cut off changes no encoding
    const text = readFileSync(join(SOURCES, name), 'latin1')
    writeFileSync(join(folder, name), text.slice(0, endOf(text, records + 1)), 'latin1')
  }
  return join(folder, '*.csv')
}

/** Where so many records end; a line break within quotes ends none. */
function endOf(text: string, records: number): number {
  let [left, quoted] = [records, false]
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted
    else if (text[at] === '\n' && !quoted && --left === 0) return at + 1
  }
  return text.length
}
