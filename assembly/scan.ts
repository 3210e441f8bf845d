/**
 * The scan kernel: finds the records of delimited text, 64 bytes at a time, and reports only the number of good ones. Everything else is
 * written down as events. docs/reader.md describes the grammar.
 *
 * There are two paths through the text. The fast path turns 64 bytes into bit masks (one bit per byte) and works as long as every quote is
 * where a quote of a well-formed field can be. The slow path is a state machine over single bytes: it is entered at any other quote, and
 * left at the end of the record. The file is long because both paths and the end of a record share one state, and only its own module can
 * change a module's variables. Masks and the parity of quotes by prefix xor are after Langdale and Lemire, "Parsing gigabytes of JSON per
 * second" (VLDB Journal, 2019).
 */
import {
  ASTRAY,
  BAD,
  BY_CR,
  BY_CRLF,
  BY_END,
  BY_LF,
  CHUNK,
  CLOSED,
  COMMENT_LINE,
  CR,
  DONE,
  ENOUGH,
  ESCAPED,
  EVENTS,
  EVENT_BYTES,
  FIELD_START,
  FULL,
  GAP,
  IN_COMMENT,
  LF,
  MORE,
  NEWLINE,
  NOT_UTF8,
  PLAIN,
  QUOTED,
  RAGGED,
  REWIND,
  SAMPLE,
  SPACE,
  SPACED,
  STRAY,
  TARGET,
  TOO_LONG,
  UNCLOSED,
} from './codes'
import { any, bits, prefixXor, sampleHash } from './masks'
import { breaksIn, isBroken } from './utf8'

// the dialect
let delimiter: u8 = 44
let quote: u8 = 34
let escaper: u8 = 34
let comment: u8 = 0
let hasQuote: bool = true
let hasBackslash: bool = false
let hasComment: bool = false
let expected: i32 = 1
let chunkRecords: i32 = 1
let threshold: u64 = 0
let target: i64 = 0
let reportNewlines: bool = false
let mostBytes: i64 = 0

// the current record; offsets refer to the text, `base` is the offset of address 0
let base: i64 = 0
let position: i64 = 0
let recordStart: i64 = 0
let line: i64 = 1
let record: i64 = 0
let fields: i32 = 0
let innerLines: i64 = 0
let firstLineEnd: i64 = 0
let firstLineStyle: i32 = 0
let broken: bool = false
let previousEnd: i64 = 0
let inChunk: i32 = 0
let stop: bool = false

// state between blocks: `slow` with `state`, or the carries of the masks
let slow: bool = false
let state: i32 = FIELD_START
let inside: u64 = 0
let afterQuote: u64 = 0
let atFieldStart: u64 = 1

// totals
let events: i32 = 0
let blankLines: i64 = 0
let badRecords: i64 = 0
let brokenRecords: i64 = 0
let foreignBlocks: i64 = 0
let endsByLf: i64 = 0
let endsByCrlf: i64 = 0
let endsByCr: i64 = 0
let blankByCrlf: i64 = 0
let longest: i64 = 0
let gaps: i64 = 0
let nuls: i64 = 0

/**
 * Sets the dialect and resets everything else. -1 stands for a character that the dialect does not have; an escape equal to the quote means
 * doubling.
 */
export function configure(
  delimiterIs: i32,
  quoteIs: i32,
  escapeIs: i32,
  commentIs: i32,
  fieldCount: i32,
  recordsAChunk: i32,
  newlines: i32,
  recordBytes: f64,
): void {
  delimiter = <u8>delimiterIs
  hasQuote = quoteIs >= 0
  quote = hasQuote ? <u8>quoteIs : <u8>delimiterIs
  escaper = escapeIs >= 0 ? <u8>escapeIs : quote
  hasBackslash = hasQuote && escapeIs >= 0 && escapeIs !== quoteIs
  hasComment = commentIs >= 0
  comment = hasComment ? <u8>commentIs : 0
  expected = fieldCount
  chunkRecords = recordsAChunk
  reportNewlines = newlines !== 0
  mostBytes = <i64>recordBytes
  threshold = 0
  target = 0
  events = 0
  blankLines = badRecords = brokenRecords = foreignBlocks = endsByLf = endsByCrlf = endsByCr = blankByCrlf = longest = gaps = nuls = 0
  inChunk = 0
  begin(0, 1, 0)
}

