/** A workbook in memory, still compressed: its sheets by name, and the rows of one of them. */
import { readXls, readXlsx, type ReadOptions, type StreamRow, streamXlsxRows } from 'hucre/xlsx'
import { TaskError } from '#core/errors/errors.ts'
import { checkMembers } from '../compressions/zip-members.ts'
import type { ByteSource } from '../source.ts'

export interface SheetName {
  readonly name: string
  readonly hidden: boolean
}

export interface Workbook {
  readonly sheets: readonly SheetName[]
  /** Rows in order, empty ones left out or without values; `index` counts from 0. */
  rows(sheet: string): AsyncIterable<StreamRow>
}

/** Data.Unreadable when it is damaged, Data.UnsupportedFormat when it is protected by a password or is no workbook. */
export async function openWorkbook(source: ByteSource, uri: string): Promise<Workbook> {
  const bytes = await source.read(0, source.size)
  const isZip = bytes[0] === 0x50
  if (isZip) await checkMembers(source, uri)
  return known(uri, () => (isZip ? openXlsx(bytes, uri) : openXls(bytes, uri)))
}

async function openXlsx(bytes: Uint8Array, uri: string): Promise<Workbook> {
  const sheets: SheetName[] = []
  const sheet: ReadOptions['sheets'] = ({ name, hidden, veryHidden }) => {
    sheets.push({ name, hidden: hidden === true || veryHidden === true })
    return false
  }
  await readXlsx(bytes, { sheets: sheet })
  return { sheets, rows: (name) => reported(uri, streamXlsxRows(bytes, { sheet: name })) }
}

/** The older form holds 65,536 rows at most: all of them are in memory at once. */
async function openXls(bytes: Uint8Array, uri: string): Promise<Workbook> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (head.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw protectedWorkbook(uri)
  const isWorkbook = ['Workbook', 'Book'].some((name) => head.includes(Buffer.from(name, 'utf16le')))
  if (!isWorkbook) {
    throw new TaskError('Data.UnsupportedFormat', `${uri} is an Office file without a workbook, which cannot be read`, {
      hint: 'name an Excel workbook, or save the table as CSV',
    })
  }
  const { sheets } = await readXls(bytes)
  const hidden = (state: (typeof sheets)[number]) => state.hidden === true || state.veryHidden === true
  return {
    sheets: sheets.map((sheet) => ({ name: sheet.name, hidden: hidden(sheet) })),
    async *rows(name) {
      const rows = sheets.find((sheet) => sheet.name === name)?.rows ?? []
      for (const [index, values] of rows.entries()) yield { index, values: values ?? [] }
    },
  }
}

async function* reported(uri: string, rows: AsyncIterable<StreamRow>): AsyncGenerator<StreamRow> {
  try {
    yield* rows
  } catch (error) {
    throw unreadable(uri, error)
  }
}

async function known<Result>(uri: string, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open()
  } catch (error) {
    throw unreadable(uri, error)
  }
}

function unreadable(uri: string, error: unknown): unknown {
  if (error instanceof TaskError) return error
  const { name, message } = error as Error
  if (name === 'EncryptedFileError') return protectedWorkbook(uri)
  return new TaskError('Data.Unreadable', `${uri}: the workbook cannot be read: ${message}`, {
    cause: error,
    hint: 'open it and save it again as .xlsx without a password, or save the sheet as CSV',
  })
}

const protectedWorkbook = (uri: string) =>
  new TaskError('Data.UnsupportedFormat', `${uri} is a workbook protected by a password, which cannot be read`, {
    hint: 'save it without a password',
  })
