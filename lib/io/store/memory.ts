/** A store in memory for tests. Files for native code are in a temporary folder until they are published. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkKey, inKeyOrder, missingObject } from './key.ts'
import type { Store } from './store.ts'

export function memoryStore(): Store {
  const objects = new Map<string, Uint8Array>()
  const put = (key: string, bytes: Uint8Array | string) =>
    objects.set(checkKey(key), typeof bytes === 'string' ? Buffer.from(bytes) : Uint8Array.from(bytes))
  const scratch = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'siftstep-'))
    return { path: join(folder, 'object'), clear: () => rm(folder, { recursive: true, force: true }) }
  }
  return {
    read: async (key) => objects.get(checkKey(key)),
    write: async (key, bytes) => {
      put(key, bytes)
    },
    create: async (key, bytes) => {
      if (objects.has(checkKey(key))) return false
      put(key, bytes)
      return true
    },
    list: async (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => inKeyOrder(a, b))
        .map(([key, bytes]) => ({ key, bytes: bytes.length })),
    remove: async (key) => {
      objects.delete(checkKey(key))
    },
    open: async (key) => {
      const bytes = objects.get(checkKey(key))
      if (bytes === undefined) throw missingObject(key)
      return {
        size: bytes.length,
        fingerprint: createHash('sha256').update(bytes).digest('hex'),
        read: async (offset, length) => bytes.slice(offset, Math.max(offset, offset + length)),
      }
    },
    address: () => null,
    openLocal: async (key) => {
      const bytes = objects.get(checkKey(key))
      if (bytes === undefined) throw missingObject(key)
      const { path, clear } = await scratch()
      await writeFile(path, bytes)
      return { path, release: clear }
    },
    createLocal: async (key) => {
      checkKey(key)
      const { path, clear } = await scratch()
      return {
        path,
        publish: async () => {
          put(key, await readFile(path))
          await clear()
        },
        discard: clear,
      }
    },
  }
}
