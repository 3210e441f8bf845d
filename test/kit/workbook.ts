/** Workbooks and archives made for a test. */
import { writeXlsx, type WriteSheet } from 'hucre/xlsx'

/** A workbook whose sheets hold the rows; dates are written as dates. */
export async function workbookOf(
  sheets: { readonly [name: string]: readonly (readonly (string | number | boolean | Date | null)[])[] },
  more: Partial<WriteSheet> & { readonly dateSystem?: '1900' | '1904' } = {},
): Promise<Buffer> {
  const { dateSystem, ...each } = more
  const written = await writeXlsx({
    ...(dateSystem === undefined ? {} : { dateSystem }),
    sheets: Object.entries(sheets).map(([name, rows]) => ({ name, rows: rows.map((row) => [...row]), ...each })),
  })
  return Buffer.from(written as Uint8Array)
}

/** An archive of stored members, as the specification of zip lays it out. */
export function zipOf(members: { readonly [name: string]: Uint8Array | string }): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(members)) {
    const data = Buffer.from(content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crcOf(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(entries.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06'), end])
}

/** CRC-32, bit by bit. */
function crcOf(data: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
