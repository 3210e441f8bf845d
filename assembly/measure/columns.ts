/** The settings and counters of a column, and the processing of one cell. */
import { dashed, moment, readMoment } from './dates'
import { hasForm } from './forms'
import { hashBytes, hashNumber, hashWord, mix } from './hash'
import { fits, FORMATTED, LONG, NOT_PLAIN, number, PLAIN, readExact, readFormatted, readPlain } from './numbers'
import { addValueTo, newSums } from './sums'
import { addOnce, addSketched, compact, countValue, Hashes, keepBytes, newHashes, newTable, Table, zeroed } from './tables'
import { whiteAt, whiteBefore } from './white-space'

// types of columns
export const SKIPPED: i32 = 0
export const VALUES: i32 = 1
export const TEXT: i32 = 2
export const NUMBER: i32 = 3
export const MOMENT: i32 = 4
/** Cells that only SQL can parse; there are few distinct ones. */
export const OTHER: i32 = 5

/** A rule that changes cells: how many, and a copy of the first one. */
@unmanaged
export class Effect {
  cells: u32
  row: u32
  at: usize
  length: u32
}

@unmanaged
export class Column {
  kind: i32
  form: i32
  /** Which of the tokens are null values in this column, one bit each. */
  empties: u32
  /** Numbers: whether decimals are allowed, whether a symbol or grouping is known, the grouping byte, the symbols. */
  point: bool
  /** Exact decimals: the most digits before and behind the point. */
  exact: bool
  whole: i32
  scale: i32
  formatted: bool
  group: u8
  symbols: usize
  symbolCount: u32
  /** Moments: the form bits of dates.ts; whether slashes are a rewritten form. */
  forms: i32
  /** Hashes below this are kept; see `addSketched`. 0 keeps all of them. */
  threshold: u64
  sketched: bool
  /** The key sets it belongs to, one bit each; whether its values are compared as written. */
  sets: u32
  /** The sets for which white space at the ends of a text does not count. */
  trimmed: u32
  verbatim: bool
  salt: u64
  missing: u32
  doubtful: u32
  whitespace: Effect
  words: Effect
  format: Effect
  count: u32
  excess: u32
  /** Exact sums of the values and of their squares; see sums.ts. */
  sums: usize
  least: f64
  most: f64
  first: i64
  last: i64
  hashes: Hashes
  values: Table
  /** Per row: the index (from 1) of the value whose part in the row's keys is only known later; 0 for none. */
  pending: usize
}

/** Sums of the keys of each set per row, and whether a cell of a named key is missing. */
let sums: usize = 0
let gaps: usize = 0
let rows: u32 = 0
let named: u32 = 0

/** Reserves space for the rows of a file. `namedSets`: which sets are keys of named columns; such a row has no key if a cell is missing. */
export function prepareKeys(rowCount: u32, sets: u32, namedSets: u32): void {
  rows = rowCount
  named = namedSets
  sums = zeroed((<usize>rowCount * sets) << 3)
  gaps = zeroed(<usize>rowCount * sets)
}

function newEffect(): Effect {
  return changetype<Effect>(zeroed(offsetof<Effect>()))
}

export function newColumn(kind: i32): Column {
  const column = changetype<Column>(zeroed(offsetof<Column>()))
  column.kind = kind
  column.whitespace = newEffect()
  column.words = newEffect()
  column.format = newEffect()
  column.least = Infinity
  column.most = -Infinity
  column.first = i64.MAX_VALUE
  column.last = i64.MIN_VALUE
  column.hashes = newHashes()
  column.values = newTable()
  return column
}

// null tokens: up to seven bytes, with their length in the eighth; and their first bytes
let wordList: usize = 0
let wordCount: i32 = 0
const wordStarts: StaticArray<u8> = new StaticArray<u8>(256)

export function setWords(at: usize, count: i32): void {
  wordList = at
  wordCount = count
  for (let word = 0; word < count; word++) unchecked((wordStarts[load<u8>(at + ((<usize>word) << 3))] = 1))
}

function isWord(at: usize, length: u32, which: u32): bool {
  if (length > 7 || !unchecked(wordStarts[load<u8>(at)])) return false
  let packed: u64 = (<u64>length) << 56
  for (let byte: u32 = 0; byte < length; byte++) packed |= (<u64>load<u8>(at + byte)) << (byte << 3)
  for (let word = 0; word < wordCount; word++) if (load<u64>(wordList + ((<usize>word) << 3)) === packed) return ((which >> word) & 1) === 1
  return false
}

function note(effect: Effect, at: usize, length: u32, row: u32): void {
  if (effect.cells++ > 0) return
  effect.row = row
  effect.length = length
  effect.at = keepBytes(at, length)
}

/** Handles a cell without a value. */
function lack(column: Column, row: u32): void {
  column.missing++
  for (let left = column.sets & named; left !== 0; left &= left - 1) store<u8>(gaps + <usize>ctz(left) * rows + row, 1)
}

/** Adds a value to these keys of its row. The parts are summed, so that their order does not matter. */
function addKey(column: Column, hash: u64, row: u32, sets: u32): void {
  const part = mix(hash ^ column.salt)
  for (let left = sets; left !== 0; left &= left - 1) {
    const at = sums + ((<usize>ctz(left) * rows + row) << 3)
    store<u64>(at, load<u64>(at) + part)
  }
}

