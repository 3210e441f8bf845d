/**
 * The functions Step Functions adds to JSONata. Fractional arguments are truncated towards zero, and several make the result undefined
 * instead of an error, as reported for the service. Source: the Step Functions guide, "JSONata functions provided by Step Functions".
 */
import { createHash } from 'node:crypto'
import type { Json } from '#core/json.ts'

const ALGORITHMS = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
])

/** A function with its JSONata signature; wrong arguments fail with T0410 or T0412. */
interface Added {
  readonly signature: string
  readonly call: (...args: never[]) => Json | undefined
}

/** The added functions by name, without `$`. `random` returns numbers from 0 to less than 1. */
export function addedFunctions(random: () => number): { readonly [name: string]: Added } {
  return {
    parse: { signature: '<s-:x>', call: (text?: string) => (text === undefined ? undefined : parse(text)) },
    // Not `a`: JSONata would wrap a single value in an array, but the service rejects it.
    partition: { signature: '<x-n-:a>', call: partition },
    range: { signature: '<n-n-n-:x>', call: range },
    hash: { signature: '<s-s-:s>', call: hash },
    random: { signature: '<n?:n>', call: (seed?: number) => (seed === undefined ? random() : seeded(seed)) },
    uuid: { signature: '<:s>', call: () => uuid(random) },
  }
}

/** A version 4 UUID from a source of randomness. */
export function uuid(random: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refusal('D3137', `$parse: ${(error as Error).message}`)
  }
}

function partition(items?: Json, size?: number): Json | undefined {
  if (items === undefined) return undefined
  if (!Array.isArray(items)) throw refusal('T0412', 'Argument 1 of function "partition" must be an array')
  if (size === undefined) return [items]
  if (size < 0) throw refusal('D3137', 'Second argument must be zero or greater')
  const step = Math.trunc(size)
  if (step === 0 || items.length === 0) return undefined
  const all: readonly Json[] = items
  return Array.from({ length: Math.ceil(all.length / step) }, (_, part) => all.slice(part * step, (part + 1) * step))
}

/** A result of one number is that number, like every JSONata sequence. */
function range(from?: number, to?: number, by?: number): Json | undefined {
  if (from === undefined || to === undefined || by === undefined) return undefined
  const [first, last, step] = [Math.trunc(from), Math.trunc(to), Math.trunc(by)] as const
  if (step === 0) return undefined
  const count = Math.max(0, Math.floor((last - first) / step) + 1)
  if (count > 1_000_000) throw refusal('D2014', `The size of the sequence allocated by $range must not exceed 1e6; it is ${count}`)
  return count < 2 ? (count === 1 ? first : undefined) : Array.from({ length: count }, (_, position) => first + position * step)
}

function hash(text?: string, algorithm?: string): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined
  const name = ALGORITHMS.get(algorithm)
  if (!name) throw refusal('D3137', `Hash algorithm '${algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5`)
  return createHash(name).update(text).digest('hex')
}

/** The same number for the same seed, but not the number the service returns. */
function seeded(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUIntBE(0, 6) / 2 ** 48
}

/** An error in the form JSONata throws. */
function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
