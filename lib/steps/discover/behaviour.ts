/** What discover asks for: the patterns, and how what they name is to be read. */
import type { Json } from '#core/json.ts'
import type { ScanBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

export const discoverBehaviour: ScanBehaviour = {
  sources: (settings) => {
    const { source, chunk_rows, types, null_values, date_order, allow_empty } = config.parse(settings)
    const described = typeof source === 'string' || Array.isArray(source) ? { path: source } : source
    const { path, columns, ...read } = described as Exclude<typeof source, string | string[]>
    return {
      patterns: typeof path === 'string' ? [path] : path,
      read: Object.fromEntries(
        Object.entries(read as { readonly [name: string]: Json | undefined }).filter(
          (entry): entry is [string, Json] => entry[1] !== undefined,
        ),
      ),
      column_names: columns ?? null,
      chunk_rows: Number(chunk_rows),
      types,
      null_values: null_values ?? null,
      date_order: date_order as 'auto' | 'dmy' | 'mdy',
      allow_empty: Boolean(allow_empty),
    }
  },
}