/** Starts at the start of a record: its offset, its line, and the number of records before it. */
export function begin(offset: f64, lineThere: f64, recordsBefore: f64): void {
  recordStart = position = previousEnd = <i64>offset
  line = <i64>lineThere
  record = <i64>recordsBefore
  clean()
}

/** Records with a lower hash are sampled; 0 samples none, 4294967296 all. */
export function setThreshold(value: f64): void {
  threshold = <u64>value
}

/** The number of the next record to report in any case; 0 for none. */
export function setTarget(value: f64): void {
  target = <i64>value
}

export function eventCount(): i32 {
  return events
}

export function clearEvents(): void {
  events = 0
}

/** The offset of the next byte to pass; everything before it is done. */
export function positionNow(): f64 {
  return <f64>position
}

export function total(which: i32): f64 {
  switch (which) {
    case 0:
      return <f64>record
    case 1:
      return <f64>badRecords
    case 2:
      return <f64>blankLines
    case 3:
      return <f64>longest
    case 4:
      return <f64>endsByLf
    case 5:
      return <f64>endsByCrlf
    case 6:
      return <f64>endsByCr
    case 7:
      return <f64>blankByCrlf
    case 8:
      return <f64>gaps
    case 9:
      return <f64>nuls
    case 10:
      return <f64>brokenRecords
    case 11:
      return <f64>foreignBlocks
    default:
      return <f64>line
  }
}

/**
 * Continues reading. `start` to `end` are the addresses of the next bytes of the text; the first is at `offset`. The 16 bytes before
 * `start` are the text before it, or zeros. `last`: no more text follows. MORE: pass the bytes from positionNow(), with more after them (up
 * to 64 are left over). FULL: take the events and continue from positionNow(). REWIND: the same, and positionNow() may be before `start`.
 * DONE: the text was read.
 */
export function scan(start: i32, end: i32, offset: f64, last: i32): i32 {
  base = <i64>offset - <i64>start
  stop = false
  let at = start
  while (true) {
    if (stop || events > ENOUGH) {
      position = base + at
      return FULL
    }
    if (!slow && hasComment && recordStart === base + at && at < end && load<u8>(at) === comment) {
      slow = true
      state = IN_COMMENT
    }
    if (!slow && at + 65 <= end) {
      at = fast(at, end)
      continue
    }
    if (at + (last ? 0 : 1) >= end || (!slow && !last)) break
    if (!slow) goSlow(at)
    at = step(at, end, last !== 0)
    if (at < 0) return REWIND
  }
  position = base + at
  if (!last) return MORE
  if (recordStart === position) return DONE
  return finish() ? DONE : REWIND
}

