import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkFolder, publishedNames } from '#io/publish/check-folder.ts'
import { publishFolder } from '#io/publish/folder.ts'
import { draftTag } from '#io/store/holder.ts'
import type { NewFile } from '#io/publish/manifest.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let out: string
beforeEach(() => {
  place = workplace()
  out = join(place.folder, 'out')
})
afterEach(() => place.clear())

function part(content: string): NewFile {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const name = `part-${sha256.slice(0, 8)}.csv`
  const path = place.write(`parts/${name}`, content)
  return { name, rows: 1, bytes: content.length, sha256, uri: null, open: async () => ({ path, release: async () => {} }) }
}

function publish(contents: readonly string[], pipeline = 'sales', run = 'r-1') {
  const files = contents.map(part)
  const named = files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }))
  const facts = { pipeline, format: 'csv', rows: contents.length, bytes: contents.join('').length, columns: [] }
  return publishFolder(out, files, { siftstep: 1, ...facts, files: named }, { run, mode: 'replace' })
}

const contents = () =>
  (JSON.parse(readFileSync(join(out, '_manifest.json'), 'utf8')) as { files: { name: string }[] }).files.map(({ name }) =>
    readFileSync(join(out, name), 'utf8'),
  )

/** What a process that was killed in the middle leaves: its lock, and files no manifest lists. */
function killedWhilePublishing(files: readonly string[], pipeline = 'sales'): void {
  mkdirSync(out, { recursive: true })
  for (const name of files) writeFileSync(join(out, name), 'half')
  const lock = { host: hostname(), pid: 2 ** 22 + 7, process: null, since: new Date().toISOString(), token: 'dead', over: false }
  writeFileSync(join(out, '.siftstep-publishing'), JSON.stringify({ ...lock, about: { pipeline, run: 'r-0', files } }))
}

describe('publishing to a folder', () => {
  it('replaces what was there, and leaves nothing else behind', async () => {
    await publish(['a', 'b'])
    expect(contents()).toEqual(['a', 'b'])
    await publish(['b', 'c'], 'sales', 'r-2')
    expect(contents()).toEqual(['b', 'c'])
    expect(readdirSync(out)).toHaveLength(3)
  })

  it('is one process at a time', async () => {
    mkdirSync(out)
    const holder = { host: hostname(), pid: process.pid, process: null, since: new Date().toISOString(), token: 't', over: false }
    writeFileSync(
      join(out, '.siftstep-publishing'),
      JSON.stringify({ ...holder, about: { pipeline: 'sales', run: 'r-other', files: ['x.csv'] } }),
    )
    await expect(publish(['a'])).rejects.toMatchObject({
      name: 'Transient.Unavailable',
      message: expect.stringContaining('the run r-other is publishing to'),
    })
    expect(readdirSync(out)).toEqual(['.siftstep-publishing'])
  })

  it('by many at once ends with the whole output of one of them', async () => {
    await publish(['old'])
    const all = [['a', 'b'], ['old'], ['b', 'c', 'd'], ['a']]
    const ended = await Promise.allSettled(all.map((some, at) => publish(some, 'sales', `r-${at}`)))
    expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect(all).toContainEqual(contents())
    expect(readdirSync(out).filter((name) => name.startsWith('part-'))).toHaveLength(contents().length)
  })

  it('takes the remains of a killed run for its own, and clears them away', async () => {
    killedWhilePublishing(['part-left.csv'])
    // its lock was half written, its way in was being tried, a part was being copied; and two others are at its lock: one that lives, one in another container
    const drafts = [`.draft-${draftTag(2 ** 22 + 7)}-0123456789ab`, '.siftstep-probe-1', '.draft-part-1']
    const living = [`.draft-${draftTag(process.ppid)}-0123456789ab`, `.draft-${2 ** 22 + 7}-${'0'.repeat(16)}-0123456789ab`]
    for (const name of [...drafts, ...living]) writeFileSync(join(out, name), '')
    await expect(checkFolder(out, 'sales')).resolves.toBeUndefined()
    expect([...(await publishedNames(out, 'sales'))]).toEqual(['part-left.csv'])
    await publish(['a'])
    expect(readdirSync(out).sort()).toEqual([...living.sort(), '_manifest.json', part('a').name])
  })

  it('does not take the remains of another pipeline for its own', async () => {
    killedWhilePublishing(['part-left.csv'], 'other')
    await expect(checkFolder(out, 'sales')).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: expect.stringContaining('part-left.csv'),
    })
    await expect(publish(['a'])).rejects.toMatchObject({ name: 'Output.Conflict' })
    expect(readFileSync(join(out, 'part-left.csv'), 'utf8')).toBe('half')
  })

  it('brings a file again whose content is not what its name says, also of the same size', async () => {
    await publish(['abc', 'def'])
    writeFileSync(join(out, part('abc').name), 'xyz')
    writeFileSync(join(out, part('def').name), Buffer.alloc(3))
    await publish(['abc', 'def'], 'sales', 'r-2')
    expect(contents()).toEqual(['abc', 'def'])
  })

  it('leaves a file as it is whose content is right', async () => {
    await publish(['abc'])
    const before = statSync(join(out, part('abc').name)).ino
    await publish(['abc'], 'sales', 'r-2')
    expect(statSync(join(out, part('abc').name)).ino).toBe(before)
  })

  it('follows no link in the folder, whatever its name', async () => {
    const precious = place.write('precious.txt', 'precious')
    await publish(['abc'])
    const name = part('abc').name
    rmSync(join(out, name))
    for (const link of [name, '.siftstep-probe', '.manifest-draft', '.draft-part-x', `.draft-part-${name}`])
      symlinkSync(precious, join(out, link))
    await checkFolder(out, 'sales')
    await publish(['abc'], 'sales', 'r-2')
    expect(contents()).toEqual(['abc'])
    expect(readFileSync(precious, 'utf8')).toBe('precious')
    for (const file of [name, '_manifest.json']) expect(lstatSync(join(out, file)).isFile()).toBe(true)
  })

  it('does not remove what a manifest names outside of the folder, or a folder of that name', async () => {
    const precious = place.write('precious.txt', 'precious')
    await publish(['abc'])
    const manifest = readFileSync(join(out, '_manifest.json'), 'utf8')
    writeFileSync(join(out, '_manifest.json'), manifest.replace(part('abc').name, '../precious.txt'))
    await expect(publish(['def'], 'sales', 'r-2')).rejects.toMatchObject({ name: 'Output.Conflict' })
    expect(readFileSync(precious, 'utf8')).toBe('precious')

    writeFileSync(join(out, '_manifest.json'), manifest)
    rmSync(join(out, part('abc').name))
    place.write(`out/${part('abc').name}/kept.txt`, 'kept')
    await publish(['def'], 'sales', 'r-3')
    expect(readFileSync(join(out, part('abc').name, 'kept.txt'), 'utf8')).toBe('kept')
  })

  it('touches nothing in a folder with files of others', async () => {
    mkdirSync(out)
    writeFileSync(join(out, 'thesis.txt'), 'x')
    await expect(publish(['a'])).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('thesis.txt') })
    expect(readdirSync(out).filter((name) => !name.startsWith('.'))).toEqual(['thesis.txt'])
  })
})
