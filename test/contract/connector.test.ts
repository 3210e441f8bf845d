/** The contract of connectors: one suite for all of them, with the same files under the same names. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectorKindOf, connectorOf, fileConnectorOf, openSource, targetAt } from '#io/connectors/index.ts'
import { findFiles } from '#io/connectors/find.ts'
import type { Manifest, NewFile } from '#io/publish/manifest.ts'
import type { Bucket } from '#io/s3/call.ts'
import { sharedClient } from '#io/s3/client.ts'
import { getObject, wholeOf } from '#io/s3/get.ts'
import { listObjects } from '#io/s3/list.ts'
import { putBytes } from '#io/s3/put.ts'
import { missingObject } from '#io/store/key.ts'
import { openS3Place } from '../kit/s3-place.ts'

/** How many more calls may change files; at 0 the process counts as killed. */
const life = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const mortal =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (life.left-- <= 0) throw new Error('killed')
      return work(...args)
    }
  const changing = ['rename', 'writeFile', 'copyFile', 'rm', 'mkdir', 'link', 'unlink'] as const
  return { ...real, ...Object.fromEntries(changing.map((name) => [name, mortal(real[name] as (...args: unknown[]) => Promise<unknown>)])) }
})

interface Ground {
  /** The address of a name. */
  uri(name: string): string
  put(name: string, content: string | Uint8Array): Promise<void>
  /** Names of everything below a folder, hidden or not. */
  names(folder: string): Promise<readonly string[]>
  read(name: string): Promise<Buffer | undefined>
  /** Lets so many changing calls through, and no more. */
  live(calls: number): void
  /** Makes what the killed process left in a place look as if that process were gone. */
  bury(place: string): void
  close(): Promise<void>
}

const GROUNDS: { readonly [scheme: string]: () => Promise<Ground> } = {
  file: async () => {
    const root = mkdtempSync(join(tmpdir(), 'siftstep-connector-'))
    const walk = (folder: string): string[] =>
      existsSync(folder)
        ? readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name))
        : []
    return {
      uri: (name) => join(root, name) + (name.endsWith('/') ? '/' : ''),
      put: async (name, content) => {
        mkdirSync(dirname(join(root, name)), { recursive: true })
        writeFileSync(join(root, name), content)
      },
      names: async (folder) =>
        walk(join(root, folder))
          .map((path) => relative(join(root, folder), path))
          .sort(),
      read: async (name) => (existsSync(join(root, name)) ? readFileSync(join(root, name)) : undefined),
      live: (calls) => {
        life.left = calls
      },
      bury: (place) => {
        for (const name of readdirSync(join(root, place)).filter((file) => file.startsWith('.siftstep-publishing'))) {
          const lock = JSON.parse(readFileSync(join(root, place, name), 'utf8')) as object
          writeFileSync(join(root, place, name), JSON.stringify({ ...lock, pid: 2 ** 22 + 7, process: null }))
        }
      },
      close: async () => rmSync(root, { recursive: true, force: true }),
    }
  },
  s3: async () => {
    const { bucket: name, server, close } = await openS3Place({ page: 5 })
    const bucket = (): Bucket => ({ client: sharedClient(), name, role: 'source' })
    const base = 'below/'
    return {
      uri: (key) => `s3://${name}/${base}${key}`,
      put: (key, content) => putBytes(bucket(), `${base}${key}`, Buffer.from(content as Uint8Array)),
      names: async (folder) => {
        const prefix = `${base}${folder}/`
        return (await listObjects(bucket(), prefix)).objects.map(({ key }) => key.slice(prefix.length)).sort()
      },
      read: async (key) => {
        const body = await getObject(bucket(), `${base}${key}`)
        return body === undefined ? undefined : Buffer.from(await wholeOf(body))
      },
      live: (calls) => {
        server?.fix()
        let left = calls
        const isChange = (call: string) => !/^(Get|Head|List)/.test(call)
        if (Number.isFinite(calls))
          server?.fail({ when: (call) => isChange(call.name) && left-- <= 0, how: { status: 400, code: 'Killed' } })
      },
      bury: () => {},
      close,
    }
  },
}

