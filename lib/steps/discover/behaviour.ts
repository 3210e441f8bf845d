/** Turns the settings of discover into the patterns to list and the options to read the files with. */
import type { Json } from '#core/json.ts'
import type { ScanBehaviour } from '#steps/kind/behaviour.ts'
import { type AtConnection, locationOf } from '#io/connectors/location.ts'
import type { MonthLanguage } from '#relational/types/month-words.ts'
import { config } from './config.ts'

export const discoverBehaviour: ScanBehaviour = {
  sources: (settings) => {
    const parsed = config.parse(settings)
    const {
      source,
      chunk_rows,
      types,
      null_values,
      date_order,
      date_language,
      allow_empty,
      skip_unchanged,
      metadata,
      require: required,
    } = parsed
    const common = {
      chunk_rows: Number(chunk_rows),
      types,
      null_values: null_values ?? null,
      date_order: date_order as 'auto' | 'dmy' | 'mdy',
      ...(date_language === undefined ? {} : { date_language: date_language as MonthLanguage }),
      allow_empty: Boolean(allow_empty),
      skip_unchanged: skip_unchanged === true,
      require:
        required === undefined
          ? null
          : { min_rows: Number(required.min_rows ?? 0), min_sources: Number(required.min_sources ?? 0), message: required.message ?? null },
      ...(metadata === undefined ? {} : { metadata }),
    }
    if (typeof source === 'object' && 'connection' in source) {
      const { uri, options, read } = locationOf(source as unknown as AtConnection)
      return { ...common, patterns: [uri], options, read, column_names: null }
    }
    if (typeof source === 'object' && 'rows' in source) {
      const inline = `${source.rows.map((row) => JSON.stringify(row)).join('\n')}\n`
      return { ...common, patterns: [], options: {}, read: {}, column_names: null, inline }
    }
    const described = typeof source === 'string' || Array.isArray(source) ? { path: source } : source
    const { path, columns, ...read } = described as Extract<typeof source, { path: unknown }>
    return {
      ...common,
      patterns: typeof path === 'string' ? [path] : path.map((one) => (typeof one === 'string' ? one : one.uri)),
      options: {},
      read: Object.fromEntries(
        Object.entries(read as { readonly [name: string]: Json | undefined }).filter(
          (entry): entry is [string, Json] => entry[1] !== undefined,
        ),
      ),
      column_names: columns ?? null,
    }
  },
}
