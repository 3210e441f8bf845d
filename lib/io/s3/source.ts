/** An object as a source of bytes. Every read must return the content that was first seen: another etag is Data.SourceChanged. */
import { readAhead } from '#io/bytes/ahead.ts'
import type { ByteSource } from '#io/bytes/source.ts'
import type { Bucket } from './call.ts'
import { getObject, objectFacts, objectGone } from './get.ts'

/** Undefined if the object does not exist. */
export async function objectSource(bucket: Bucket, key: string): Promise<ByteSource | undefined> {
  const facts = await objectFacts(bucket, key)
  if (facts === undefined) return undefined
  const { size, etag } = facts

  async function fill(target: Uint8Array, offset: number): Promise<void> {
    if (target.length === 0) return
    const body = await getObject(bucket, key, { start: offset, end: offset + target.length }, etag)
    if (body === undefined) throw objectGone(bucket, key)
    let at = 0
    for await (const part of body.parts) {
      target.set(part, at)
      at += part.length
    }
  }
  async function readInto(target: Uint8Array, offset: number): Promise<number> {
    const length = Math.max(0, Math.min(target.length, size - offset))
    await fill(target.subarray(0, length), offset)
    return length
  }
  const source: ByteSource = {
    size,
    fingerprint: etag,
    readInto,
    async read(offset, length) {
      const target = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
      await readInto(target, offset)
      return target
    },
    ahead: (start, end) => readAhead(source, fill, start, Math.min(end, size)),
  }
  return source
}
