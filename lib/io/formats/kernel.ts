/** The scan kernel (assembly/scan.ts) with names and types. */
import { KERNEL } from './kernel.generated.ts'
import { MAX_RECORD_BYTES } from './record-limit.ts'
import type { Dialect } from './source.ts'

/** An event of the kernel. `line` is the line the record starts on; offsets refer to the text. */
export interface ScanEvent {
  readonly kind: 'chunk' | 'bad' | 'sample' | 'target' | 'comment' | 'newline'
  /** The record with its newline; for `newline` only the newline. */
  readonly start: number
  readonly end: number
  readonly line: number
  readonly record: number
  /** The number of fields, and why the record is bad: 1 their number, 2 text after a quote, 3 an open quote, 4 not UTF-8, 5 its length. */
  readonly fields: number
  readonly reason: number
}

type ScanStatus = 'more' | 'full' | 'rewind' | 'done'

export interface ScanTotals {
  /** Records, including bad ones. */
  readonly records: number
  readonly bad: number
  readonly blank_lines: number
  readonly longest_record: number
  /** How the good records and the blank lines end. */
  readonly lf: number
  readonly crlf: number
  readonly cr: number
  /** Blank lines that end in CR LF, including those that are records of one column. */
  readonly blank_crlf: number
  /** Spaces between a closing quote and what follows. */
  readonly gaps: number
  /** More than 0 if there are NUL bytes. */
  readonly nuls: number
  /** Records that are bad only because they are not UTF-8. */
  readonly broken: number
  /** How many blocks of 64 bytes or more contain valid non-ASCII UTF-8. */
  readonly foreign: number
}

export interface KernelSettings {
  readonly dialect: Dialect
  /** The number of fields of a good record. */
  readonly fields: number
  /** The number of records per chunk. */
  readonly chunk_rows: number
  /** Whether each newline other than LF outside quotes is reported. */
  readonly newlines?: boolean
}

export interface Kernel {
  /** Space for two blocks of text, each after PAD bytes. */
  readonly memory: Uint8Array
  readonly slots: readonly [number, number]
  /** Bytes of a block. */
  readonly block_bytes: number
  begin(offset: number, line: number, recordsBefore: number): void
  setThreshold(threshold: number): void
  setTarget(record: number): void
  /** Scans memory from `start` to `end`; the first byte is at `offset` of the text. */
  scan(start: number, end: number, offset: number, last: boolean): ScanStatus
  /** The offset of the next byte to pass to `scan`. */
  position(): number
  takeEvents(): ScanEvent[]
  totals(): ScanTotals
}

/** Bytes kept free before a block, for the rest of the previous block and the text before it. */
const PAD = 256

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  configure(
    delimiter: number,
    quote: number,
    escaper: number,
    comment: number,
    fields: number,
    chunkRows: number,
    newlines: number,
    recordBytes: number,
  ): void
  begin(offset: number, line: number, recordsBefore: number): void
  setThreshold(value: number): void
  setTarget(value: number): void
  scan(start: number, end: number, offset: number, last: number): number
  positionNow(): number
  eventCount(): number
  clearEvents(): void
  total(which: number): number
}

// as in assembly/codes.ts
const EVENTS = 65536
const EVENT_BYTES = 64
const TEXT = EVENTS + 4096 * EVENT_BYTES
const KINDS = ['chunk', 'bad', 'sample', 'target', 'comment', 'newline'] as const
const STATUSES = ['more', 'full', 'rewind', 'done'] as const
const PAGE = 65536

// the used part of the global object: its types come only with those of browsers
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

let compiled: object | undefined

/** A kernel with its own memory, with space for blocks of `blockBytes`. */
export function openKernel(settings: KernelSettings, blockBytes: number): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'))
  const wasm = new WebAssembly.Instance(compiled).exports as Exports
  const slot = PAD + blockBytes
  const pages = Math.ceil((TEXT + 2 * slot) / PAGE) - wasm.memory.buffer.byteLength / PAGE
  if (pages > 0) wasm.memory.grow(pages)
  const events = new Float64Array(wasm.memory.buffer, EVENTS)
  const code = (character: string) => (character === '' ? -1 : character.charCodeAt(0))
  const { delimiter, quote, comment } = settings.dialect
  wasm.configure(
    code(delimiter),
    code(quote),
    code(settings.dialect.escape),
    code(comment),
    settings.fields,
    settings.chunk_rows,
    settings.newlines ? 1 : 0,
    MAX_RECORD_BYTES,
  )

  function eventAt(place: number): ScanEvent {
    const at = place * (EVENT_BYTES / 8)
    const field = (which: number) => events[at + which] ?? 0
    return {
      kind: KINDS[field(0) - 1] ?? 'chunk',
      start: field(1),
      end: field(2),
      line: field(3),
      record: field(4),
      fields: field(5),
      reason: field(6),
    }
  }

  return {
    memory: new Uint8Array(wasm.memory.buffer),
    slots: [TEXT + PAD, TEXT + PAD + slot],
    block_bytes: blockBytes,
    begin: wasm.begin,
    setThreshold: wasm.setThreshold,
    setTarget: wasm.setTarget,
    scan: (start, end, offset, last) => STATUSES[wasm.scan(start, end, offset, last ? 1 : 0)] ?? 'done',
    position: wasm.positionNow,
    takeEvents() {
      const taken = Array.from({ length: wasm.eventCount() }, (_, place) => eventAt(place))
      wasm.clearEvents()
      return taken
    },
    totals() {
      const [
        records = 0,
        bad = 0,
        blank_lines = 0,
        longest_record = 0,
        lf = 0,
        crlf = 0,
        cr = 0,
        blank_crlf = 0,
        gaps = 0,
        nuls = 0,
        broken = 0,
        foreign = 0,
      ] = Array.from({ length: 12 }, (_, which) => wasm.total(which))
      return { records, bad, blank_lines, longest_record, lf, crlf, cr, blank_crlf, gaps, nuls, broken, foreign }
    },
  }
}
