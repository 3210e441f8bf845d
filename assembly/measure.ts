/**
 * The measuring kernel: one pass over delimited text whose records are all known to be good, cell by cell. It counts what the bytes of a
 * cell show; values written in less common ways are listed with their counts, for SQL to evaluate.
 */
import { addCell, Column, Effect, hashesOf, keysOf, newColumn, prepareKeys, settle, setWords } from './measure/columns'
import { hashBytes, hashNumber, hashWord } from './measure/hash'
import { entryAt, zeroed } from './measure/tables'

const LF: u8 = 10
const CR: u8 = 13
const SPACE: u8 = 32

let delimiter: u8 = 44
let quote: u8 = 34
let quoted: bool = true
let fields: i32 = 0
let columns: StaticArray<usize> = new StaticArray<usize>(0)
/** Start and end addresses of the record's cells; the highest bit of an end marks a cell with doubled quotes. */
let starts: usize = 0
let ends: usize = 0
let row: u32 = 0
let rowLimit: u32 = 0
let header: bool = false
let scratch: usize = 0
let scratchRoom: usize = 0

const DOUBLED: u32 = 0x80000000

export function configure(
  delimiterIs: i32,
  quoteIs: i32,
  fieldCount: i32,
  rowCount: i32,
  sets: i32,
  namedSets: i32,
  skipFirst: bool,
): void {
  header = skipFirst
  delimiter = <u8>delimiterIs
  quoted = quoteIs >= 0
  quote = quoted ? <u8>quoteIs : <u8>delimiterIs
  fields = fieldCount
  columns = new StaticArray<usize>(fieldCount)
  starts = zeroed((<usize>fieldCount) << 2)
  ends = zeroed((<usize>fieldCount) << 2)
  rowLimit = rowCount
  prepareKeys(rowCount, sets, namedSets)
}

export function allocate(bytes: i32): usize {
  return zeroed(bytes)
}

export function setNullTokens(at: usize, count: i32): void {
  setWords(at, count)
}

function column(field: i32): Column {
  return changetype<Column>(columns[field])
}

export function addColumn(
  field: i32,
  kind: i32,
  form: i32,
  sets: i32,
  trimmed: i32,
  salt: i32,
  verbatim: bool,
  sketched: bool,
  shift: i32,
): void {
  const added = newColumn(kind)
  added.form = form
  added.sets = sets
  added.trimmed = trimmed
  added.salt = (<u64>salt + 1) * 0x9e3779b97f4a7c15
  added.verbatim = verbatim
  added.sketched = sketched
  added.threshold = shift > 0 ? (<u64>1) << (64 - shift) : 0
  columns[field] = changetype<usize>(added)
}

export function setNullMask(field: i32, words: i32): void {
  column(field).empties = <u32>words
}

export function setNumberForms(field: i32, point: bool, formatted: bool, group: i32, symbols: usize, symbolCount: i32): void {
  const is = column(field)
  is.point = point
  is.formatted = formatted
  is.group = <u8>group
  is.symbols = symbols
  is.symbolCount = <u32>symbolCount
}

export function setExactDigits(field: i32, whole: i32, scale: i32): void {
  column(field).exact = true
  column(field).whole = whole
  column(field).scale = scale
}

export function setTimestampForms(field: i32, forms: i32, rewritten: bool): void {
  column(field).forms = forms
  column(field).formatted = rewritten
}

/**
 * Reads whole records from `start`; `end` is the address after the last byte, and the 16 bytes after it are writable. Returns the address
 * of the first unread byte, which belongs to a record that may continue after `end`; 0 if the text is not as declared.
 */
export function read(start: usize, end: usize, last: bool): usize {
  // a sentinel at which every scan stops
  store<u8>(end, LF)
  store<u8>(end + 1, quote)
  let at = start
  while (at < end) {
    if (fields > 1 && isNewline(load<u8>(at))) {
      at++
      continue
    }
    const next = readRecord(at, end, last, header)
    if (next === 0) return 0
    if (next === 1) return at
    at = next
    if (header) header = false
    else {
      if (row >= rowLimit) return 0
      for (let field = 0; field < fields; field++) {
        const from = load<u32>(starts + ((<usize>field) << 2))
        const to = load<u32>(ends + ((<usize>field) << 2))
        if ((to & DOUBLED) === 0) addCell(column(field), from, to, row)
        else {
          const length = single(from, to & ~DOUBLED)
          addCell(column(field), scratch, scratch + length, row)
        }
      }
      row++
    }
  }
  return at
}

function isNewline(c: u8): bool {
  return c === LF || c === CR
}

