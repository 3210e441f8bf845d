/** The size and checksum of a file. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { systemError } from '#core/errors/system-error.ts'

const BLOCK_BYTES = 1 << 20

/** The size and the checksum of a file. Uses one buffer for all blocks, because one per block costs more than the checksum. */
export function digestOf(path: string): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256')
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  let bytes = 0
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    for (;;) {
      const got = readSync(file, block)
      if (got === 0) break
      hash.update(block.subarray(0, got))
      bytes += got
    }
  } catch (error) {
    throw systemError(error, `reading ${path}`)
  } finally {
    if (file !== undefined) closeSync(file)
  }
  return { bytes, sha256: hash.digest('hex') }
}
