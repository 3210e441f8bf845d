/**
 * Assets: files that belong to a definition, such as a list of allowed values. A machine holds only a reference with the hash of the content,
 * `{"$asset": {"path": …, "sha256": …, "bytes": …}}`, so another content makes another machine. The task that needs the file gets its text.
 */
import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'

export interface AssetReference {
  /** As written in the definition, relative to it. */
  readonly path: string
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string
  readonly bytes: number
}

/** A file as it was when its definition was compiled. */
export interface Asset extends AssetReference {
  readonly content: Uint8Array
}

/** The form of an asset in a setting. `text` is there in the settings of a task. */
export interface CompiledAsset {
  readonly $asset: AssetReference
  readonly text?: string | undefined
}

/** Bytes an asset can have: each task that needs it reads it whole. */
export const MAX_ASSET_BYTES = 1_000_000
/** Bytes that code can have with everything it imports. */
export const MAX_BUNDLE_BYTES = 5_000_000

/** Returns the bytes with this hash; undefined if there are none. */
export type ReadAsset = (sha256: string) => Promise<Uint8Array | undefined>

export const assetOf = (path: string, content: Uint8Array): Asset => ({ path, sha256: sha256Of(content), bytes: content.length, content })

export const assetReference = ({ path, sha256, bytes }: Asset): CompiledAsset => ({ $asset: { path, sha256, bytes } })

/** The text of the bytes, without a byte order mark; undefined if they are not UTF-8. */
export function assetText(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return undefined
  }
}

/** Adds the text to each asset in a value. Data.MissingObject if one is not there or has other bytes. */
export async function withAssets<Value extends Json>(value: Value, read: ReadAsset): Promise<Value> {
  const wanted = new Map<string, AssetReference>()
  visit(value, (found) => wanted.set(found.sha256, found))
  if (wanted.size === 0) return value
  const texts = new Map(await Promise.all([...wanted.values()].map(async (one) => [one.sha256, await textOf(one, read)] as const)))
  const filled = (one: Json): Json => {
    const reference = referenced(one)
    if (reference !== undefined) return { $asset: { ...reference }, text: texts.get(reference.sha256) ?? '' }
    if (Array.isArray(one)) return one.map(filled)
    if (one === null || typeof one !== 'object') return one
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, filled(inner as Json)]))
  }
  return filled(value) as Value
}

function visit(value: Json, found: (reference: AssetReference) => void): void {
  const reference = referenced(value)
  if (reference !== undefined) found(reference)
  else if (value !== null && typeof value === 'object') for (const inner of Object.values(value)) visit(inner as Json, found)
}

function referenced(value: Json): AssetReference | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const reference = (value as JsonObject)['$asset'] as Partial<AssetReference> | null | undefined
  if (typeof reference?.path !== 'string' || typeof reference.sha256 !== 'string' || typeof reference.bytes !== 'number') return undefined
  return reference as AssetReference
}

async function textOf({ path, sha256 }: AssetReference, read: ReadAsset): Promise<string> {
  const content = await read(sha256)
  const hint = 'start a new run; on AWS, deploy the pipeline again'
  if (content === undefined)
    throw new TaskError('Data.MissingObject', `the file ${path} of the pipeline (${sha256}) is not stored`, { hint })
  const text = sha256Of(content) === sha256 ? assetText(content) : undefined
  if (text === undefined)
    throw new TaskError('Data.MissingObject', `the stored file ${path} of the pipeline is not the one with hash ${sha256}`, { hint })
  return text
}

const sha256Of = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
