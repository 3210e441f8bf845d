/** fixed_width: text whose fields have so many characters each. Nothing in such a text says where they end, so it is never detected. */
import * as z from 'zod'
import { encoding, header, skip_lines } from '../options.ts'
import type { FormatKind } from './format.ts'

export const fixedWidthOptions = z.strictObject({
  widths: z.array(z.int().min(1)).min(1).optional().describe('The characters of each field of fixed-width text, in order.'),
  header,
  skip_lines,
  encoding,
})

export const fixedWidth: FormatKind = {
  name: 'fixed_width',
  summary: 'Text whose fields have so many characters each, as `widths` says; the spaces that fill them up are no part of the values.',
  extensions: ['fwf'],
  options: fixedWidthOptions,
  content: 'text',
  layout: 'delimited',
  detect: () => undefined,
  load: async () => (await import('../split-widths.ts')).splitWidths,
}
