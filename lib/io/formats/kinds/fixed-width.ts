/** fixed_width: text whose fields have so many characters each. Nothing in such a text says where they end, so it is never detected. */
import { fixedWidthOptions, splitWidths } from '../split-widths.ts'
import type { FormatKind } from './format.ts'

export const fixedWidth: FormatKind = {
  name: 'fixed_width',
  summary: 'Text whose fields have so many characters each, as `widths` says; the spaces that fill them up are no part of the values.',
  extensions: ['fwf'],
  options: fixedWidthOptions,
  content: 'text',
  layout: 'delimited',
  detect: () => undefined,
  load: async () => splitWidths,
}
