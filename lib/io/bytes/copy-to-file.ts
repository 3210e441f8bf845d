/** Copies whole sources to files of this machine, and takes their checksums on the way. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { systemError } from '#core/errors/system-error.ts'
import { blocksOf } from './copy.ts'
import type { ByteSource } from './source.ts'

/** A content: its size, and its SHA-256 in hexadecimal digits. */
export interface Content {
  readonly bytes: number
  readonly sha256: string
}

/** The content of a source. Throws Data.SourceChanged if it changes meanwhile. */
export async function contentOf(source: ByteSource): Promise<Content> {
  const hash = createHash('sha256')
  for await (const block of blocksOf(source)) hash.update(block)
  await source.assertUnchanged?.()
  return { bytes: source.size, sha256: hash.digest('hex') }
}

/** Writes a source to a file, which is created or replaced. Throws Data.SourceChanged if the source changes meanwhile. */
export async function copyToFile(source: ByteSource, path: string): Promise<Content> {
  const failed = (error: unknown) => {
    throw systemError(error, `writing ${path}`)
  }
  const hash = createHash('sha256')
  const file = await open(path, 'w').catch(failed)
  try {
    for await (const block of blocksOf(source)) {
      hash.update(block)
      await file.writeFile(block).catch(failed)
    }
  } finally {
    await file.close()
  }
  await source.assertUnchanged?.()
  return { bytes: source.size, sha256: hash.digest('hex') }
}
