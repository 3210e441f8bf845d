/** Maps a character of a scalar's value to its place in the file: through quotes, escapes, folding and indentation. */
import type { Scalar } from 'yaml'
import { type Path, pathText, type ParseContext } from './parse-context.ts'

/** The offset in the file of a character of the text at a path; undefined if only the place of the whole text is known. */
export function sourceOffset(context: ParseContext, path: Path, index: number): number | undefined {
  const scalar = context.places.get(pathText(path))?.scalar
  return scalar === undefined ? undefined : valueOffset(context.text, scalar, index)
}

/** The offset in `text` of character `index` of the scalar's value; undefined if it is unknown. */
export function valueOffset(text: string, scalar: Scalar, index: number): number | undefined {
  const { value, range } = scalar
  if (typeof value !== 'string' || range == null || index > value.length) return undefined
  const source = text.slice(range[0], range[1])
  const offset =
    scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED' ? inBlock(source, value, index) : inFlow(source, value, index)
  return offset === undefined ? undefined : range[0] + offset
}

/** Plain and quoted scalars: one line break is a space, more are line feeds; quotes have their escapes. */
function inFlow(source: string, value: string, index: number): number | undefined {
  const quote = source[0] === '"' || source[0] === "'" ? source[0] : ''
  let at = quote.length
  for (let i = 0; i < value.length; ) {
    while (quote === '"' && /^\\\r?\n/.test(source.slice(at, at + 3))) at += /^\\\r?\n[ \t]*/.exec(source.slice(at))?.[0].length ?? 1
    const gap = /^[ \t]*(?:\r?\n[ \t]*)+/.exec(source.slice(at))?.[0]
    if (gap !== undefined) {
      const breaks = gap.split('\n').length - 1
      const stands = breaks === 1 ? 1 : breaks - 1
      if (index < i + stands) return at
      i += stands
      at += gap.length
      continue
    }
    const written = quote === '"' && source[at] === '\\' ? escapeLength(source, at) : quote === "'" && source[at] === "'" ? 2 : 1
    if (written === 1 && source[at] !== value[i]) return undefined
    const units = written === 10 && (value.codePointAt(i) ?? 0) > 0xffff ? 2 : 1
    if (index < i + units) return at
    i += units
    at += written
  }
  return index === value.length ? at : undefined
}

const escapeLength = (source: string, at: number) => ({ x: 4, u: 6, U: 10 })[source[at + 1] ?? ''] ?? 2

/** Block scalars: a header line, then lines without their indentation; folded scalars turn single breaks into spaces. */
function inBlock(source: string, value: string, index: number): number | undefined {
  const indent = Number(/^[|>][-+]?([1-9])/.exec(source)?.[1] ?? 0)
  const body = source.indexOf('\n') + 1
  const margin = indent > 0 ? undefined : /^(?:[ \t]*\r?\n)*( *)/.exec(source.slice(body))?.[1]?.length
  if (body === 0 || margin === undefined) return undefined
  const skip = (at: number) => {
    let next = at
    while (next < at + margin && source[next] === ' ') next++
    return next
  }
  let at = skip(body)
  for (let i = 0; i < value.length; i++) {
    if (source[at] === '\r' && source[at + 1] === '\n') at++
    if (source[at] === '\n' && value[i] === '\n' && source[0] === '>') {
      const wanted = /^\n+/.exec(value.slice(i))?.[0].length ?? 1
      const gap = /^(?:\r?\n[ \t]*(?=\r?\n|$))*\r?\n/.exec(source.slice(at))?.[0] ?? '\n'
      if (index < i + wanted) return at
      i += wanted - 1
      at = skip(at + gap.length)
      continue
    }
    if (source[at] !== value[i] && !(source[at] === '\n' && value[i] === ' ')) return undefined
    if (i === index) return at
    at = source[at] === '\n' ? skip(at + 1) : at + 1
  }
  return index === value.length ? at : undefined
}
