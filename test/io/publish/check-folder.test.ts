/** Whether a folder can take an output: what is refused, in whose words, and that nothing is changed by looking. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkFolder, assertOurs, publishedNames } from '#io/publish/check-folder.ts'
import { manifestText } from '#io/publish/manifest.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let out: string
beforeEach(() => {
  place = workplace()
  out = join(place.folder, 'out')
})
afterEach(() => place.clear())

const manifest = (pipeline: string, ...names: string[]) =>
  manifestText({
    ...{ siftstep: 1, pipeline, format: 'csv', rows: 0, bytes: 0, columns: [] },
    files: names.map((name) => ({ name, rows: 0, bytes: 0, sha256: '' })),
  })
const lock = (pipeline: string, files: readonly string[] | undefined) =>
  JSON.stringify({
    ...{ host: hostname(), pid: 2 ** 22 + 7, process: null, since: new Date().toISOString(), token: 't', over: false },
    about: { pipeline, run: 'r-0', ...(files === undefined ? {} : { files }) },
  })

/** All names below the place. */
const everything = () => readdirSync(place.folder, { recursive: true, encoding: 'utf8' }).sort()

async function allowed(): Promise<void> {
  const before = everything()
  await checkFolder(out, 'sales')
  expect(everything()).toEqual(before)
}

async function refused(name: string, message: string, hint?: string): Promise<void> {
  const before = everything()
  await expect(checkFolder(out, 'sales')).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
    ...(hint === undefined ? {} : { hint }),
  })
  expect(everything()).toEqual(before)
}

describe('a folder may be published to', () => {
  it('that is absent, however deep, or empty', async () => {
    await allowed()
    out = join(out, 'deep', 'er')
    await allowed()
    mkdirSync(out, { recursive: true })
    await allowed()
  })

  it('that holds what the pipeline published or was publishing, and hidden files of anybody', async () => {
    place.write('out/_manifest.json', manifest('sales', 'a.csv'))
    place.write('out/a.csv', '')
    place.write('out/.DS_Store', '')
    place.write('out/b.csv', '')
    place.write('out/.siftstep-publishing', lock('sales', ['b.csv']))
    await allowed()
    expect(await assertOurs(out, 'sales')).toEqual(new Set(['a.csv', 'b.csv']))
    expect(await publishedNames(out, 'other')).toEqual(new Set())
  })

  it('that holds folders the pipeline publishes to as well, or empty ones', async () => {
    place.write('out/aside/_manifest.json', manifest('sales', 'x.csv'))
    place.write('out/nothing-yet/_manifest.json', manifest('sales'))
    place.write('out/begun/.siftstep-publishing', lock('sales', ['y.csv']))
    place.write('out/begun/y.csv', '')
    place.write('out/hidden/.keep', '')
    mkdirSync(join(out, 'empty'))
    await allowed()
  })

  it('that is a link to such a folder', async () => {
    mkdirSync(join(place.folder, 'real'))
    symlinkSync(join(place.folder, 'real'), out)
    await allowed()
  })
})

describe('a folder may not be published to', () => {
  const conflict = 'choose another location, or move the files in this one; nothing in it was changed'

  it('that is a file, or lies below one', async () => {
    place.write('out', 'precious')
    await refused('Output.Conflict', `cannot publish to ${out}: it is a file, not a folder`, conflict)
    expect(readFileSync(out, 'utf8')).toBe('precious')
    out = join(out, 'below')
    await refused('Output.Unwritable', `writing ${out}`)
  })

  it('that is a link to nothing', async () => {
    symlinkSync(join(place.folder, 'gone'), out)
    await refused(
      'Output.Unwritable',
      `writing ${out}: it is a link to ${join(place.folder, 'gone')}, which does not exist`,
      'create the target of the link, or choose another folder',
    )
  })

  it('that holds files of others, each by its name', async () => {
    place.write('out/_manifest.json', manifest('sales', 'a.csv'))
    for (const name of ['a.csv', 'thesis.txt', 'b.csv']) place.write(`out/${name}`, '')
    await refused('Output.Conflict', 'it contains files this pipeline did not write: b.csv, thesis.txt', conflict)
  })

  it('that holds folders of others', async () => {
    place.write('out/foreign/x.txt', '')
    place.write('out/theirs/_manifest.json', manifest('other', 'x.csv'))
    place.write('out/damaged/_manifest.json', 'x')
    place.write('out/begun/.siftstep-publishing', lock('other', ['y.csv']))
    place.write('out/begun/y.csv', '')
    await refused('Output.Conflict', 'did not write: begun, damaged, foreign, theirs', conflict)
  })

  it('that another pipeline publishes to', async () => {
    place.write('out/_manifest.json', manifest('other'))
    await refused('Output.Conflict', `cannot publish to ${out}: the pipeline other published there`, conflict)
    place.write('out/_manifest.json', 'damaged')
    await refused('Output.Conflict', 'its _manifest.json was not written by siftstep', conflict)
  })

  it('of which the manifest cannot be read', async () => {
    mkdirSync(join(out, '_manifest.json'), { recursive: true })
    await refused('Data.Unreadable', `reading ${join(out, '_manifest.json')}`)
  })

  it('that cannot be written to or read', async () => {
    for (const [folder, why] of [
      ['/proc/siftstep-out', 'writing /proc/siftstep-out'],
      ['/proc/self/fdinfo', 'fdinfo'],
    ] as const) {
      if (!existsSync('/proc/self')) continue
      await expect(checkFolder(folder, 'sales')).rejects.toMatchObject({ message: expect.stringContaining(why) })
    }
  })
})

describe('the names of what is ours', () => {
  it('are none where there is nothing, and names of files alone, whatever a lock says', async () => {
    expect(await publishedNames(out, 'sales')).toEqual(new Set())
    expect(await publishedNames(place.write('file', 'x'), 'sales')).toEqual(new Set())
    mkdirSync(out)
    for (const names of [undefined, ['../x', '', '.', 'a/b', 'good.csv']]) {
      writeFileSync(join(out, '.siftstep-publishing'), lock('sales', names))
      expect(await publishedNames(out, 'sales')).toEqual(new Set(names === undefined ? [] : ['good.csv']))
    }
  })

  it('cannot be asked for where there is no folder', async () => {
    await expect(assertOurs(out, 'sales')).rejects.toMatchObject({ message: expect.stringContaining(`reading ${out}`) })
  })
})