/** Reads whole blocks until one is irregular or the end of a record needs attention; returns the address to continue from. */
function fast(from: i32, end: i32): i32 {
  const delimiters = i8x16.splat(delimiter)
  const quotes = i8x16.splat(quote)
  const lfs = i8x16.splat(LF)
  const crs = i8x16.splat(CR)
  const zeros = i8x16.splat(0)
  const withQuotes = hasQuote
  const withBackslash = hasBackslash
  let isInside = inside
  let wasQuote = afterQuote
  let fieldStart = atFieldStart
  let count = fields
  let at = from

  while (at + 65 <= end && events <= ENOUGH) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)

    // quotes: where text is quoted, and whether each quote is in a valid position
    let quoted = isInside
    let opening: u64 = 0
    let closing: u64 = 0
    if (withQuotes) {
      const qa = i8x16.eq(a, quotes)
      const qb = i8x16.eq(b, quotes)
      const qc = i8x16.eq(c, quotes)
      const qd = i8x16.eq(d, quotes)
      if (v128.any_true(v128.or(v128.or(qa, qb), v128.or(qc, qd)))) {
        const marks = bits(qa, qb, qc, qd)
        quoted = prefixXor(marks) ^ isInside
        opening = marks & quoted
        closing = marks & ~quoted
      }
      if (withBackslash && (opening | closing | isInside) !== 0 && any(a, b, c, d, i8x16.splat(escaper))) break
    }

    // newlines; for a pair CR LF only the LF counts
    const la = i8x16.eq(a, lfs)
    const lb = i8x16.eq(b, lfs)
    const lc = i8x16.eq(c, lfs)
    const ld = i8x16.eq(d, lfs)
    const ca = i8x16.eq(a, crs)
    const cb = i8x16.eq(b, crs)
    const cc = i8x16.eq(c, crs)
    const cd = i8x16.eq(d, crs)
    let newlines: u64 = 0
    let anyNewline: u64 = 0
    if (v128.any_true(v128.or(v128.or(v128.or(la, lb), v128.or(lc, ld)), v128.or(v128.or(ca, cb), v128.or(cc, cd))))) {
      const lf = bits(la, lb, lc, ld)
      const cr = bits(ca, cb, cc, cd)
      anyNewline = lf | cr
      newlines = anyNewline
      if (cr !== 0) newlines = lf | (cr & ~((lf >> 1) | ((<u64>(load<u8>(at, 64) === LF)) << 63)))
    }

    const delims = bits(i8x16.eq(a, delimiters), i8x16.eq(b, delimiters), i8x16.eq(c, delimiters), i8x16.eq(d, delimiters))
    const separators = (delims | anyNewline) & ~quoted
    if ((opening | closing | wasQuote) !== 0) {
      const fieldStarts = (separators << 1) | fieldStart
      const afterClosing = (closing << 1) | wasQuote
      // a doubled quote is a closing one directly followed by an opening one
      const doubled = withBackslash ? 0 : afterClosing
      const mayFollow = delims | anyNewline | (withBackslash ? 0 : opening)
      if ((afterClosing & ~mayFollow) !== 0) break
      if ((opening & ~(fieldStarts | doubled)) !== 0) {
        // one space is allowed between
        const spaces = bits(
          i8x16.eq(a, i8x16.splat(SPACE)),
          i8x16.eq(b, i8x16.splat(SPACE)),
          i8x16.eq(c, i8x16.splat(SPACE)),
          i8x16.eq(d, i8x16.splat(SPACE)),
        )
        const spaced = ((spaces & fieldStarts & ~quoted) << 1) | <u64>(isInside === 0 && isSpaced(at))
        if (delimiter === SPACE || (opening & ~(fieldStarts | doubled | spaced)) !== 0) break
      }
    }

    // non-ASCII text must be UTF-8
    let breaks: u64 = 0
    if (v128.any_true(i8x16.eq(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), zeros))) nuls++
    if (i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) !== 0 || (load<u32>(at - 4) & 0x80808000) !== 0) {
      if (!isBroken(at)) foreignBlocks++
      else {
        const floor = floorOf(at)
        if (breaksIn(floor, at, at + 64, 2) !== 0) broken = true
        breaks = breaksIn(floor, at, at + 64, 1)
      }
    }

    const outer = delims & ~quoted
    let ends = newlines & ~quoted
    let inner = newlines & quoted
    if (ends === 0) {
      count += <i32>popcnt(outer)
    } else {
      let left = outer
      do {
        const bit = ctz(ends)
        const below = ((<u64>1) << bit) - 1
        count += <i32>popcnt(left & below)
        left &= ~below
        innerLines += popcnt(inner & below)
        inner &= ~below
        if ((breaks & below) !== 0) broken = true
        breaks &= ~below
        const here = at + <i32>bit
        endRecord(base + here + 1, styleAt(here), count + 1)
        count = 0
        if (stop || (hasComment && load<u8>(here + 1) === comment)) {
          clean()
          return here + 1
        }
        ends &= ends - 1
      } while (ends !== 0)
      count = <i32>popcnt(left)
    }
    if (inner !== 0) {
      if (firstLineEnd === 0) markFirstLine(at + <i32>ctz(inner))
      innerLines += popcnt(inner)
    }
    if (breaks !== 0) broken = true
    isInside = <u64>(<i64>quoted >> 63)
    wasQuote = closing >> 63
    fieldStart = separators >> 63
    at += 64
  }

  inside = isInside
  afterQuote = wasQuote
  atFieldStart = fieldStart
  fields = count
  if (at + 65 <= end && events <= ENOUGH) goSlow(at)
  return at
}

