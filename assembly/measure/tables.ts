/** Growing collections in memory that is never freed: an instance of the kernel lives for one file. */

/** A value as written, its count, and its first row. `head` are its first eight bytes: most values are not longer. */
@unmanaged
export class Entry {
  hash: u64
  at: usize
  length: u32
  count: u32
  row: u32
  head: u64
}

const HEAD: u32 = 8

/** The first eight bytes of a value; equal for values of one length that agree in them. Reads up to seven bytes past the value. */
function headOf(at: usize, length: u32): u64 {
  const word = load<u64>(at)
  return length >= HEAD ? word : word << ((HEAD - length) << 3)
}

/** Values with their counts, in the order of first occurrence. */
@unmanaged
export class Table {
  slots: usize
  mask: u32
  entries: usize
  size: u32
  room: u32
}

const ENTRY: usize = offsetof<Entry>()

export function newTable(): Table {
  const table = changetype<Table>(heap.alloc(offsetof<Table>()))
  table.size = 0
  table.room = 64
  table.entries = heap.alloc(64 * ENTRY)
  table.mask = 127
  table.slots = zeroed(128 * 4)
  return table
}

export function zeroed(bytes: usize): usize {
  const at = heap.alloc(bytes)
  memory.fill(at, 0, bytes)
  return at
}

export function entryAt(table: Table, index: u32): Entry {
  return changetype<Entry>(table.entries + index * ENTRY)
}

/** Counts a value; returns its index. */
export function countValue(table: Table, at: usize, length: u32, hash: u64, row: u32): u32 {
  let slot = <u32>hash & table.mask
  const head = headOf(at, length)
  while (true) {
    const found = load<u32>(table.slots + (slot << 2))
    if (found === 0) break
    const entry = entryAt(table, found - 1)
    const alike = entry.hash === hash && entry.length === length && entry.head === head
    if (alike && (length <= HEAD || memory.compare(entry.at + HEAD, at + HEAD, length - HEAD) === 0)) {
      entry.count++
      return found - 1
    }
    slot = (slot + 1) & table.mask
  }
  if (table.size === table.room) grow(table)
  const index = table.size
  table.size++
  const entry = entryAt(table, index)
  entry.hash = hash
  entry.at = keepBytes(at, length)
  entry.length = length
  entry.count = 1
  entry.row = row
  entry.head = head
  insert(table, index, hash)
  return index
}

function insert(table: Table, index: u32, hash: u64): void {
  let slot = <u32>hash & table.mask
  while (load<u32>(table.slots + (slot << 2)) !== 0) slot = (slot + 1) & table.mask
  store<u32>(table.slots + (slot << 2), index + 1)
}

function grow(table: Table): void {
  const room = table.room * 2
  const entries = heap.alloc(room * ENTRY)
  memory.copy(entries, table.entries, table.size * ENTRY)
  table.entries = entries
  table.room = room
  table.mask = room * 2 - 1
  table.slots = zeroed((<usize>room * 2) << 2)
  for (let index: u32 = 0; index < table.size; index++) insert(table, index, entryAt(table, index).hash)
}

const ARENA: u32 = 1 << 18
let arena: usize = 0
let arenaLeft: u32 = 0

/** Makes a permanent copy. */
export function keepBytes(at: usize, length: u32): usize {
  let goal: usize
  if (length > ARENA / 4) goal = heap.alloc(length)
  else {
    if (length > arenaLeft) {
      arena = heap.alloc(ARENA)
      arenaLeft = ARENA
    }
    goal = arena
    arena += length
    arenaLeft -= length
  }
  memory.copy(goal, at, length)
  return goal
}

/** A set of hashes by open addressing, with 0 for an empty slot; see `compact`. */
@unmanaged
export class Hashes {
  items: usize
  size: u32
  room: u32
  /** A sketch only contains hashes below this; 0 means no limit. */
  limit: u64
}

export function newHashes(): Hashes {
  const hashes = changetype<Hashes>(zeroed(offsetof<Hashes>()))
  hashes.room = 256
  hashes.items = zeroed(256 * 8)
  return hashes
}

export function addOnce(hashes: Hashes, hash: u64): void {
  const mask = hashes.room - 1
  let slot = <u32>hash & mask
  while (true) {
    const there = load<u64>(hashes.items + ((<usize>slot) << 3))
    if (there === hash) return
    if (there === 0) break
    slot = (slot + 1) & mask
  }
  store<u64>(hashes.items + ((<usize>slot) << 3), hash)
  hashes.size++
  // at most five eighths full: beyond that the number of probed slots grows quickly
  if (hashes.size * 8 > hashes.room * 5) rehash(hashes, hashes.room * 2)
}

/** The number of smallest hashes a sketch always keeps, as for text columns in lib/relational/measures/distinct.ts. */
const SMALLEST: u32 = 4096

/** With this many hashes, half of them are almost always at least as many as the smallest ones; such a set has 16,384 slots. */
const LOWERED: u32 = (SMALLEST * 9) / 4

/**
 * Adds to a sketch: it may drop hashes that are neither below the threshold nor among the smallest. The limit is halved only if enough
 * hashes stay below it; it is halved early, because many small sets are faster than many large ones.
 */
export function addSketched(hashes: Hashes, hash: u64, threshold: u64): void {
  if (hashes.limit !== 0 && hash >= hashes.limit) return
  const size = hashes.size
  addOnce(hashes, hash)
  if (threshold === 0 || hashes.size === size || hashes.size % LOWERED !== 0) return
  lower(hashes, threshold)
}

function lower(hashes: Hashes, threshold: u64): void {
  const half = hashes.limit === 0 ? (<u64>1) << 63 : hashes.limit >> 1
  const limit = half < threshold ? threshold : half
  if (limit === hashes.limit) return
  let below: u32 = 0
  for (let slot: u32 = 0; slot < hashes.room; slot++) {
    const hash = load<u64>(hashes.items + ((<usize>slot) << 3))
    if (hash !== 0 && hash < limit) below++
  }
  if (below < SMALLEST) return
  hashes.limit = limit
  rehash(hashes, hashes.room)
}

/** Rehashes the members below the limit into this many slots. */
function rehash(hashes: Hashes, room: u32): void {
  const before = hashes.items
  const places = hashes.room
  hashes.items = zeroed((<usize>room) << 3)
  hashes.room = room
  hashes.size = 0
  for (let slot: u32 = 0; slot < places; slot++) {
    const hash = load<u64>(before + ((<usize>slot) << 3))
    if (hash !== 0 && (hashes.limit === 0 || hash < hashes.limit)) addOnce(hashes, hash)
  }
}

/** Moves the members of a set to its front. Nothing can be added afterwards. */
export function compact(hashes: Hashes): void {
  let goal = hashes.items
  for (let slot: u32 = 0; slot < hashes.room; slot++) {
    const hash = load<u64>(hashes.items + ((<usize>slot) << 3))
    if (hash === 0) continue
    store<u64>(goal, hash)
    goal += 8
  }
}
