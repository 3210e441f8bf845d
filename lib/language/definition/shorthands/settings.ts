/** The settings that shorthands take over from the kinds of steps they stand for. */
import { config as discoverConfig } from '#steps/discover/config.ts'
import { config as exportConfig } from '#steps/export/config.ts'
import { type Arranged, kept, mapping, type Part, partOf } from '../dialects/parts.ts'
import type { GeneratedStep } from './shorthand.ts'

/** What is read, and how. */
export const SOURCE = discoverConfig.shape
/** Where the rows go, and how. */
export const TARGET = exportConfig.shape

export const SOURCE_KEYS: readonly string[] = Object.keys(SOURCE)
export const TARGET_KEYS: readonly string[] = Object.keys(TARGET)

/** The step that finds the rows; none without a source. */
export function finding(settings: Part): readonly GeneratedStep[] {
  if (partOf(settings, 'source') === undefined) return []
  return [{ role: 'find', type: 'discover', with: mapping(settings, kept(settings, SOURCE_KEYS)) }]
}

/** The step that publishes the rows; none without a target. `own` replaces settings. */
export function publishing(
  settings: Part,
  own: readonly (readonly [key: string, value: Arranged | undefined])[] = [],
): readonly GeneratedStep[] {
  if (partOf(settings, 'to') === undefined) return []
  const replaced = own.map(([key]) => key)
  const others = TARGET_KEYS.filter((key) => !replaced.includes(key))
  return [{ role: 'publish', type: 'export', with: mapping(settings, [...kept(settings, others), ...own]) }]
}
