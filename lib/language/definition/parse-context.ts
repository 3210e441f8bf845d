/** What is known while one file is read: its text, where everything stands in it, and the problems found so far. */
import type { Scalar } from 'yaml'
import type { Problem, ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

/** A place below the root of a file, as keys and positions in lists. */
export type Path = readonly (string | number)[]

/** Offsets into the text; a value that came by an alias stands where its anchor is. */
interface Place {
  readonly key?: number
  readonly value: number
  /** The scalar written there, to find single characters of its value. */
  readonly scalar?: Scalar
}

export interface ParseContext {
  readonly file: string
  readonly text: string
  /** Offset of the start of each line. */
  readonly lines: readonly number[]
  /** By the path's text. */
  readonly places: Map<string, Place>
  readonly problems: Problem[]
  /** What has been reported, so that nothing is told twice. */
  readonly reported: Set<string>
  /** Paths whose value could not be read; they have been reported and are judged no further. */
  readonly unreadable: Set<string>
}

/** Says where the parts of a definition stand, for problems that show only later. */
export interface SourceMap {
  /** The place of a path such as `steps.3.with.filter`; the nearest enclosing one when the path itself is not written down. */
  at(path: string): { readonly line: number; readonly column: number }
}

export const pathText = (path: Path) => path.join('.')

export function startParse(text: string, file: string): ParseContext {
  const lines = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return { file, text, lines, places: new Map(), problems: [], reported: new Set(), unreadable: new Set() }
}

export interface Where {
  /** The key of the path instead of its value. */
  readonly at?: 'key' | 'value'
  /** An offset into the text, when it is known better than by the path. */
  readonly offset?: number | undefined
  readonly level?: Problem['level']
}

/** Writes down a problem at the path, or at the nearest enclosing place that is written in the file; the same one only once. */
export function report(reading: ParseContext, code: ProblemCode, path: Path, text: ProblemText, where: Where = {}): void {
  const offset = where.offset ?? offsetOf(reading, pathText(path), where.at ?? 'value')
  const { line, column } = positionOf(reading, offset)
  const { what, hint } = text
  const sentence = `${line}:${column} ${code} ${what}`
  if (reading.reported.has(sentence)) return
  reading.reported.add(sentence)
  reading.problems.push({ code, level: where.level ?? 'error', file: reading.file, line, column, path: pathText(path), what, hint })
}

/** Line and column, from 1, of an offset into the text. */
export function positionOf(reading: Pick<ParseContext, 'lines'>, offset: number): { line: number; column: number } {
  let low = 0
  let high = reading.lines.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((reading.lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (reading.lines[low] ?? 0) + 1 }
}

export function sourceMap(reading: ParseContext): SourceMap {
  return { at: (path) => positionOf(reading, offsetOf(reading, path, 'value')) }
}

function offsetOf(reading: ParseContext, path: string, at: 'key' | 'value'): number {
  const place = reading.places.get(path)
  if (place !== undefined) return at === 'key' ? (place.key ?? place.value) : place.value
  if (path === '') return 0
  const end = path.lastIndexOf('.')
  return offsetOf(reading, end < 0 ? '' : path.slice(0, end), 'value')
}
