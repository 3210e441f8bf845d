/** Finds the places of a definition again, for problems found after it was read. */
import { offsetOf, type ParseContext, positionOf, type SourceMap, writtenPath } from './parse-context.ts'
import { sourceOffset } from './scalar-offset.ts'

export function sourceMap(context: ParseContext): SourceMap {
  return {
    at(path) {
      const inText = characterOf(context, path)
      const offset = inText === undefined ? undefined : sourceOffset(context, inText.path.split('.'), inText.index)
      return positionOf(context, offset ?? offsetOf(context, path, 'value'))
    },
    written: (path) => writtenPath(context, characterOf(context, path)?.path ?? path),
  }
}

/** The path of a text, and the index of a character in it; undefined if the path names no character. */
function characterOf({ places }: ParseContext, path: string): { readonly path: string; readonly index: number } | undefined {
  const [, text = '', index] = /^(.+)\.(\d+)$/.exec(path) ?? []
  const isText = index !== undefined && !places.has(path) && typeof places.get(text)?.scalar?.value === 'string'
  return isText ? { path: text, index: Number(index) } : undefined
}