const FILES = [
  'sales/2026-01.csv',
  'sales/2026-02.csv',
  'sales/2026-03.csv.gz',
  'sales/notes.txt',
  'sales/deep/2026-04.csv',
  'sales/deep/er/2026-05.csv',
  'sales/.hidden.csv',
  'sales/_manifest.json',
  'sales/_temporary/part.csv',
  'sales/.tmp/half.csv',
  'sales-old/2025-12.csv',
  'odd/a [1].csv',
  'odd/b{2}.csv',
  'odd/100%25.csv',
  'odd/plus+and space.csv',
  'odd/é日本😀.csv',
  'empty.csv',
]

describe.each(Object.entries(GROUNDS))('connector: %s', (scheme, open) => {
  let ground: Ground
  const listed = async (pattern: string) => {
    const found = await (await fileConnectorOf(ground.uri(pattern))).list(ground.uri(pattern))
    const root = ground.uri('x').slice(0, -1)
    return found.map(({ uri }) => {
      expect(uri.startsWith(root)).toBe(true)
      return uri.slice(root.length)
    })
  }
  beforeAll(async () => {
    ground = await open()
    for (const name of FILES) await ground.put(name, name === 'empty.csv' ? '' : `name\n${name}\n`)
  })
  afterAll(() => ground.close())

  it('gives a file the same version whatever names it, and another when it is written again', async () => {
    const version = async (pattern: string) => {
      const found = await (await fileConnectorOf(ground.uri(pattern))).list(ground.uri(pattern))
      return found.find(({ uri }) => uri === ground.uri('changing/a.csv'))?.version
    }
    await ground.put('changing/a.csv', 'id\n1\n')
    const before = await version('changing/a.csv')
    expect(before).toMatch(/./)
    expect([await version('changing/*.csv'), await version('changing')]).toEqual([before, before])
    // longer than the clock of a file system ticks
    await new Promise((resolve) => setTimeout(resolve, 50))
    await ground.put('changing/a.csv', 'id\n2\n')
    expect(await version('changing/a.csv')).not.toBe(before)
  })

  it.each([
    ['one file', 'sales/notes.txt', ['sales/notes.txt']],
    [
      'a folder',
      'sales',
      [
        'sales/2026-01.csv',
        'sales/2026-02.csv',
        'sales/2026-03.csv.gz',
        'sales/_temporary/part.csv',
        'sales/deep/2026-04.csv',
        'sales/deep/er/2026-05.csv',
        'sales/notes.txt',
      ],
    ],
    [
      'a folder with its slash',
      'sales/',
      [
        'sales/2026-01.csv',
        'sales/2026-02.csv',
        'sales/2026-03.csv.gz',
        'sales/_temporary/part.csv',
        'sales/deep/2026-04.csv',
        'sales/deep/er/2026-05.csv',
        'sales/notes.txt',
      ],
    ],
    ['a star', 'sales/*.csv', ['sales/2026-01.csv', 'sales/2026-02.csv']],
    ['a star in a folder', 'sales*/2025*', ['sales-old/2025-12.csv']],
    ['a question mark', 'sales/2026-0?.csv', ['sales/2026-01.csv', 'sales/2026-02.csv']],
    [
      'two stars',
      'sales/**/*.csv',
      ['sales/2026-01.csv', 'sales/2026-02.csv', 'sales/_temporary/part.csv', 'sales/deep/2026-04.csv', 'sales/deep/er/2026-05.csv'],
    ],
    ['two stars at the end', 'sales/deep/**', ['sales/deep/2026-04.csv', 'sales/deep/er/2026-05.csv']],
    ['braces', 'sales/2026-{01,03}.csv{,.gz}', ['sales/2026-01.csv', 'sales/2026-03.csv.gz']],
    ['a class', 'sales/2026-0[2-9].csv', ['sales/2026-02.csv']],
    // deliberate: what is not this one is also what is hidden, as the matcher of both has it
    ['a negation', 'sales/!(2026-01).csv', ['sales/.hidden.csv', 'sales/2026-02.csv']],
    ['a name with the characters of patterns', 'odd/a [1].csv', ['odd/a [1].csv']],
    ['braces that are a name', 'odd/b{2}.csv', ['odd/b{2}.csv']],
    ['a name that looks encoded', 'odd/100%25.csv', ['odd/100%25.csv']],
    ['all odd names', 'odd/*', ['odd/100%25.csv', 'odd/a [1].csv', 'odd/b{2}.csv', 'odd/plus+and space.csv', 'odd/é日本😀.csv']],
    ['a hidden file, named', 'sales/.hid*.csv', ['sales/.hidden.csv']],
    ['an empty file', 'empty.csv', ['empty.csv']],
  ])('finds %s', async (_what, pattern, wanted) => {
    expect(await listed(pattern)).toEqual(wanted)
  })

  it('reports the sizes and fingerprints of files', async () => {
    const { files: found } = await findFiles(
      [ground.uri('sales/*.csv'), ground.uri('sales/2026-01.csv'), ground.uri('empty.csv'), ground.uri('sales/deep/**')],
      undefined,
    )
    expect(found.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['2026-01.csv', 23],
      ['2026-02.csv', 23],
      ['empty.csv', 0],
      ['2026-04.csv', 28],
      ['2026-05.csv', 31],
    ])
  })

  it('sees by a look what listing finds, and throws what listing throws', async () => {
    await ground.put('seen/a.csv', 'a\n1\n')
    await ground.put('seen/b.csv', 'a\n12\n')
    const connector = await fileConnectorOf(ground.uri('seen/'))
    expect(await connector.look?.(ground.uri('seen/*.csv'), {})).toEqual({ found: '2 files', bytes: 9 })
    const absent = ground.uri('seen/*.cvs')
    const thrown = await connector.list(absent).catch((error: unknown) => error)
    await expect(connector.look?.(absent, {})).rejects.toEqual(thrown)
  })

  it('lists what is there if nothing is found', async () => {
    const refused = (pattern: string) => listed(pattern).catch((error: unknown) => error)
    expect(await refused('sales/2026-1.csv')).toMatchObject({
      name: 'Data.NoSources',
      message: expect.stringContaining('does not exist'),
      hint: expect.stringMatching(/did you mean 2026-0[12].csv\?.* contains .*notes\.txt/),
    })
    expect(await refused('sales/*.parquet')).toMatchObject({
      name: 'Data.NoSources',
      message: expect.stringContaining('matches no file'),
      hint: expect.stringContaining('2026-01.csv'),
    })
    expect(await refused('nowhere/x.csv')).toMatchObject({ name: 'Data.NoSources', message: expect.stringContaining('no folder') })
    expect(await refused('nowhere/*.csv')).toMatchObject({ name: 'Data.NoSources', hint: expect.stringContaining('does not exist') })
    await ground.put('hidden-only/.x.csv', 'x')
    expect(await refused('hidden-only')).toMatchObject({
      name: 'Data.NoSources',
      message: expect.stringContaining('contains no data files'),
    })
  })

  it('reads bytes, here and there and in order', async () => {
    const bytes = Buffer.alloc(1_000_003)
    for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8)) & 255
    await ground.put('bytes/large.bin', bytes)
    const source = await openSource(ground.uri('bytes/large.bin'))
    expect(source.size).toBe(bytes.length)
    for (const [offset, length] of [
      [0, 10],
      [999_999, 100],
      [500_000, 65_536],
      [1_000_003, 5],
      [2_000_000, 5],
      [7, 0],
    ] as const) {
      expect(Buffer.compare(await source.read(offset, length), bytes.subarray(offset, offset + length))).toBe(0)
    }
    const target = new Uint8Array(20)
    expect(await source.readInto?.(target, bytes.length - 8)).toBe(8)
    expect(Buffer.compare(target.subarray(0, 8), bytes.subarray(-8))).toBe(0)
    const inOrder = source.ahead?.(100, 900_000) ?? source
    for (let at = 100; at < 900_000; at += 70_001) {
      expect(
        Buffer.compare(await inOrder.read(at, Math.min(70_001, 900_000 - at)), bytes.subarray(at, Math.min(at + 70_001, 900_000))),
      ).toBe(0)
    }
    const empty = await openSource(ground.uri('empty.csv'))
    expect([empty.size, (await empty.read(0, 10)).length]).toEqual([0, 0])
  })

  it('detects that a file was changed or removed', async () => {
    await ground.put('bytes/changing.csv', 'id\n1\n')
    const source = await openSource(ground.uri('bytes/changing.csv'))
    expect((await openSource(ground.uri('bytes/changing.csv'))).fingerprint).toBe(source.fingerprint)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await ground.put('bytes/changing.csv', 'id\n2\n')
    await expect(source.read(0, 5)).rejects.toMatchObject({ name: 'Data.SourceChanged' })
    expect((await openSource(ground.uri('bytes/changing.csv'))).fingerprint).not.toBe(source.fingerprint)
    await expect(openSource(ground.uri('bytes/none.csv'))).rejects.toMatchObject({ name: 'Data.NoSources' })
  })

  describe('publishing', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'siftstep-parts-'))
    afterAll(() => rmSync(scratch, { recursive: true, force: true }))

    interface Edition {
      readonly files: readonly NewFile[]
      readonly manifest: Manifest
      readonly contents: { readonly [name: string]: string }
    }
    let editions = 0
    /** What a run is about to publish: the parts lie in its store until they are taken away. */
    function edition(parts: readonly string[], pipeline = 'sales'): Edition {
      const store = join(scratch, `run-${++editions}`)
      mkdirSync(store)
      const files = parts.map((content, at): NewFile => {
        const sha256 = createHash('sha256').update(content).digest('hex')
        const path = join(store, `${at}`)
        writeFileSync(path, content)
        const open = async () => {
          if (!existsSync(path)) throw missingObject(path)
          return { path, release: async () => {} }
        }
        return {
          name: `part-0000${at + 1}-${sha256.slice(0, 12)}.csv`,
          rows: 1,
          bytes: Buffer.byteLength(content),
          sha256,
          uri: null,
          open,
        }
      })
      const listedFiles = files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }))
      const manifest: Manifest = {
        siftstep: 1,
        pipeline,
        format: 'csv',
        rows: parts.length,
        bytes: 1,
        columns: [{ name: 'id', type: 'integer' }],
        files: listedFiles,
      }
      return { files, manifest, contents: Object.fromEntries(files.map(({ name }, at) => [name, parts[at] ?? ''])) }
    }
    const publish = async (place: string, { files, manifest }: Edition, run = 'r-1') =>
      (await targetAt(ground.uri(place), undefined)).publish(ground.uri(place), {
        ...{ files, manifest, run, step: 'publish', pipeline: manifest.pipeline, mode: 'replace', keys: [] },
        openSession: () => Promise.reject(new Error('files are published as they are')),
      })
    const check = async (place: string, pipeline = 'sales') =>
      (await targetAt(ground.uri(place), undefined)).check(ground.uri(place), { pipeline, mode: 'replace', keys: [] })
    /** What a reader who goes by the manifest sees; undefined when there is none. */
    async function seen(place: string): Promise<{ readonly [name: string]: string | undefined } | undefined> {
      const text = await ground.read(`${place}/_manifest.json`)
      if (text === undefined) return undefined
      const manifest = JSON.parse(text.toString()) as Manifest
      const entries = await Promise.all(
        manifest.files.map(async ({ name }) => [name, (await ground.read(`${place}/${name}`))?.toString()] as const),
      )
      return Object.fromEntries(entries)
    }
    const visible = async (place: string) => (await ground.names(place)).filter((name) => !name.startsWith('.'))

    it('writes the files and the manifest, and replaces its own', async () => {
      const [first, second] = [edition(['1\n', '2\n']), edition(['2\n', '3\n', '4\n'])]
      await check('out/one')
      expect(await ground.names('out/one')).toEqual([])
      await publish('out/one', first)
      expect(await seen('out/one')).toEqual(first.contents)
      expect((await ground.read('out/one/_manifest.json'))?.toString()).toBe(`${JSON.stringify(first.manifest, null, 2)}\n`)
      await check('out/one')
      await publish('out/one', second, 'r-2')
      expect(await seen('out/one')).toEqual(second.contents)
      expect(await visible('out/one')).toEqual(['_manifest.json', ...Object.keys(second.contents)].sort())
      // once more, as after a kill when all was done
      await publish('out/one', second, 'r-2')
      expect(await seen('out/one')).toEqual(second.contents)
    })

    it('writes a file again if its content was replaced, even with the same size', async () => {
      const [first, again] = [edition(['abc\n', 'def\n']), edition(['abc\n', 'def\n'])]
      await publish('out/replaced', first)
      const [name = ''] = Object.keys(first.contents)
      await ground.put(`out/replaced/${name}`, 'xyz\n')
      await publish('out/replaced', again, 'r-2')
      expect(await seen('out/replaced')).toEqual(first.contents)
    })

    it('ignores names in a manifest that are outside of the location', async () => {
      const first = edition(['1\n'])
      await publish('out/inner', first)
      await ground.put('out/precious.txt', 'precious')
      const [name = ''] = Object.keys(first.contents)
      await ground.put('out/inner/_manifest.json', JSON.stringify(first.manifest).replace(name, '../precious.txt'))
      await expect(publish('out/inner', edition(['2\n']), 'r-2')).rejects.toMatchObject({ name: 'Output.Conflict' })
      expect((await ground.read('out/precious.txt'))?.toString()).toBe('precious')
    })

    it('refuses foreign files, and changes nothing', async () => {
      await ground.put('out/foreign/report.xlsx', 'x')
      await expect(check('out/foreign')).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('report.xlsx') })
      await expect(publish('out/foreign', edition(['1\n']))).rejects.toMatchObject({ name: 'Output.Conflict' })
      expect(await visible('out/foreign')).toEqual(['report.xlsx'])
      await ground.put('out/below/archive/2025.csv', 'x')
      await expect(check('out/below')).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('archive') })
      await publish('out/other', edition(['1\n'], 'inventory'))
      await expect(check('out/other')).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining('the pipeline inventory published there'),
      })
      await ground.put('out/strange/_manifest.json', '{"files": 3}')
      await expect(check('out/strange')).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining('not written by siftstep'),
      })
    })

    it('accepts a subfolder that it also publishes to', async () => {
      await publish('out/outer/quarantine', edition(['bad\n']))
      await check('out/outer')
      await publish('out/outer', edition(['good\n']))
      await check('out/outer')
      await expect(check('out/outer', 'inventory')).rejects.toMatchObject({ name: 'Output.Conflict' })
      await publish('out/theirs/quarantine', edition(['bad\n'], 'inventory'))
      await expect(check('out/theirs')).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('quarantine') })
    })

    it('leaves the whole old or new output wherever it is killed, and can be finished or followed by another run', async () => {
      for (const follower of ['the same run', 'another run'] as const) {
        for (let calls = 0; ; calls++) {
          const place = `out/${follower.replaceAll(' ', '-')}-${calls}`
          const [old, fresh, other] = [edition(['1\n', '2\n']), edition(['2\n', '3\n', '4\n']), edition(['5\n'])]
          await publish(place, old, 'r-old')
          ground.live(calls)
          const killed = await publish(place, fresh, 'r-fresh').then(
            () => false,
            () => true,
          )
          ground.live(Number.POSITIVE_INFINITY)
          ground.bury(place)
          const found = await seen(place)
          expect([old.contents, fresh.contents]).toContainEqual(found)
          const next = follower === 'the same run' ? fresh : other
          if (follower === 'another run') await check(place)
          await publish(place, next, follower === 'the same run' ? 'r-fresh' : 'r-other')
          expect(await seen(place)).toEqual(next.contents)
          expect(await visible(place)).toEqual(['_manifest.json', ...Object.keys(next.contents)].sort())
          if (!killed) break
          expect(calls).toBeLessThan(40)
        }
      }
    })
  })

  it('writes one file at its own address, which holds the old content or the new one wherever it is killed', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'siftstep-file-'))
    const fileOf = (content: string): NewFile => {
      const path = join(scratch, content.trim())
      writeFileSync(path, content)
      const sha256 = createHash('sha256').update(content).digest('hex')
      const open = async () => {
        if (!existsSync(path)) throw missingObject(path)
        return { path, release: async () => {} }
      }
      return { name: 'x.csv', rows: 1, bytes: Buffer.byteLength(content), sha256, uri: null, open }
    }
    for (let calls = 0; ; calls++) {
      const [name, uri] = [`one/${calls}/x.csv`, ground.uri(`one/${calls}/x.csv`)]
      const connector = await fileConnectorOf(uri)
      await connector.checkFile(uri)
      await connector.writeFile(uri, fileOf('old\n'))
      ground.live(calls)
      const killed = await connector.writeFile(uri, fileOf('new\n')).then(
        () => false,
        () => true,
      )
      ground.live(Number.POSITIVE_INFINITY)
      expect(['old\n', 'new\n']).toContain((await ground.read(name))?.toString())
      await connector.writeFile(uri, fileOf('new\n'))
      expect((await ground.read(name))?.toString()).toBe('new\n')
      expect(await ground.names(`one/${calls}`)).toEqual(['x.csv'])
      if (!killed) break
      expect(calls).toBeLessThan(20)
    }
    rmSync(scratch, { recursive: true, force: true })
  })

  it('is chosen by the scheme of an address', async () => {
    await expect((async () => connectorOf('ftp://host/file'))()).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      message: expect.stringContaining('ftp://'),
    })
    expect(connectorKindOf(ground.uri('x'))).toBe(connectorKindOf(`${scheme}://any-bucket/x`))
  })
})