/** Whether the previous byte is a space that starts a field, outside quotes. */
function isSpaced(at: i32): bool {
  if (load<u8>(at - 1) !== SPACE || recordStart >= base + at) return false
  if (recordStart === base + at - 1) return true
  const before = load<u8>(at - 2)
  return before === delimiter || before === LF || before === CR
}

/** The address before which no character of this record can be; the 16 bytes before a block are always available. */
function floorOf(at: i32): i32 {
  const start = recordStart - base
  return start > <i64>at - 4 ? <i32>start : at - 4
}

/** Converts the carries of the fast path to a state of the slow path. */
function goSlow(at: i32): void {
  slow = true
  if (inside !== 0) state = QUOTED
  else if (afterQuote !== 0) state = CLOSED
  else if (atFieldStart !== 0 || recordStart === base + at) state = FIELD_START
  else if (delimiter !== SPACE && isSpaced(at)) state = SPACED
  else state = PLAIN
}

/** Nothing is pending at the start of a record. */
function clean(): void {
  slow = false
  state = FIELD_START
  inside = 0
  afterQuote = 0
  atFieldStart = 1
  fields = 0
  innerLines = 0
  firstLineEnd = 0
  broken = false
}

/** Reads byte by byte to the end of the record or of the bytes (less one, unless they are the last). Returns -1 to rewind. */
function step(from: i32, end: i32, last: bool): i32 {
  const limit = last ? end : end - 1
  let high: u8 = from > 0 ? load<u8>(from - 1) | load<u8>(from - 2) | load<u8>(from - 3) : 0
  let at = from
  let now = state
  while (at < limit) {
    const c = load<u8>(at)
    high |= c
    if (c === 0) nuls++
    const newline = c === LF || c === CR
    if (newline && now !== QUOTED && now !== ESCAPED) {
      const pair = c === CR && at + 1 < end && load<u8>(at + 1) === LF
      const after = at + (pair ? 2 : 1)
      // the CR of a pair may be before this byte: the fast path leaves the pair to its LF
      const joined = c === LF && at === from && recordStart < base + at && load<u8>(at - 1) === CR
      const style = pair || joined ? BY_CRLF : c === CR ? BY_CR : BY_LF
      if (now === IN_COMMENT) endComment(base + after, style)
      else if (now === ASTRAY) endBadLine(base + after, style, STRAY)
      else {
        if ((high & 0x80) !== 0) checkText(from, at + 1, false)
        endRecord(base + after, style, fields + 1)
      }
      clean()
      return after
    }
    switch (now) {
      case FIELD_START:
      case SPACED:
        if (c === delimiter) {
          fields++
          now = FIELD_START
        } else if (hasQuote && c === quote) now = QUOTED
        else if (c === SPACE && now === FIELD_START) now = SPACED
        else now = PLAIN
        break
      case PLAIN:
        if (c === delimiter) {
          fields++
          now = FIELD_START
        }
        break
      case QUOTED:
        if (c === quote) now = CLOSED
        else if (hasBackslash && c === escaper) now = ESCAPED
        else if (newline) innerNewline(at, end)
        break
      case ESCAPED:
        if (newline) innerNewline(at, end)
        now = QUOTED
        break
      case CLOSED:
      case GAP:
        if (c === delimiter) {
          fields++
          now = FIELD_START
        } else if (c === SPACE) {
          now = GAP
          gaps++
        } else if (c === quote && now === CLOSED && !hasBackslash) now = QUOTED
        else if (firstLineEnd !== 0) {
          rewind(STRAY)
          return -1
        } else now = ASTRAY
        break
    }
    at++
  }
  state = now
  if ((high & 0x80) !== 0 && now !== IN_COMMENT) checkText(from, at, last)
  return at
}

function innerNewline(at: i32, end: i32): void {
  if (load<u8>(at) === CR && at + 1 < end && load<u8>(at + 1) === LF) return
  innerLines++
  if (firstLineEnd === 0) markFirstLine(at)
}

/** Records where the first line of the record ends, in case the record turns out to end there. */
function markFirstLine(at: i32): void {
  firstLineEnd = base + at + 1
  firstLineStyle = styleAt(at)
}

/** How the line that ends at this byte ends. */
function styleAt(at: i32): i32 {
  return load<u8>(at) === CR ? BY_CR : load<u8>(at - 1) === CR ? BY_CRLF : BY_LF
}

