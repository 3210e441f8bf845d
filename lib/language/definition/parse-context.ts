/** State of reading one file: its text, the places of its values, and the problems found. */
import type { Scalar } from 'yaml'
import type { Problem, ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

/** A path below the root of a file, as keys and list indexes. */
export type Path = readonly (string | number)[]

/** Offsets into the text; an aliased value is at its anchor. */
export interface Place {
  readonly key?: number
  readonly value: number
  /** The scalar at that place, to locate single characters of its value. */
  readonly scalar?: Scalar
}

/** A secret that is written in a file: a whole scalar, or the password in an address. */
export interface LiteralSecret {
  /** What it could be called. */
  readonly name: string
  readonly value: string
  /** Offsets into the text. */
  readonly start: number
  readonly end: number
  readonly isWhole: boolean
  readonly problem: Problem
}

export interface ParseContext {
  readonly file: string
  readonly text: string
  /** Offset of the start of each line. */
  readonly lines: readonly number[]
  /** By the text of the path. */
  readonly places: Map<string, Place>
  readonly problems: Problem[]
  /** Problems already reported, so that none is reported twice. */
  readonly reported: Set<string>
  /** Paths whose value could not be read; they have been reported and are not checked further. */
  readonly unreadable: Set<string>
  /** Those of the problems that are secrets written in the file. */
  readonly literals: LiteralSecret[]
  /** Of a definition in a dialect: the author's path of each canonical path. */
  readonly written?: ReadonlyMap<string, string>
}

/** Finds the place of any part of a definition, for problems found later. */
export interface SourceMap {
  /**
   * The place of a path such as `steps.3.with.filter`, or of the nearest enclosing path that is in the file. A number behind the path of a text
   * is the index of a character in it.
   */
  at(path: string): { readonly line: number; readonly column: number }
  /** The path as the author wrote it: another one in a dialect. */
  written(path: string): string
}

export const pathText = (path: Path) => path.join('.')

export function startParse(text: string, file: string): ParseContext {
  const lines = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return { file, text, lines, places: new Map(), problems: [], reported: new Set(), unreadable: new Set(), literals: [] }
}

export interface Where {
  /** The key of the path instead of its value. */
  readonly at?: 'key' | 'value'
  /** An offset into the text, if it is known more exactly than by the path. */
  readonly offset?: number | undefined
  readonly level?: Problem['level']
}

/** Records a problem at the path, or at the nearest enclosing place in the file, and returns it; undefined if it is recorded already. */
export function report(context: ParseContext, code: ProblemCode, path: Path, text: ProblemText, where: Where = {}): Problem | undefined {
  const offset = where.offset ?? offsetOf(context, pathText(path), where.at ?? 'value')
  const { line, column } = positionOf(context, offset)
  const { what, hint } = text
  const sentence = `${line}:${column} ${code} ${what}`
  if (context.reported.has(sentence)) return undefined
  context.reported.add(sentence)
  const level = where.level ?? 'error'
  const problem: Problem = { code, level, file: context.file, line, column, path: writtenPath(context, pathText(path)), what, hint }
  context.problems.push(problem)
  return problem
}

/** Line and column, from 1, of an offset into the text. */
export function positionOf(context: Pick<ParseContext, 'lines'>, offset: number): { line: number; column: number } {
  let low = 0
  let high = context.lines.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((context.lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (context.lines[low] ?? 0) + 1 }
}

/** The author's key for the last key of a canonical path; that key itself where the author wrote none of their own. */
export function writtenKey({ written }: Pick<ParseContext, 'written'>, path: Path): string {
  const key = String(path.at(-1))
  const own = written?.get(pathText(path))
  if (own === undefined || own === written?.get(pathText(path.slice(0, -1)))) return key
  const last = own.slice(own.lastIndexOf('.') + 1)
  return Number.isInteger(Number(last)) ? key : last
}

/** The author's path of a canonical one, or of the nearest enclosing part that is in the file. */
export function writtenPath({ written }: Pick<ParseContext, 'written'>, path: string): string {
  if (written === undefined || path === '') return path
  const end = path.lastIndexOf('.')
  return written.get(path) ?? writtenPath({ written }, end < 0 ? '' : path.slice(0, end))
}

/** The offset of a path, or of the nearest enclosing path that is in the file. */
export function offsetOf(context: ParseContext, path: string, at: 'key' | 'value'): number {
  const place = context.places.get(path)
  if (place !== undefined) return at === 'key' ? (place.key ?? place.value) : place.value
  if (path === '') return 0
  const end = path.lastIndexOf('.')
  return offsetOf(context, end < 0 ? '' : path.slice(0, end), 'value')
}
