/** Publishing to a single file: what is refused before and while it is written, and that nothing else is left in its folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkFile } from '#io/publish/check-folder.ts'
import { publishFile } from '#io/publish/folder.ts'
import type { NewFile } from '#io/publish/manifest.ts'
import { missingKey, repeatedKey } from '#io/publish/merge-keys.ts'
import { draftTag } from '#io/store/holder.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let goal: string
beforeEach(() => {
  place = workplace()
  goal = join(place.folder, 'out', 'deep', 'all.csv')
})
afterEach(() => place.clear())

const names = () => readdirSync(place.folder, { recursive: true, encoding: 'utf8' }).sort()

function fileOf(content: string): NewFile {
  const path = place.write('made/part.csv', content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { name: 'all.csv', rows: 1, bytes: content.length, sha256, uri: null, open: async () => ({ path, release: async () => {} }) }
}

describe('a file may be published', () => {
  it('to a folder that is there, or is not yet, and looking changes nothing', async () => {
    await checkFile(goal)
    mkdirSync(join(place.folder, 'out', 'deep'), { recursive: true })
    await checkFile(goal)
    place.write('out/deep/all.csv', 'before')
    await checkFile(goal)
    expect(names()).toEqual(['out', 'out/deep', 'out/deep/all.csv'])
  })

  it('in one step, with its folder, in place of the one before', async () => {
    await publishFile(goal, fileOf('first'))
    expect(readFileSync(goal, 'utf8')).toBe('first')
    await publishFile(goal, fileOf('second'))
    expect(readFileSync(goal, 'utf8')).toBe('second')
    // killed after the move, it is called again
    await publishFile(goal, { ...fileOf('second'), open: () => Promise.reject(new Error('it was moved')) })
    expect(readdirSync(join(place.folder, 'out', 'deep'))).toEqual(['all.csv'])
  })

  it('beside the drafts of processes that live; those of processes that have ended go', async () => {
    const left = `.draft-part-${draftTag(2 ** 22 + 7)}-0123456789ab`
    const held = `.draft-part-${draftTag()}-0123456789ab`
    for (const name of [left, held, '.draft-part-mine', 'other.csv']) place.write(`out/deep/${name}`, 'x')
    await publishFile(goal, fileOf('first'))
    expect(readdirSync(join(place.folder, 'out', 'deep')).sort()).toEqual([held, '.draft-part-mine', 'all.csv', 'other.csv'].sort())
  })
})

describe('a file may not be published', () => {
  it('where a folder is', async () => {
    mkdirSync(goal, { recursive: true })
    await expect(checkFile(goal, 'out/all.csv')).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: 'cannot publish to out/all.csv: it is a folder; write a slash at its end to publish to the folder',
    })
    await expect(publishFile(goal, fileOf('x'), 'out/all.csv')).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: 'cannot publish to out/all.csv: it is a folder',
    })
  })

  it('below a file, or where a link leads nowhere', async () => {
    place.write('out', 'precious')
    await expect(checkFile(goal)).rejects.toMatchObject({ name: 'Output.Unwritable', message: expect.stringContaining(`writing ${goal}`) })
    await expect(publishFile(goal, fileOf('x'))).rejects.toMatchObject({ name: 'Output.Unwritable' })
    expect(readFileSync(join(place.folder, 'out'), 'utf8')).toBe('precious')
    const link = join(place.folder, 'link.csv')
    symlinkSync(join(place.folder, 'gone.csv'), link)
    await expect(checkFile(link)).rejects.toMatchObject({
      name: 'Output.Unwritable',
      message: expect.stringContaining('which does not exist'),
    })
  })
})

describe('rows that cannot be merged', () => {
  it('are named by their key, each part of it', () => {
    expect(missingKey(1, ['id', 'day']).message).toBe('1 row cannot be merged: the key (id, day) is missing')
    expect(repeatedKey(3, ['id', 'day'], ['7', '2024-01-01']).message).toBe('3 rows have the same key (id, day): 7, 2024-01-01')
    expect([missingKey(1, ['id']).name, repeatedKey(2, ['id'], ['7']).name]).toEqual(['Output.Conflict', 'Output.Conflict'])
  })
})
