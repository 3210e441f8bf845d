/** A store that counts the requests it would make to a bucket. */
import type { Store } from '#io/store/store.ts'

export interface Requests {
  readonly gets: number
  readonly puts: number
  readonly lists: number
}

export function requestCounter(store: Store): { readonly store: Store; counts(): Requests; reset(): void } {
  let counts = { gets: 0, puts: 0, lists: 0 }
  const counting: Store = {
    ...store,
    read: (key) => counted('gets', store.read(key)),
    write: (key, bytes) => counted('puts', store.write(key, bytes)),
    create: (key, bytes) => counted('puts', store.create(key, bytes)),
    list: (prefix) => counted('lists', store.list(prefix)),
    open: (key) => counted('gets', store.open(key)),
    openLocal: (key) => counted('gets', store.openLocal(key)),
    createLocal: async (key) => {
      const draft = await store.createLocal(key)
      return { ...draft, publish: () => counted('puts', draft.publish()) }
    },
  }

  function counted<T>(what: keyof Requests, call: T): T {
    counts[what]++
    return call
  }

  return { store: counting, counts: () => counts, reset: () => (counts = { gets: 0, puts: 0, lists: 0 }) }
}
