/** The measuring kernel (assembly/measure.ts) with names and types: one instance measures one file. */
import { isExact } from '#relational/types/number-forms.ts'
import { type Dyadic, registerSums, ZERO } from '#relational/measures/exact-sums.ts'
import { KERNEL } from './kernel.generated.ts'
import { packedSymbols, packedTokens } from './kernel-packing.ts'

/** The format of the text. */
export interface KernelText {
  readonly delimiter: string
  /** '' if nothing is quoted; a quote inside quotes is doubled. */
  readonly quote: string
  readonly fields: number
  /** Records to expect. */
  readonly rows: number
  /** Maximum bytes per block. */
  readonly block_bytes: number
  /** Number of key sets; bit n of `named` is set if set n is a key of named columns. */
  readonly sets: number
  readonly named: number
  /** Whether the first record is a header. */
  readonly skip_first: boolean
  /** Null values, without the empty text: at most MAX_TOKENS, each at most MAX_TOKEN_LENGTH bytes. */
  readonly tokens: readonly string[]
}

// as in assembly/measure/columns.ts, forms.ts and dates.ts
export const COLUMN_KIND = { values: 1, text: 2, number: 3, moment: 4, other: 5 } as const
export const FORM: { readonly [semantic: string]: number } = { email: 1, phone: 2, url: 3, uuid: 4, ip: 5 }
export const MOMENT = {
  iso_dash: 1,
  iso_slash: 2,
  epoch_s: 4,
  epoch_ms: 8,
  day_first: 16,
  month_first: 32,
  minutes: 64,
  seconds: 128,
  days_only: 256,
  named: 512,
  named_with_time: 1024,
} as const
// as in assembly/measure/sums.ts
const SUM_WORDS = 34
const SQUARE_WORDS = 68

export interface KernelColumn {
  readonly kind: keyof typeof COLUMN_KIND
  /** Which tokens are null values here, one bit each. */
  readonly empties: number
  /** Number of the form that text must have, or 0. */
  readonly form: number
  /** Key sets it belongs to, one bit each. */
  readonly sets: number
  /** Those for which white space at the ends of a text does not count. */
  readonly trimmed: number
  /** Columns have different salts, so that the same value in two of them is a different part of a key. */
  readonly salt: number
  /** Whether values are compared as written. */
  readonly verbatim: boolean
  /** Whether hashes can be dropped that are neither below 2^(64-shift) nor among the smallest. */
  readonly sketched: boolean
  readonly shift: number
  readonly number?: {
    readonly point: boolean
    /** Exact decimals: the most digits before and behind the point. */
    readonly exact?: { readonly whole: number; readonly scale: number }
    readonly formatted: boolean
    readonly grouping: string
    /** Each of at most MAX_SYMBOL_LENGTH bytes; a word has a space between. */
    readonly symbols: readonly { readonly text: string; readonly word: boolean }[]
  }
  /** Bits of MOMENT, and the separator of day and month in bits 16 to 23; whether ISO with slashes is a rewritten format. */
  readonly moment?: { readonly forms: number; readonly rewritten: boolean }
}

export interface First {
  readonly cells: number
  /** The first of them; null if there is none. */
  readonly first: string | null
}

export interface Counted {
  readonly missing: number
  /** Values that the kernel itself counted. */
  readonly count: number
  readonly doubtful: number
  readonly excess: number
  readonly minimum: number
  readonly maximum: number
  readonly sum: Dyadic
  readonly squares: Dyadic
  /** Microseconds since 1970. */
  readonly earliest: bigint
  readonly latest: bigint
  readonly effects: { readonly whitespace: First; readonly null_values: First; readonly format: First }
  /** Row of the first cell in another format. */
  readonly format_row: number
}

export interface ListedValue {
  readonly value: string
  readonly count: number
  /** The row of its first occurrence. */
  readonly row: number
}

export interface MeasureKernel {
  /** Where to put the next bytes; leftover bytes are at its start. */
  block(): Uint8Array
  /** Measures the first `length` bytes of the block; returns the number of leftover bytes, which it moves to the start. */
  read(length: number, last: boolean): number
  rows(): number
  counted(field: number): Counted
  /** Values that SQL must measure, or the list of values, in the order of their first occurrence. */
  listed(field: number): ListedValue[]
  /** Distinct hashes of the values counted, in no order. */
  hashes(field: number): BigUint64Array
  /** Hashes of 64 bits, signed. */
  textHash(text: string): bigint
  numberHash(value: number): bigint
  momentHash(micros: bigint): bigint
  /** Sets the parts of keys for the listed values of a column, for keys with trimmed texts or the others: a hash each, 0n for a missing value. */
  settle(field: number, hashes: BigUint64Array, trimmed: boolean): void
  /** The keys of a set, one per row; 0 for a row without one. Call once per set, after all columns are settled. */
  keys(set: number): BigUint64Array
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  configure(delimiter: number, quote: number, fields: number, rows: number, sets: number, named: number, skipFirst: number): void
  allocate(bytes: number): number
  setNullTokens(at: number, count: number): void
  addColumn(
    field: number,
    kind: number,
    form: number,
    sets: number,
    trimmed: number,
    salt: number,
    verbatim: number,
    sketched: number,
    shift: number,
  ): void
  setNumberForms(field: number, point: number, formatted: number, group: number, symbols: number, count: number): void
  setExactDigits(field: number, whole: number, scale: number): void
  setNullMask(field: number, mask: number): void
  setTimestampForms(field: number, forms: number, rewritten: number): void
  read(start: number, end: number, last: number): number
  rowCount(): number
  count(field: number, which: number): number
  extreme(field: number, last: number): bigint
  sumsAt(field: number): number
  firstAt(field: number, rule: number): number
  firstLength(field: number, rule: number): number
  valueAt(field: number, index: number): number
  valueLength(field: number, index: number): number
  valueCount(field: number, index: number): number
  valueRow(field: number, index: number): number
  hashList(field: number): number
  settleValues(field: number, hashes: number, trimmed: number): void
  keys(set: number): number
  textHash(at: number, length: number): bigint
  numberHash(value: number): bigint
  momentHash(micros: bigint): bigint
}

