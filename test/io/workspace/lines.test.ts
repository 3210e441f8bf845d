/** Lines of JSON come back as they were written, wherever a block of the file ends. */
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLines, writeLines } from '#io/workspace/lines.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const given = async function* (values: readonly unknown[]) {
  yield* values
}

async function thereAndBack(values: readonly unknown[]): Promise<readonly unknown[]> {
  const path = `${place.folder}/lines.ndjson`
  await writeLines(path, given(values))
  return allOf(path)
}

async function allOf(path: string): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const lines of readLines(path)) found.push(...lines)
  return found
}

describe('lines of JSON', () => {
  it.each([
    ['none', []],
    ['characters that end lines elsewhere', ['a\u2028b', 'a\u2029b', 'a\u0085b', 'a\nb', 'a\rb', '\ufeffa', '']],
    [
      'more than a block, with characters of several bytes',
      Array.from({ length: 9_000 }, (_, at) => ({ at, text: '€😀é'.repeat(at % 23) })),
    ],
    ['one longer than a block', ['€'.repeat(700_000), 1, null]],
  ])('come back: %s', async (_, values) => {
    expect(await thereAndBack(values)).toEqual(values)
  })

  it('fail to be read where the last of them was cut off', async () => {
    const path = `${place.folder}/cut.ndjson`
    writeFileSync(path, '{"row":1}\n{"row":')
    await expect(allOf(path)).rejects.toThrow(SyntaxError)
  })

  it('are refused in a folder that is not there', async () => {
    await expect(writeLines(`${place.folder}/gone/a.ndjson`, given([1]))).rejects.toMatchObject({ name: 'Output.Unwritable' })
    writeFileSync(`${place.folder}/file`, '')
    await expect(writeLines(`${place.folder}/file/a.ndjson`, given([1]))).rejects.toMatchObject({ name: 'Output.Unwritable' })
  })
})
