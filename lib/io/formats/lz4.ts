/**
 * Blocks of LZ4, as https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md describes them, and the framing that Hadoop puts around them. Every
 * read and write is checked: the decoders on npm fill what is missing with zeros.
 */

/** Unpacks a block into the bytes of `to`, which it must fill. */
export function unpackLz4(block: Uint8Array, to: Uint8Array): void {
  let at = 0
  let done = 0
  const byte = () => {
    const value = block[at++]
    if (value === undefined) throw new Error('a block of LZ4 ends early')
    return value
  }
  const lengthOf = (nibble: number) => {
    let length = nibble
    if (nibble === 15) for (let more = 255; more === 255; length += more) more = byte()
    return length
  }
  while (at < block.length) {
    const token = byte()
    const literals = lengthOf(token >> 4)
    if (literals > block.length - at || literals > to.length - done) throw new Error('the literals of a block of LZ4 are too long')
    to.set(block.subarray(at, at + literals), done)
    at += literals
    done += literals
    // the last sequence has no match
    if (at === block.length) break
    const offset = byte() | (byte() << 8)
    const length = lengthOf(token & 15) + 4
    if (offset === 0 || offset > done || length > to.length - done) throw new Error('a match of a block of LZ4 is outside of its text')
    for (let left = length; left > 0; left--, done++) to[done] = to[done - offset] ?? 0
  }
  if (done !== to.length) throw new Error(`a block of LZ4 has ${done} bytes, not ${to.length}`)
}

/**
 * Unpacks a page of the codec that Parquet calls LZ4: blocks with their sizes in front, unpacked and packed, as Hadoop writes them, or a block alone, as
 * other writers do. Which one it is, only the bytes say.
 */
export function unpackPageLz4(page: Uint8Array, to: Uint8Array): void {
  const blocks = hadoopBlocks(page, to.length)
  if (blocks === null) {
    unpackLz4(page, to)
    return
  }
  let done = 0
  for (const { block, size } of blocks) {
    unpackLz4(block, to.subarray(done, done + size))
    done += size
  }
}

function hadoopBlocks(page: Uint8Array, unpacked: number) {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const blocks: { readonly block: Uint8Array; readonly size: number }[] = []
  let at = 0
  let sum = 0
  while (at < page.length) {
    if (page.length - at < 8) return null
    const [size, packed] = [view.getUint32(at), view.getUint32(at + 4)]
    at += 8
    if (packed > page.length - at) return null
    blocks.push({ block: page.subarray(at, at + packed), size })
    at += packed
    sum += size
  }
  return sum === unpacked ? blocks : null
}
