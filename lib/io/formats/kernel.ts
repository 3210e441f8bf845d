/** The scan kernel (assembly/scan.ts) with names and types. */
import { KERNEL } from './kernel.generated.ts'
import type { Dialect } from './source.ts'

/** What the kernel has to tell. `line` is the one the record starts on; offsets are those of the text. */
export interface ScanEvent {
  readonly kind: 'chunk' | 'bad' | 'sample' | 'target' | 'comment' | 'newline'
  /** The record with its newline; for `newline` the newline alone. */
  readonly start: number
  readonly end: number
  readonly line: number
  readonly record: number
  /** Fields found, and why the record is bad: 1 their number, 2 text after a quote, 3 an open quote, 4 not UTF-8. */
  readonly fields: number
  readonly reason: number
}

type ScanStatus = 'more' | 'full' | 'rewind' | 'done'

export interface ScanTotals {
  /** Records, bad ones counted. */
  readonly records: number
  readonly bad: number
  readonly blank_lines: number
  readonly longest_record: number
  /** How the good records and the blank lines end. */
  readonly lf: number
  readonly crlf: number
  readonly cr: number
  /** Blank lines that end by CR LF, those counted that are records of one column. */
  readonly blank_crlf: number
  /** Spaces between a closing quote and what follows. */
  readonly gaps: number
  /** More than 0 when there are NUL bytes. */
  readonly nuls: number
  /** Records that are bad only because they are not UTF-8. */
  readonly broken: number
  /** How many stretches of 64 bytes, or more, hold sound UTF-8 outside ASCII. */
  readonly foreign: number
}

export interface KernelSettings {
  readonly dialect: Dialect
  /** Fields a good record has. */
  readonly fields: number
  /** Records a chunk has. */
  readonly chunk_rows: number
  /** Whether each newline that is not LF is told, outside quotes. */
  readonly newlines?: boolean
}

export interface Kernel {
  /** Room for two blocks of text, each with PAD bytes before it. */
  readonly memory: Uint8Array
  readonly slots: readonly [number, number]
  /** Bytes of a block. */
  readonly block_bytes: number
  begin(offset: number, line: number, recordsBefore: number): void
  setThreshold(threshold: number): void
  setTarget(record: number): void
  /** Reads the bytes of memory from `start` to `end`, the first of which is at `offset` of the text. */
  scan(start: number, end: number, offset: number, last: boolean): ScanStatus
  /** Offset of the next byte to give to `scan`. */
  position(): number
  takeEvents(): ScanEvent[]
  totals(): ScanTotals
}

/** Bytes kept free before a block: for what is left of the block before, and the text before that. */
const PAD = 256

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  configure(delimiter: number, quote: number, escaper: number, comment: number, fields: number, chunkRows: number, newlines: number): void
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

// the part of the global that is used: its types come with those of browsers only
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

let compiled: object | undefined

/** A kernel of its own memory, with room for blocks of `blockBytes`. */
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