/** Finds the cells of a record. Returns the address after its newline; 1 if the record may continue after `end`; 0 if it is invalid. */
function readRecord(from: usize, end: usize, last: bool, header: bool): usize {
  const delimiters = i8x16.splat(delimiter)
  const lfs = i8x16.splat(LF)
  const crs = i8x16.splat(CR)
  const quotes = i8x16.splat(quote)
  let at = from
  for (let field = 0; ; field++) {
    let cellStart = at
    let cellEnd: usize
    let doubled: u32 = 0
    let opening = quoted && load<u8>(at) === quote
    if (quoted && !opening && delimiter !== SPACE && load<u8>(at) === SPACE && load<u8>(at + 1) === quote && at + 1 < end) {
      opening = true
      at++
    }
    if (opening) {
      cellStart = ++at
      while (true) {
        let found: i32
        while ((found = i8x16.bitmask(i8x16.eq(v128.load(at), quotes))) === 0) at += 16
        at += ctz(found)
        if (at >= end) return last ? 0 : 1
        if (at + 1 >= end && !last) return 1
        if (load<u8>(at + 1) !== quote || at + 1 >= end) break
        doubled = DOUBLED
        at += 2
      }
      cellEnd = at++
      while (at < end && load<u8>(at) === SPACE && delimiter !== SPACE) at++
    } else {
      let found: i32
      while (
        (found = i8x16.bitmask(
          v128.or(v128.or(i8x16.eq(v128.load(at), delimiters), i8x16.eq(v128.load(at), lfs)), i8x16.eq(v128.load(at), crs)),
        )) === 0
      )
        at += 16
      at += ctz(found)
      cellEnd = at
    }
    if (at >= end && !last) return 1
    // a header may have more or fewer names than there are columns
    if (field < fields) {
      store<u32>(starts + ((<usize>field) << 2), <u32>cellStart)
      store<u32>(ends + ((<usize>field) << 2), <u32>cellEnd | doubled)
    } else if (!header) return 0
    if (at < end && load<u8>(at) === delimiter) {
      at++
      continue
    }
    if (at < end && !isNewline(load<u8>(at))) return 0
    if (field + 1 !== fields && !header) return 0
    if (at >= end) return at
    if (load<u8>(at) === LF) return at + 1
    if (at + 1 >= end) return last ? at + 1 : 1
    return load<u8>(at + 1) === LF ? at + 2 : at + 1
  }
}

/** Copies a cell to the scratch buffer, with each doubled quote as one; returns its length. */
function single(from: usize, to: usize): usize {
  if (to - from > scratchRoom) {
    scratchRoom = (to - from) * 2
    // includes space for reads past the end of a cell
    scratch = heap.alloc(scratchRoom + 8)
  }
  let goal = scratch
  for (let at = from; at < to; at++) {
    const c = load<u8>(at)
    store<u8>(goal++, c)
    if (c === quote) at++
  }
  return goal - scratch
}

export function rowCount(): i32 {
  return row
}

/** The counts of a column, by number; see lib/data/survey/kernel.ts. */
export function count(field: i32, which: i32): f64 {
  const from = column(field)
  switch (which) {
    case 0:
      return from.missing
    case 1:
      return from.count
    case 2:
      return from.doubtful
    case 3:
      return from.excess
    case 4:
      return from.least
    case 5:
      return from.most
    case 6:
      return from.whitespace.cells
    case 7:
      return from.words.cells
    case 8:
      return from.format.cells
    case 9:
      return from.format.row
    case 10:
      return from.values.size
    default:
      return from.hashes.size
  }
}

/** The first or the last moment. */
export function extreme(field: i32, last: bool): i64 {
  const from = column(field)
  return last ? from.last : from.first
}

/** The address of a column's sums, as in sums.ts; 0 if it has none. */
export function sumsAt(field: i32): usize {
  return column(field).sums
}

/** The first cell that a rule changes (0 white space, 1 null values, 2 format): its address and length. */
export function firstAt(field: i32, rule: i32): usize {
  return effect(field, rule).at
}

export function firstLength(field: i32, rule: i32): i32 {
  return effect(field, rule).length
}

function effect(field: i32, rule: i32): Effect {
  return rule === 0 ? column(field).whitespace : rule === 1 ? column(field).words : column(field).format
}

export function valueAt(field: i32, index: i32): usize {
  return entryAt(column(field).values, index).at
}

export function valueLength(field: i32, index: i32): i32 {
  return entryAt(column(field).values, index).length
}

export function valueCount(field: i32, index: i32): i32 {
  return entryAt(column(field).values, index).count
}

export function valueRow(field: i32, index: i32): i32 {
  return entryAt(column(field).values, index).row
}

export function hashList(field: i32): usize {
  return hashesOf(column(field))
}

/** The values as compared without white space at their ends, or as written. */
export function settleValues(field: i32, hashes: usize, trimmed: bool): void {
  const keyed = column(field)
  settle(keyed, hashes, trimmed ? keyed.sets & keyed.trimmed : keyed.sets & ~keyed.trimmed)
}

export function keys(set: i32): usize {
  return keysOf(set)
}

export function textHash(at: usize, length: i32): i64 {
  return <i64>hashBytes(at, length)
}

export function numberHash(value: f64): i64 {
  return <i64>hashNumber(value)
}

export function momentHash(micros: i64): i64 {
  return <i64>hashWord(<u64>micros)
}
