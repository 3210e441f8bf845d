/** Rewrites a delimited text with mixed line endings, because the parser accepts only one: outside quotes all become LF. */
import type { ByteSink } from '#io/bytes/file.ts'
import { type KernelSettings, openKernel } from './kernel.ts'
import { blockFor, scanText } from './scan.ts'
import type { ByteSource } from './source.ts'
import { copyRange } from '#io/bytes/copy.ts'

const LF = new Uint8Array([10])

/** `start` is where the records start, at physical line `line`; returns where they start in the result. */
export async function unifyNewlines(
  from: ByteSource,
  to: ByteSink,
  start: number,
  line: number,
  settings: KernelSettings,
): Promise<number> {
  const before = await from.read(Math.max(0, start - 2), Math.min(2, start))
  const newline = /\r\n$/.test(Buffer.from(before).toString('latin1')) ? 2 : /[\r\n]$/.test(Buffer.from(before).toString('latin1')) ? 1 : 0
  await copyRange(from, to, 0, start - newline)
  if (newline > 0) await to.write(LF)
  const begin = to.bytes
  let done = start
  const range = { start, end: from.size, line, records_before: 0 }
  const kernel = openKernel({ ...settings, newlines: true }, blockFor(range))
  await scanText(from, range, kernel, async (event, textOf) => {
    if (event.kind !== 'newline') return
    await to.write(await textOf(done, event.start))
    await to.write(LF)
    done = event.end
  })
  await copyRange(from, to, done, from.size)
  return begin
}
