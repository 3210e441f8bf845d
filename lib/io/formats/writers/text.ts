/** What files of text have in common: their compressions, their extensions, and how they are counted. */
import type { CountFile } from './writer.ts'

export const TEXT_COMPRESSIONS = ['none', 'gzip', 'zstd'] as const

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['gzip', '.gz'],
  ['zstd', '.zst'],
])

export const textExtension = (format: string) => (compression: string) => `${format}${EXTENSIONS.get(compression) ?? ''}`

/** The argument of the engine's readers. */
export const compressedAs = (compression: string) => `compression = '${compression === 'none' ? 'uncompressed' : compression}'`

export interface BlockCounter {
  add(block: Uint8Array): void
  rows(): number
}

/** Counts a file by its bytes, block by block. Node 20 knows no zstd: such a file is left to the engine. */
export const countBlocks =
  (start: () => BlockCounter): CountFile =>
  async (path, compression) => {
    if (compression === 'zstd') return null
    const [{ createReadStream }, { createGunzip }] = await Promise.all([import('node:fs'), import('node:zlib')])
    const file = createReadStream(path, { highWaterMark: 1 << 20 })
    const count = start()
    for await (const block of compression === 'gzip' ? file.pipe(createGunzip()) : file) count.add(block as Uint8Array)
    return { rows: count.rows(), missing: null }
  }
