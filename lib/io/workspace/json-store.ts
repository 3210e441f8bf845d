/** JSON objects in a store. */
import type { Store } from '#io/store/store.ts'
import { missingObject } from '#io/store/key.ts'

export const writeJson = (store: Pick<Store, 'write'>, key: string, value: unknown) => store.write(key, JSON.stringify(value))

/** Reads the object; throws Data.MissingObject. The caller gives the type: only siftstep writes there. */
export async function readJson<T>(store: Pick<Store, 'read'>, key: string): Promise<T> {
  const bytes = await store.read(key)
  if (bytes === undefined) throw missingObject(key)
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as T
}

export async function readBytes(store: Pick<Store, 'read'>, key: string): Promise<Uint8Array> {
  const bytes = await store.read(key)
  if (bytes === undefined) throw missingObject(key)
  return bytes
}
