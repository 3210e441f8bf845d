/** JSON files: one list of objects, or an object a line. */
import { text } from '#relational/types/sql.ts'
import { type BlockCounter, compressedAs, countBlocks, TEXT_COMPRESSIONS, textExtension } from './text.ts'
import type { WriterKind } from './writer.ts'

const relationOf = (format: string) => (path: string, compression: string, columns: readonly string[]) => {
  const wanted = columns.length === 0 ? `'_': 'JSON'` : columns.map((column) => `${text(column)}: 'VARCHAR'`).join(', ')
  return `read_json(${text(path)}, format = ${text(format)}, columns = {${wanted}}, maximum_object_size = 16000000, ${compressedAs(compression)})`
}

export const jsonWriter: WriterKind = {
  name: 'json',
  summary: 'One list of objects.',
  compressions: TEXT_COMPRESSIONS,
  extension: textExtension('json'),
  copyOptions: (compression) => `FORMAT json, ARRAY true, COMPRESSION ${text(compression)}`,
  countsMissing: false,
  relation: relationOf('array'),
  load: async () => countBlocks(() => objectCounter(1)),
}

export const ndjsonWriter: WriterKind = {
  name: 'ndjson',
  summary: 'An object a line.',
  compressions: TEXT_COMPRESSIONS,
  extension: textExtension('ndjson'),
  aliases: ['jsonl'],
  copyOptions: (compression) => `FORMAT json, ARRAY false, COMPRESSION ${text(compression)}`,
  countsMissing: false,
  relation: relationOf('newline_delimited'),
  load: async () => countBlocks(() => objectCounter(0)),
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, OPEN_LIST, CLOSE_OBJECT, CLOSE_LIST] = [34, 92, 123, 91, 125, 93]

/** Objects that stand within `depth` others. */
function objectCounter(depth: number): BlockCounter {
  let objects = 0
  let level = 0
  let inString = false
  let escaped = false
  return {
    add: (block) => {
      for (const byte of block) {
        if (inString) {
          if (escaped) escaped = false
          else if (byte === BACKSLASH) escaped = true
          else if (byte === QUOTE) inString = false
        } else if (byte === QUOTE) inString = true
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
          if (level === depth && byte === OPEN_OBJECT) objects++
          level++
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) level--
      }
    },
    rows: () => objects,
  }
}
