/** The one table of first bytes: what can be read is found by it, and what cannot is refused by name. */

export interface Signature {
  /** The name of the compression or format that reads it; else what it is, for a message. */
  readonly name: string
  /** The first bytes, in hexadecimal. */
  readonly magic: string
  /** Where the first bytes alone could be text, or several formats share them. `tail` are the last bytes of the source. */
  readonly isSure?: (head: Uint8Array, tail: Uint8Array) => boolean
  /** What to do instead, for what cannot be read. */
  readonly hint?: string
}

const SAVE_AS_XLSX = 'save it as an Excel workbook (.xlsx) or save the sheet as CSV'
const NO_DATA = 'name a file that holds data'
const TO_PARQUET = 'convert it to Parquet'

const latin = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const hasNul = (head: Uint8Array) => head.includes(0)
/** Names of members stand at the beginning of an archive, before each member, and all together at its end. */
const holds = (name: string) => (head: Uint8Array, tail: Uint8Array) => latin(head).includes(name) || latin(tail).includes(name)

/** The first entry that fits decides. */
export const SIGNATURES: readonly Signature[] = [
  { name: 'gzip', magic: '1f8b' },
  { name: 'zstd', magic: '28b52ffd' },
  // letters could be text: the digit of the level and the magic of the first block, or of the end, follow
  { name: 'bzip2', magic: '425a68', isSure: (head) => /^425a683[1-9](314159265359|177245385090)/.test(hex(head.subarray(0, 10))) },
  { name: 'excel', magic: '504b0304', isSure: holds('xl/workbook.xml') },
  { name: 'a binary Excel workbook (.xlsb)', magic: '504b0304', isSure: holds('xl/workbook.bin'), hint: SAVE_AS_XLSX },
  {
    name: 'an OpenDocument file',
    magic: '504b0304',
    isSure: (head) => latin(head.subarray(0, 100)).includes('mimetypeapplication/vnd.oasis'),
    hint: SAVE_AS_XLSX,
  },
  { name: 'a document of Word or PowerPoint', magic: '504b0304', isSure: holds('[Content_Types].xml'), hint: NO_DATA },
  { name: 'zip', magic: '504b0304' },
  { name: 'an empty zip archive', magic: '504b0506', hint: NO_DATA },
  { name: 'excel', magic: 'd0cf11e0a1b11ae1' },
  // PARE is Parquet with an encrypted footer; both words could begin a text
  { name: 'parquet', magic: '50415245', isSure: (head, tail) => latin(tail.subarray(-4)) === 'PARE' || hasNul(head) },
  { name: 'parquet', magic: '50415231', isSure: (head, tail) => latin(tail.subarray(-4)) === 'PAR1' || hasNul(head) },
  { name: 'compressed with xz', magic: 'fd377a585a00', hint: 'decompress it with `unxz`, or compress it with gzip' },
  { name: 'compressed with lz4', magic: '04224d18', hint: 'decompress it with `lz4 -d`, or compress it with gzip' },
  { name: 'a 7z archive', magic: '377abcaf271c', hint: 'extract the files and name those' },
  { name: 'an old Office file', magic: 'd0cf11e0', hint: SAVE_AS_XLSX },
  { name: 'a PDF', magic: '25504446', hint: 'name the data it was made from' },
  { name: 'an image', magic: '89504e47', hint: NO_DATA },
  { name: 'an image', magic: 'ffd8ff', hint: NO_DATA },
  { name: 'an image', magic: '47494638', hint: NO_DATA },
  { name: 'a program', magic: '7f454c46', hint: NO_DATA },
  { name: 'an SQLite database', magic: '53514c69746520666f726d61', hint: 'export the table as CSV' },
  { name: 'an Avro file', magic: '4f626a01', hint: TO_PARQUET },
  { name: 'an ORC file', magic: '4f5243', isSure: hasNul, hint: TO_PARQUET },
  { name: 'an Arrow file', magic: '4152524f5731', isSure: hasNul, hint: TO_PARQUET },
]

/** What the bytes at both ends show; undefined for text and for what nobody knows. */
export function signatureOf(head: Uint8Array, tail: Uint8Array): Signature | undefined {
  const start = hex(head.subarray(0, 12))
  return SIGNATURES.find(({ magic, isSure }) => start.startsWith(magic) && (isSure?.(head, tail) ?? true))
}
