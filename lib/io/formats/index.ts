/** The one list of formats and the one list of compressions. To add a kind: its file, and a line here. */
import { enumeration } from '#core/text/preview.ts'
import type * as z from 'zod'
import { bzip2 } from './compressions/bzip2.ts'
import type { CompressionKind } from './compressions/compression.ts'
import { gzip } from './compressions/gzip.ts'
import { zip } from './compressions/zip.ts'
import { zstd } from './compressions/zstd.ts'
import { csv } from './kinds/csv.ts'
import { excel } from './kinds/excel.ts'
import { fixedWidth } from './kinds/fixed-width.ts'
import type { FormatKind } from './kinds/format.ts'
import { json, ndjson } from './kinds/json.ts'
import { parquet } from './kinds/parquet.ts'

export const FORMATS: readonly FormatKind[] = [csv, json, ndjson, parquet, excel, fixedWidth]
export const COMPRESSIONS: readonly CompressionKind[] = [gzip, bzip2, zstd, zip]

export const FORMAT_NAMES = FORMATS.map(({ name }) => name) as [string, ...string[]]

/** All formats as a sentence may list them. */
export const formatNames = () => enumeration(FORMAT_NAMES)

/** The format a setting names. */
export function formatCalled(name: string): FormatKind {
  const kind = FORMATS.find((known) => known.name === name)
  if (kind === undefined) throw new Error(`unknown format ${name}`)
  return kind
}

export const compressionCalled = (name: string): CompressionKind | undefined => COMPRESSIONS.find((known) => known.name === name)

/** Every setting any format or compression has, by its name; what several share is one schema. */
export const SOURCE_OPTIONS: { readonly [name: string]: z.ZodType } = Object.fromEntries(
  [...FORMATS, ...COMPRESSIONS].flatMap(({ options }) => Object.entries(options.shape as { readonly [name: string]: z.ZodType })),
)

const FORMAT_EXTENSIONS = FORMATS.flatMap(({ extensions }) => extensions)
const COMPRESSION_EXTENSIONS = COMPRESSIONS.flatMap(({ extensions }) => extensions)

function withoutOneOf(extensions: readonly string[], name: string): string {
  const extension = extensions.find((one) => name.slice(-one.length - 1).toLowerCase() === `.${one}`)
  return extension === undefined ? name : name.slice(0, -extension.length - 1)
}

function withoutCompressions(name: string): string {
  const rest = withoutOneOf(COMPRESSION_EXTENSIONS, name)
  return rest === name ? name : withoutCompressions(rest)
}

/** An address without the extensions of compressions, in lower case. */
export const bareName = (uri: string): string => withoutCompressions(uri).toLowerCase()

/** The name of a file without the extensions of its format and compressions: `sales` of `sales.csv.gz`. */
export const stemOf = (name: string): string => withoutOneOf(FORMAT_EXTENSIONS, withoutCompressions(name))

/** Whether an address has the extension of a file of data, such as `out/sales.csv`. One that ends in a slash is a folder. */
export const isNamedAsFile = (uri: string): boolean => stemOf(uri) !== uri