function checkText(from: i32, to: i32, last: bool): void {
  if (breaksIn(floorOf(from), from, to, last ? 3 : 0) !== 0) broken = true
  else foreignBlocks++
}

/** Only the first line of the record is bad; reading continues after it. */
function rewind(reason: i32): void {
  const end = firstLineEnd
  endBadLine(end, firstLineStyle, reason)
  clean()
  position = end
}

/** Handles the end of the text within a record; false if reading must go back. */
function finish(): bool {
  if (!slow) goSlow(<i32>(position - base))
  switch (state) {
    case IN_COMMENT:
      endComment(position, BY_END)
      break
    case QUOTED:
    case ESCAPED:
      if (firstLineEnd !== 0 && firstLineEnd !== position) {
        rewind(UNCLOSED)
        return false
      }
      endBadLine(position, BY_END, UNCLOSED)
      break
    case ASTRAY:
      endBadLine(position, BY_END, STRAY)
      break
    default:
      endRecord(position, BY_END, fields + 1)
  }
  clean()
  return true
}

function endRecord(end: i64, style: i32, found: i32): void {
  const start = recordStart
  const content = end - (style === BY_CRLF ? 2 : style === BY_END ? 0 : 1)
  recordStart = end
  if (content === start && style === BY_CRLF) blankByCrlf++
  if (content === start && expected > 1) {
    blankLines++
    line++
    newline(content, end, style)
    return
  }
  openRecord(start, end)
  const isLong = end - start > mostBytes
  if (found !== expected || broken || isLong) {
    badRecords++
    previousEnd = end
    if (found === expected && !isLong) brokenRecords++
    emit(BAD, start, end, found, isLong ? TOO_LONG : found !== expected ? RAGGED : NOT_UTF8)
    newlineOfBad(content, end, style)
  } else {
    if (end - previousEnd > longest) longest = end - previousEnd
    previousEnd = end
    newline(content, end, style)
    if (<u64>sampleHash(record) < threshold) emit(SAMPLE, start, end, found, 0)
  }
  closeRecord(start, end)
  line += 1 + innerLines
  innerLines = 0
  firstLineEnd = 0
  broken = false
}

function endBadLine(end: i64, style: i32, reason: i32): void {
  const start = recordStart
  recordStart = end
  openRecord(start, end)
  badRecords++
  previousEnd = end
  emit(BAD, start, end, 0, end - start > mostBytes ? TOO_LONG : reason)
  newlineOfBad(end - (style === BY_CRLF ? 2 : style === BY_END ? 0 : 1), end, style)
  closeRecord(start, end)
  line++
}

function endComment(end: i64, style: i32): void {
  emit(COMMENT_LINE, recordStart, end, 0, 0)
  newlineOfBad(end - (style === BY_CRLF ? 2 : style === BY_END ? 0 : 1), end, style)
  recordStart = end
  previousEnd = end
  line++
}

function openRecord(start: i64, end: i64): void {
  record++
  if (inChunk === chunkRecords) inChunk = 0
  if (inChunk++ === 0) emit(CHUNK, start, end, 0, 0)
}

function closeRecord(start: i64, end: i64): void {
  if (record !== target) return
  emit(TARGET, start, end, 0, 0)
  stop = true
}

/** Counts the ending of a line that stays in the text for the parser. */
function newline(content: i64, end: i64, style: i32): void {
  if (style === BY_LF) endsByLf++
  else if (style === BY_CRLF) endsByCrlf++
  else if (style === BY_CR) endsByCr++
  newlineOfBad(content, end, style)
}

function newlineOfBad(content: i64, end: i64, style: i32): void {
  if (reportNewlines && (style === BY_CRLF || style === BY_CR)) emit(NEWLINE, content, end, 0, 0)
}

function emit(kind: i32, start: i64, end: i64, found: i32, reason: i32): void {
  const at = EVENTS + events * EVENT_BYTES
  store<f64>(at, <f64>kind)
  store<f64>(at, <f64>start, 8)
  store<f64>(at, <f64>end, 16)
  store<f64>(at, <f64>line, 24)
  store<f64>(at, <f64>record, 32)
  store<f64>(at, <f64>found, 40)
  store<f64>(at, <f64>reason, 48)
  events++
}
