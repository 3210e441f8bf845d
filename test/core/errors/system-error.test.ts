/** Errors of the operating system become plain messages with a fix; the system's code stays in the cause. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemError } from '#core/errors/system-error.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  mkdirSync(`${place.folder}/folder`)
  writeFileSync(`${place.folder}/file`, '')
  symlinkSync(`${place.folder}/ring`, `${place.folder}/ring`)
})
afterAll(() => place.clear())

const refusal = async (act: (path: string) => Promise<unknown>, path: string) =>
  await act(path).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a path the system refuses', () => {
  it.each([
    ['a\0b', 'a file name cannot contain a null character', 'Data.NoSources', 'Output.Unwritable'],
    ['x'.repeat(300), 'the name is too long', 'Data.NoSources', 'Output.Unwritable'],
    ['folder', 'it is a folder, expected a file', 'Data.Unreadable', 'Output.Unwritable'],
    ['ring', 'its symbolic links form a cycle', 'Data.Unreadable', 'Output.Unwritable'],
    ['file/a', 'part of the path is a file, expected a folder', 'Data.NoSources', 'Output.Unwritable'],
  ])('is reported with the problem: %j', async (name, words, reading, writing) => {
    const path = `${place.folder}/${name}`
    const read = systemError(await refusal(readFile, path), 'reading it')
    expect(read).toMatchObject({ name: reading, message: `reading it: ${words}` })
    const write = systemError(await refusal((to) => writeFile(to, ''), path), 'writing it')
    expect(write).toMatchObject({ name: writing, message: `writing it: ${words}` })
    expect(write.cause).toBeInstanceOf(Error)
  })

  it('is not reported for other errors of Node with the same code', async () => {
    const refused = await refusal((path) => readFile(path, 'no-encoding' as BufferEncoding), `${place.folder}/file`)
    expect(refused).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
    expect(systemError(refused, 'reading it').name).toBe('Engine.Bug')
  })

  it('is not there: that says a missing file where it is read, a missing folder where it is written', async () => {
    const path = `${place.folder}/gone/a`
    expect(systemError(await refusal(readFile, path), 'reading it').message).toBe('reading it: no such file')
    expect(systemError(await refusal((to) => writeFile(to, ''), path), 'writing it').message).toBe(
      'writing it: the folder no longer exists',
    )
  })
})
