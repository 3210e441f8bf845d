/** What a source holds: by its content first, by its name only where the content leaves it open. */
import { enumeration } from '#core/text/preview.ts'
import { entryOf } from '#core/text/record.ts'
import { TaskError } from '#core/errors/errors.ts'
import { bareName, COMPRESSIONS, compressionCalled, FORMATS, formatCalled, formatNames } from './index.ts'
import type { CompressionKind } from './compressions/compression.ts'
import type { Beginning, FormatKind } from './kinds/format.ts'
import { signatureOf } from './signatures.ts'
import type { ByteSource, ReadSettings } from './source.ts'

/** Bytes that detection looks at, at the beginning and at the end. */
export const HEAD_BYTES = 1 << 18
const TAIL_BYTES = 1 << 16

export async function beginningOf(source: ByteSource, uri: string): Promise<Beginning> {
  const head = await source.read(0, HEAD_BYTES)
  const tail = await source.read(Math.max(0, source.size - TAIL_BYTES), TAIL_BYTES)
  return { head, tail, text: '', name: bareName(uri) }
}

/** What the bytes are packed in; undefined when they are not packed. */
export const compressionOf = ({ head, tail }: Pick<Beginning, 'head' | 'tail'>): CompressionKind | undefined =>
  compressionCalled(signatureOf(head, tail)?.name ?? '')

/** The format of bytes that are no text, by its signature; undefined for text. Data.UnsupportedFormat when a setting names another format. */
export function detectBinary(start: Beginning, { format }: ReadSettings, uri: string): FormatKind | undefined {
  const asked = format === undefined ? undefined : formatCalled(format)
  if (asked?.content === 'bytes') return asked
  const found = FORMATS.find((kind) => kind.content === 'bytes' && kind.detect(start) === 'certain')
  if (found === undefined || asked === undefined) return found
  throw new TaskError('Data.UnsupportedFormat', `${uri} is ${found.name}, not ${asked.name}`, {
    hint: `leave out format, or set format: ${found.name}`,
  })
}

/** Control characters that occur in text: delimiters of fields (^A and the unit separator), the end of a file, escape sequences. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([1, 26, 27, 31])

/** Data.UnsupportedFormat when the bytes are no text. `delimiter` may be a control character. */
export function refuseBinary({ head, tail }: Pick<Beginning, 'head' | 'tail'>, uri: string, delimiter: string | undefined): void {
  refuseKnown({ head, tail }, uri)
  let controls = 0
  for (const byte of head)
    if (byte < 32 && (byte < 9 || byte > 13) && !TEXT_CONTROLS.has(byte) && byte !== delimiter?.charCodeAt(0)) controls++
  if (controls > 8 && controls > head.length / 20) {
    throw new TaskError(
      'Data.UnsupportedFormat',
      `${uri} is neither text nor a known format: ${controls} of its first ${head.length} bytes are control characters`,
      {
        hint: `${formatNames()} can be read, also in ${enumeration(
          COMPRESSIONS.map(({ name }) => name),
          'or',
        )}; set encoding if this is text in UTF-16`,
      },
    )
  }
}

/** Data.UnsupportedFormat for what is known by its first bytes and cannot be read. */
export function refuseKnown({ head, tail }: Pick<Beginning, 'head' | 'tail'>, uri: string): void {
  const known = signatureOf(head, tail)
  if (known?.hint === undefined) return
  throw new TaskError('Data.UnsupportedFormat', `${uri} is ${known.name}, which cannot be read`, { hint: known.hint })
}

/** The format of a text by its first characters. Data.UnsupportedFormat for markup. */
export function detectText(start: Beginning, uri: string): FormatKind {
  const text = start.text.trimStart()
  if (/^<(!doctype html|html|head|body|\?xml)[\s>]/i.test(text)) {
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${/^<\?xml/i.test(text) ? 'XML' : 'a web page'}, not a table`, {
      hint: 'was an error page or a log-in page saved instead of the data? name a file with the data as CSV, JSON or Parquet',
    })
  }
  const texts = FORMATS.filter(({ content }) => content === 'text')
  for (const sure of ['certain', 'likely', 'possible'] as const) {
    const found = texts.find((kind) => kind.detect(start) === sure)
    if (found !== undefined) return found
  }
  throw new Error('no format takes any text')
}

/** Definition.InvalidSetting for settings that nothing a source turned out to be knows. */
export function checkOptions(settings: ReadSettings, kinds: readonly (FormatKind | CompressionKind)[], uri: string): void {
  const known = new Set(['format', ...kinds.flatMap(({ options }) => Object.keys(options.shape))])
  const unknown = Object.keys(settings).filter((name) => !known.has(name))
  const [first] = unknown
  if (first === undefined) return
  const owners = [...FORMATS, ...COMPRESSIONS].filter(({ options }) => Object.hasOwn(options.shape, first)).map(({ name }) => name)
  throw new TaskError(
    'Definition.InvalidSetting',
    `${uri} is ${kinds.map(({ name }) => name).join(' in ')}, which has no setting ${first} (it was ${JSON.stringify(entryOf(settings as Record<string, unknown>, first))})`,
    { hint: `${first} is a setting of ${owners.join(', ')}: leave it out, or name sources of one kind in a discover step` },
  )
}
