/** JSON objects in a store. */
import type { Store } from '#io/store/store.ts'
import { damagedObject, missingObject } from '#io/store/key.ts'

type Reader = Pick<Store, 'read'>

export const writeJson = (store: Pick<Store, 'write'>, key: string, value: unknown) => store.write(key, JSON.stringify(value))

/** Reads the object; undefined if there is none. The caller gives the type: only siftstep writes there. Throws Data.Unreadable. */
export async function findJson<T>(store: Reader, key: string): Promise<T | undefined> {
  const bytes = await store.read(key)
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as T
  } catch (error) {
    throw damagedObject(key, error)
  }
}

/** Reads the object; throws Data.MissingObject. */
export async function readJson<T>(store: Reader, key: string): Promise<T> {
  const found = await findJson<T>(store, key)
  if (found === undefined) throw missingObject(key)
  return found
}

export async function readBytes(store: Reader, key: string): Promise<Uint8Array> {
  const bytes = await store.read(key)
  if (bytes === undefined) throw missingObject(key)
  return bytes
}