// the part of the global in use: its types come only with those of browsers
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

let compiled: object | undefined

/** `columns` by field of the text; undefined for a field that is not measured. */
export function openMeasureKernel(text: KernelText, columns: readonly (KernelColumn | undefined)[]): MeasureKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'))
  const textAt = (at: number, length: number) => Buffer.from(wasm.memory.buffer, at, length)
  const exact = (at: number, length: number) => {
    const text = textAt(at, length).toString('latin1')
    return isExact(text) ? Number(text) : Number.NaN
  }
  const numbers = { exact, nearest: (at: number, length: number) => Number(textAt(at, length).toString('latin1')) }
  const abort = () => {
    throw new Error('the measuring kernel exceeded its bounds')
  }
  const wasm: Exports = new WebAssembly.Instance(compiled, { numbers, env: { abort } }).exports as Exports
  // allocated first, so that the addresses of cells stay small
  const block = wasm.allocate(text.block_bytes + 32)
  wasm.configure(
    text.delimiter.charCodeAt(0),
    text.quote === '' ? -1 : text.quote.charCodeAt(0),
    text.fields,
    text.rows,
    text.sets,
    text.named,
    Number(text.skip_first),
  )
  const put = (bytes: Uint8Array) => {
    const at = wasm.allocate(bytes.length)
    new Uint8Array(wasm.memory.buffer).set(bytes, at)
    return at
  }
  wasm.setNullTokens(put(packedTokens(text.tokens)), text.tokens.length)
  for (const [field, column] of columns.entries()) {
    if (column === undefined) wasm.addColumn(field, 0, 0, 0, 0, 0, 0, 0, 0)
    else addColumn(wasm, field, column, put)
  }
  const sumsOf = (field: number) => {
    const at = wasm.sumsAt(field)
    const wordsAt = (first: number, count: number) => new BigUint64Array(wasm.memory.buffer, at + first * 8, count)
    return at === 0
      ? { sum: ZERO, squares: ZERO }
      : registerSums(wordsAt(0, SUM_WORDS), wordsAt(SUM_WORDS, SUM_WORDS), wordsAt(2 * SUM_WORDS, SQUARE_WORDS))
  }
  let scratch = { at: 0, room: 0 }

  return {
    block: () => new Uint8Array(wasm.memory.buffer, block, text.block_bytes),
    read(length, last) {
      const next = wasm.read(block, block + length, Number(last))
      if (next === 0) throw new Error('the text has a record that differs from its inspection')
      new Uint8Array(wasm.memory.buffer).copyWithin(block, next, block + length)
      return block + length - next
    },
    rows: wasm.rowCount,
    counted(field) {
      const count = (which: number) => wasm.count(field, which)
      const effect = (at: number): First => {
        const cells = count(6 + at)
        return { cells, first: cells === 0 ? null : textAt(wasm.firstAt(field, at), wasm.firstLength(field, at)).toString('utf8') }
      }
      return {
        missing: count(0),
        count: count(1),
        doubtful: count(2),
        excess: count(3),
        minimum: count(4),
        maximum: count(5),
        ...sumsOf(field),
        earliest: wasm.extreme(field, 0),
        latest: wasm.extreme(field, 1),
        effects: { whitespace: effect(0), null_values: effect(1), format: effect(2) },
        format_row: count(9),
      }
    },
    listed: (field) =>
      Array.from({ length: wasm.count(field, 10) }, (_, index) => ({
        value: textAt(wasm.valueAt(field, index), wasm.valueLength(field, index)).toString('utf8'),
        count: wasm.valueCount(field, index),
        row: wasm.valueRow(field, index),
      })),
    hashes: (field) => {
      const size = wasm.count(field, 11)
      return new BigUint64Array(wasm.memory.buffer, wasm.hashList(field), size).slice()
    },
    textHash(value) {
      const bytes = Buffer.from(value)
      if (bytes.length > scratch.room) scratch = { at: wasm.allocate(bytes.length * 2), room: bytes.length * 2 }
      new Uint8Array(wasm.memory.buffer).set(bytes, scratch.at)
      return wasm.textHash(scratch.at, bytes.length)
    },
    numberHash: wasm.numberHash,
    momentHash: wasm.momentHash,
    settle: (field, hashes, trimmed) =>
      wasm.settleValues(field, put(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength)), Number(trimmed)),
    keys: (set) => new BigUint64Array(wasm.memory.buffer, wasm.keys(set), text.rows).slice(),
  }
}

function addColumn(wasm: Exports, field: number, column: KernelColumn, put: (bytes: Uint8Array) => number): void {
  const { kind, empties, form, sets, trimmed, salt, verbatim, sketched, shift, number, moment } = column
  wasm.addColumn(field, COLUMN_KIND[kind], form, sets, trimmed, salt, Number(verbatim), Number(sketched), shift)
  wasm.setNullMask(field, empties)
  if (number !== undefined) {
    const group = number.grouping.codePointAt(0) ?? 0
    const symbols = put(packedSymbols(number.symbols))
    wasm.setNumberForms(field, Number(number.point), Number(number.formatted), group, symbols, number.symbols.length)
    if (number.exact !== undefined) wasm.setExactDigits(field, number.exact.whole, number.exact.scale)
  }
  if (moment !== undefined) wasm.setTimestampForms(field, moment.forms, Number(moment.rewritten))
}
