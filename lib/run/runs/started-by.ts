/** What started a run, in words. */
import type { Json, JsonObject } from '#core/json.ts'

/** In short: `schedule`, `s3 s3://inbox/a.csv`, `pipeline orders r-20261203-081402-7f3c`; `hand` where nothing is recorded. */
export function startedBy(start: Json | undefined): string {
  if (start === null || typeof start !== 'object' || Array.isArray(start)) return 'hand'
  const { type, uri, event_type, of, pipeline, run, together } = start as JsonObject
  if (type === 'manual') return 'hand'
  const several = Array.isArray(together) ? `${together.length} together` : undefined
  return [type, pipeline, run ?? uri ?? event_type ?? of ?? several].filter((part) => part !== undefined).join(' ')
}