function addDistinct(column: Column, hash: u64): void {
  if (column.sketched) addSketched(column.hashes, hash, column.threshold)
  else addOnce(column.hashes, hash)
}

function addValue(column: Column, hash: u64, row: u32): void {
  addDistinct(column, hash)
  if (column.sets !== 0) addKey(column, hash, row, column.sets)
}

/** Defers a value that is parsed later, once for all cells written the same. */
function defer(column: Column, at: usize, length: u32, hash: u64, row: u32): void {
  const index = countValue(column.values, at, length, hash, row)
  if (column.sets === 0) return
  if (column.pending === 0) column.pending = zeroed((<usize>rows) << 2)
  store<u32>(column.pending + ((<usize>row) << 2), index + 1)
}

/** Processes one cell; an empty cell has no value. */
export function addCell(column: Column, from: usize, to: usize, row: u32): void {
  const kind = column.kind
  if (kind === SKIPPED) return
  let at = from
  let end = to
  if (at === end) return lack(column, row)
  if (kind === VALUES) {
    const length = <u32>(end - at)
    const hash = hashBytes(at, length)
    if (!column.verbatim) return defer(column, at, length, hash, row)
    countValue(column.values, at, length, hash, row)
    if (column.sets !== 0) addKey(column, hash, row, column.sets)
    return
  }
  const first = load<u8>(at)
  const last = load<u8>(end - 1)
  if (first < 33 || last < 33 || first >= 0xc2 || last >= 0x80) {
    for (let white = whiteAt(at, end); white > 0; white = at < end ? whiteAt(at, end) : 0) at += white
    if (at < end) for (let white = whiteBefore(at, end); white > 0; white = at < end ? whiteBefore(at, end) : 0) end -= white
    if (at !== from || end !== to) note(column.whitespace, from, <u32>(to - from), row)
    if (at === end) return lack(column, row)
  }
  if (kind === NUMBER) {
    const sort = readNumber(column, at, end)
    if (sort !== NOT_PLAIN) {
      if (sort === FORMATTED) note(column.format, at, <u32>(end - at), row)
      addNumber(column, number)
      return addValue(column, sort === LONG ? hashBytes(at, <u32>(end - at)) : hashNumber(number), row)
    }
  } else if (kind === MOMENT && readMoment(at, end, column.forms)) {
    if (!dashed && column.formatted) note(column.format, at, <u32>(end - at), row)
    column.count++
    if (moment < column.first) column.first = moment
    if (moment > column.last) column.last = moment
    return addValue(column, hashWord(<u64>moment), row)
  }
  const length = <u32>(end - at)
  if (isWord(at, length, column.empties)) {
    note(column.words, from, <u32>(to - from), row)
    return lack(column, row)
  }
  const hash = hashBytes(at, length)
  if (kind !== TEXT) return defer(column, at, length, hash, row)
  column.count++
  if (column.form !== 0 && !hasForm(column.form, at, end)) column.doubtful++
  const exact = column.sets & ~column.trimmed
  if (exact === 0 || (at === from && end === to)) return addValue(column, hash, row)
  addDistinct(column, hash)
  addKey(column, hashBytes(from, <u32>(to - from)), row, exact)
  addKey(column, hash, row, column.sets & column.trimmed)
}

function readNumber(column: Column, at: usize, end: usize): i32 {
  if (column.exact) {
    if (readPlain(at, end, column.point, false)) return fits(column.whole, column.scale) ? PLAIN : NOT_PLAIN
    if (column.point && readExact(at, end)) return fits(column.whole, column.scale) ? LONG : NOT_PLAIN
  } else if (readPlain(at, end, column.point, column.point)) return PLAIN
  if (!column.formatted || !readFormatted(at, end, column.symbols, column.symbolCount, column.group, column.point)) return NOT_PLAIN
  return !column.exact || fits(column.whole, column.scale) ? FORMATTED : NOT_PLAIN
}

function addNumber(column: Column, value: f64): void {
  if (value < column.least) column.least = value
  if (value > column.most) column.most = value
  column.count++
  if (column.sums === 0) column.sums = newSums()
  if (!addValueTo(column.sums, value)) column.excess++
}

/** Adds the parsed deferred values of a column to the keys of these sets: one hash each, 0 for a missing value. */
export function settle(column: Column, hashes: usize, sets: u32): void {
  if (column.pending === 0 || sets === 0) return
  for (let row: u32 = 0; row < rows; row++) {
    const index = load<u32>(column.pending + ((<usize>row) << 2))
    if (index === 0) continue
    const hash = load<u64>(hashes + ((<usize>(index - 1)) << 3))
    if (hash !== 0) addKey(column, hash, row, sets)
    else for (let left = sets & named; left !== 0; left &= left - 1) store<u8>(gaps + <usize>ctz(left) * rows + row, 1)
  }
}

/** The keys of a set, one per row; 0 if a row has none. */
export function keysOf(set: u32): usize {
  const at = sums + ((<usize>set * rows) << 3)
  for (let row: u32 = 0; row < rows; row++) {
    const key = mix(load<u64>(at + ((<usize>row) << 3)) + 1)
    const none = load<u8>(gaps + <usize>set * rows + row) !== 0
    store<u64>(at + ((<usize>row) << 3), none ? 0 : key === 0 ? 1 : key)
  }
  return at
}

/** The address of the column's hashes, in no particular order. */
export function hashesOf(column: Column): usize {
  compact(column.hashes)
  return column.hashes.items
}
