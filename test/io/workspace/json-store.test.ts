/** JSON objects in a store that are missing or damaged. */
import { describe, expect, it } from 'vitest'
import { memoryStore } from '#io/store/memory.ts'
import { findJson, readJson, writeJson } from '#io/workspace/json-store.ts'

describe('a JSON object of a store', () => {
  it('is read as it was written, and undefined where there is none', async () => {
    const store = memoryStore()
    await writeJson(store, 'a/one.json', { é: [1, null] })
    expect(await readJson(store, 'a/one.json')).toEqual({ é: [1, null] })
    expect(await findJson(store, 'a/two.json')).toBeUndefined()
    await expect(readJson(store, 'a/two.json')).rejects.toMatchObject({ name: 'Data.MissingObject' })
  })

  it.each(['', '{"id":', '{"id":1}\n{"id":2}'])('that holds %j is an error that names it and says what to do', async (text) => {
    const store = memoryStore()
    await store.write('runs/r-1/run.json', text)
    await expect(findJson(store, 'runs/r-1/run.json')).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: "runs/r-1/run.json in the run's store is not valid JSON: it was changed or damaged",
      hint: expect.stringContaining('remove the folder of that run'),
    })
  })
})
