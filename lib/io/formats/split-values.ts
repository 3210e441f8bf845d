/** Rewrites JSON with one value per line: the elements of a list, or values in sequence. Only white space changes. */
import type { ByteSink } from '#io/bytes/file.ts'
import type { ByteSource } from './source.ts'
import { blocksOf } from '#io/bytes/copy.ts'

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, LF, CR, SPACE, TAB] = [
  34, 92, 44, 91, 93, 123, 125, 10, 13, 32, 9,
]

/**
 * Reads after a mark of `bom` bytes; memory does not grow with the values. A value with invalid brackets or quotes ends where the next one
 * starts: at an opening brace in the same column as its own, if there is one. Notes report anomalies.
 */
export async function splitValues(
  from: ByteSource,
  to: ByteSink,
  bom: number,
  blockBytes?: number,
): Promise<{ readonly notes: readonly string[]; readonly doubts: readonly string[] }> {
  const splitter = startSplitter()
  for await (const block of blocksOf(from, bom, blockBytes)) await to.write(splitter.split(block))
  await to.write(splitter.end())
  return { notes: splitter.notes(), doubts: splitter.isCutOff() ? [CUT_OFF] : [] }
}

/** A list that ends after a whole value looks complete: nothing in it is invalid, and nobody knows what is missing. */
const CUT_OFF =
  'the JSON list is cut off: the text ends before the ] that closes the list, so records may be missing at the end; check whether the file was still being written or only partly copied, and get it again'

function startSplitter() {
  let begun = false
  let inList = false
  let closed = false
  // the nesting within a value, relative to the list, and the string being read
  let level = 0
  let inValue = false
  let inString = false
  let escaped = false
  // how a broken value ends
  let broken = false
  let column = 0
  let valueColumn = 0
  let onlySpace = true
  let commas = 1
  const counts = { missing: 0, doubled: 0, behind: 0 }

  function split(block: Uint8Array): Uint8Array {
    const out = new Uint8Array(block.length * 2 + 1)
    let length = 0
    for (let at = 0; at < block.length; at++) {
      const byte = block[at] ?? 0
      const newline = byte === LF || byte === CR
      if (inValue && broken && onlySpace && byte === OPEN_OBJECT && column === valueColumn) {
        out[length++] = LF
        inValue = false
        commas = 1
      }
      if (inString) {
        // a string cannot continue on the next line: the value is broken
        if (newline) {
          inString = false
          broken = true
        } else if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
        out[length++] = newline ? SPACE : byte
        if (!inString && level === 0 && !broken) length = endValue(out, length)
      } else if (newline || byte === SPACE || byte === TAB) {
        if (inValue && level > 0) out[length++] = SPACE
        else if (inValue) length = endValue(out, length)
      } else if (inValue && level > 0) {
        out[length++] = byte
        if (byte === QUOTE) inString = true
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) level++
        else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
          level--
          if (level === 0) length = endValue(out, length)
        }
      } else if (byte === COMMA) {
        if (inValue) length = endValue(out, length)
        commas++
        if (commas > 1) counts.doubled++
      } else if (inList && byte === CLOSE_LIST) {
        if (inValue) length = endValue(out, length)
        inList = false
        closed = true
      } else if (!begun && byte === OPEN_LIST) {
        inList = true
      } else {
        if (!inValue) startValue()
        out[length++] = byte
        if (byte === QUOTE) inString = true
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) level = 1
      }
      if (byte !== SPACE && byte !== TAB && !newline) begun = true
      onlySpace = newline || (onlySpace && (byte === SPACE || byte === TAB))
      column = newline ? 0 : column + 1
    }
    return out.subarray(0, length)
  }

  function startValue(): void {
    inValue = true
    broken = false
    level = 0
    valueColumn = column
    if (inList && commas === 0) counts.missing++
    if (closed) counts.behind++
    commas = 0
  }

  function endValue(out: Uint8Array, length: number): number {
    out[length] = LF
    inValue = false
    return length + 1
  }

  return {
    split,
    end: () => (inValue ? new Uint8Array([LF]) : new Uint8Array()),
    isCutOff: () => inList,
    notes: () => [
      ...(counts.missing > 0
        ? [`${counts.missing} ${counts.missing === 1 ? 'value of the list follows' : 'values of the list follow'} another without a comma`]
        : []),
      ...(counts.doubled > 0
        ? [`${counts.doubled} ${counts.doubled === 1 ? 'comma of the list has' : 'commas of the list have'} no value before it`]
        : []),
      ...(counts.behind > 0
        ? [`${counts.behind} ${counts.behind === 1 ? 'value follows' : 'values follow'} after the end of the list`]
        : []),
    ],
  }
}
