/** Constants shared by the scan kernel and lib/io/formats/kernel.ts, and the kernel's internal states. */

export const LF: u8 = 10
export const CR: u8 = 13
export const SPACE: u8 = 32

/** The address of the events, their size, and their maximum number; a block of 64 bytes produces at most 192. */
export const EVENTS: i32 = 65536
export const EVENT_BYTES: i32 = 64
export const EVENT_LIMIT: i32 = 4096
export const ENOUGH: i32 = EVENT_LIMIT - 200

// kinds of events
export const CHUNK: i32 = 1
export const BAD: i32 = 2
export const SAMPLE: i32 = 3
export const TARGET: i32 = 4
export const COMMENT_LINE: i32 = 5
export const NEWLINE: i32 = 6

// why a record is bad
export const RAGGED: i32 = 1
export const STRAY: i32 = 2
export const UNCLOSED: i32 = 3
export const NOT_UTF8: i32 = 4
export const TOO_LONG: i32 = 5

// how a record ends
export const BY_LF: i32 = 0
export const BY_CRLF: i32 = 1
export const BY_CR: i32 = 2
export const BY_END: i32 = 3

// results of `scan`
export const MORE: i32 = 0
export const FULL: i32 = 1
export const REWIND: i32 = 2
export const DONE: i32 = 3

// states of the slow path
export const FIELD_START: i32 = 0
export const SPACED: i32 = 1
export const PLAIN: i32 = 2
export const QUOTED: i32 = 3
export const ESCAPED: i32 = 4
export const CLOSED: i32 = 5
export const GAP: i32 = 6
export const IN_COMMENT: i32 = 7
export const ASTRAY: i32 = 8
