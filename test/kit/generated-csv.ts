/** A CSV generated while it is read, so that it can be larger than memory: rows of one width, distinguished by their number. */
import type { S3Objects } from './s3-objects.ts'

const HEADER = 'id,name,city,amount,note\n'
const NOTES = ['first of many', 'a note, "quoted"', '  spaces around  ', ''].map((note) =>
  /[,"]/.test(note) ? `"${note.replaceAll('"', '""')}"` : note,
)
const WIDEST = Math.max(...NOTES.map(({ length }) => length))

/** Every row has as many bytes as any other: amounts are as long as the note leaves room for. */
function row(number: number): string {
  const note = NOTES[number % NOTES.length] ?? ''
  const amount = `${(number * 7919) % 100_000}`.padEnd(5 + WIDEST - note.length, '0')
  return `${String(number).padStart(10, '0')},name ${String(number % 1000).padStart(4, '0')},city ${String(number % 97).padStart(2, '0')},${amount.slice(0, 3)}.${amount.slice(3)},${note}\n`
}

const WIDTH = row(0).length
/** The rows of a piece are made together, and those of the last piece are kept. */
const PIECE = 4096

/** Puts an object of about so many bytes into a bucket; gives the number of its rows. */
export function generateCsv(objects: S3Objects, bucket: string, key: string, bytes: number): number {
  const rows = Math.max(1, Math.round((bytes - HEADER.length) / WIDTH))
  let kept: { readonly piece: number; readonly text: Buffer } | undefined
  const pieceOf = (piece: number) => {
    if (kept?.piece !== piece)
      kept = { piece, text: Buffer.from(Array.from({ length: PIECE }, (_, at) => row(piece * PIECE + at)).join('')) }
    return kept.text
  }
  const size = HEADER.length + rows * WIDTH
  objects.generate(bucket, key, size, (start, end) => {
    const parts: Uint8Array[] = start < HEADER.length ? [Buffer.from(HEADER.slice(start, end))] : []
    for (let at = Math.max(start, HEADER.length) - HEADER.length; at < end - HEADER.length; ) {
      const [piece, from] = [Math.floor(at / (PIECE * WIDTH)), at % (PIECE * WIDTH)]
      const part = pieceOf(piece).subarray(from, Math.min(PIECE * WIDTH, from + end - HEADER.length - at))
      parts.push(part)
      at += part.length
    }
    return Buffer.concat(parts)
  })
  return rows
}
