/** Texts with `${…}`: finds and replaces them, and maps offsets so that problems point into the file. */
import type { Json } from '#core/json.ts'

export interface Marker {
  readonly start: number
  readonly end: number
  /** The text between the brackets, trimmed; undefined for the escape `$${`, which is a literal `${`. */
  readonly inner: string | undefined
  /** Whether the bracket is closed. */
  readonly closed: boolean
}

/** A part of the new text that came from one place of the old. */
export interface Segment {
  readonly length: number
  readonly from: number
  /** Whether it was copied; otherwise it replaces a marker, and all its characters map to the start of the marker. */
  readonly copied: boolean
}

const MARKER = /\$\$\{|\$\{([^}]*)(\}?)/g

export function markersOf(text: string): Marker[] {
  if (!text.includes('${')) return []
  return [...text.matchAll(MARKER)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    inner: match[1]?.trim(),
    closed: match[1] === undefined || match[2] === '}',
  }))
}

/** The only marker of a text, if it is the whole text. */
export function soleMarker(text: string, markers: readonly Marker[]): Marker | undefined {
  const [marker] = markers
  if (markers.length !== 1 || marker?.inner === undefined) return undefined
  return text.slice(0, marker.start).trim() === '' && text.slice(marker.end).trim() === '' ? marker : undefined
}

/** Replaces each marker with the text that `replacement` returns for it. */
export function replaceMarkers(
  text: string,
  markers: readonly Marker[],
  replacement: (marker: Marker) => string,
): { readonly text: string; readonly segments: readonly Segment[] } {
  const parts: { text: string; segment: Segment }[] = []
  const add = (part: string, from: number, copied: boolean) => {
    if (part !== '') parts.push({ text: part, segment: { length: part.length, from, copied } })
  }
  let at = 0
  for (const marker of markers) {
    add(text.slice(at, marker.start), at, true)
    add(marker.inner === undefined ? '${' : replacement(marker), marker.start, false)
    at = marker.end
  }
  add(text.slice(at), at, true)
  return { text: parts.map((part) => part.text).join(''), segments: parts.map((part) => part.segment) }
}

/** The offset in the old text of a character of the new text. */
export function originalOffset(segments: readonly Segment[], offset: number): number {
  let start = 0
  for (const { length, from, copied } of segments) {
    if (offset < start + length) return copied ? from + offset - start : from
    start += length
  }
  const last = segments.at(-1)
  return last === undefined ? 0 : last.from + (last.copied ? last.length : 0)
}

/** A scalar as part of a text. */
export const asText = (value: Json) => (typeof value === 'string' ? value : String(value))
