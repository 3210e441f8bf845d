/**
 * What every target promises when its process is killed: a real process publishes and gets SIGKILL before each of its effects, in the middle
 * of those that can be cut off, and at random moments. Whoever looks then sees the output before or the output after; the same run, called
 * again, ends with the output after, once, and leaves nothing beside it.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options } from '#io/connectors/connector.ts'
import { CONNECTORS, connectorOf, targetAt } from '#io/connectors/index.ts'
import type { Manifest, Mode } from '#io/publish/manifest.ts'
import { seeded } from '../kit/chance.ts'
import { type Edition, fileOf, outputOf, type Row, rowOf } from '../kit/edition.ts'
import { type MortalProcesses, mortalProcesses } from '../kit/mortal-processes.ts'
import { hasMariadb, startMariadb, withoutMariadb } from '../kit/mariadb-server.ts'
import { postgresBinaries, startPostgres, withoutPostgres } from '../kit/postgres-server.ts'
import { openS3Place } from '../kit/s3-place.ts'
import { titleOf } from '../kit/titles.ts'

/** A kind of location the targets of a connector are tried at. */
interface Ground {
  readonly env: { readonly [name: string]: string }
  /** Where runs keep what they publish; a folder of the test when absent. */
  readonly store?: string
  /** Settings of the connection (default: none). */
  readonly options?: Options
  /** Appended to each text: more bytes take other ways. */
  readonly padding?: string
  uri(name: string): string
  /** What a reader sees; undefined where nothing was published. */
  rows(name: string): Promise<readonly Row[] | undefined> | readonly Row[] | undefined
  /** What stands there beside the output. */
  rest(name: string): Promise<readonly string[]> | readonly string[]
  /** The content of one file; undefined when it is absent. */
  file?(name: string): string | undefined
  close(): Promise<void> | void
}

interface GroundKind {
  readonly title: string
  /** Why it cannot be tried on this machine. */
  readonly skipped?: string
  /** What is tried there; another ground of the connector tries the rest. */
  readonly tries: readonly (Mode | 'publish anew')[]
  open(): Promise<Ground> | Ground
}

const MANIFEST = '_manifest.json'

/** What the manifest lists, and what else is there. */
function seen(manifest: string | undefined, read: (name: string) => string | undefined): readonly Row[] | undefined {
  if (manifest === undefined) return undefined
  return (JSON.parse(manifest) as Manifest).files.map(({ name }) => rowOf(read(name) ?? `no file ${name}`))
}
const besides = (names: readonly string[], manifest: string | undefined) => {
  const listed = manifest === undefined ? [] : (JSON.parse(manifest) as Manifest).files.map(({ name }) => name)
  return names.filter((name) => name !== MANIFEST && !listed.includes(name))
}

/** Files, and folders in which there is nothing. */
function namesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name]
    const inside = namesBelow(join(folder, entry.name))
    return inside.length === 0 ? [`${entry.name}/`] : inside.map((name) => `${entry.name}/${name}`)
  })
}

function folders(store?: string): Ground {
  const root = mkdtempSync(join(tmpdir(), 'siftstep-killed-'))
  const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined)
  return {
    env: {},
    ...(store === undefined ? {} : { store }),
    uri: (name) => join(root, name),
    rows: (name) => seen(read(`${name}/${MANIFEST}`), (file) => read(`${name}/${file}`)),
    rest: (name) => besides(namesBelow(join(root, name)), read(`${name}/${MANIFEST}`)),
    file: read,
    close: () => {
      rmSync(root, { recursive: true, force: true })
      if (store !== undefined) rmSync(store, { recursive: true, force: true })
    },
  }
}

/** A disk that the temporary folder is not on, so that a file cannot be moved from one to the other in one step. */
const OTHER_DISK = '/dev/shm'
const hasOtherDisk = existsSync(OTHER_DISK) && statSync(OTHER_DISK).dev !== statSync(tmpdir()).dev

async function buckets(): Promise<Ground> {
  const { bucket, server, close } = await openS3Place({ own: true, page: 5 })
  const keys = (name: string) => server?.objects.keys(bucket).filter((key) => key.startsWith(`${name}/`)) ?? []
  const read = (key: string) =>
    server?.objects.keys(bucket).includes(key) === true ? server.objects.bytes(bucket, key).toString('utf8') : undefined
  return {
    env: server?.env ?? {},
    uri: (name) => `s3://${bucket}/${name}`,
    rows: (name) => seen(read(`${name}/${MANIFEST}`), (file) => read(`${name}/${file}`)),
    rest: (name) =>
      besides(
        keys(name).map((key) => key.slice(name.length + 1)),
        read(`${name}/${MANIFEST}`),
      ),
    file: read,
    close,
  }
}

/** A database for each table: all of it is to be as it was. */
function databases(journal: 'wal' | 'delete'): Ground {
  const root = mkdtempSync(join(tmpdir(), 'siftstep-killed-'))
  const opened = (name: string) => {
    const database = new DatabaseSync(join(root, `${name}.db`))
    database.exec(`PRAGMA journal_mode = ${journal}`)
    return database
  }
  return {
    env: {},
    // more than SQLite keeps in memory: it writes to the database before the end of the transaction
    ...(journal === 'delete' ? { padding: '-'.repeat(1_500_000) } : {}),
    uri: (name) => {
      if (!existsSync(join(root, `${name}.db`))) opened(name).close()
      return `sqlite://${join(root, `${name}.db`)}/sales`
    },
    rows: (name) => {
      const database = opened(name)
      try {
        expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
        if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sales'").get() === undefined) return undefined
        return database
          .prepare('SELECT id, name FROM sales')
          .all()
          .map(({ id, name: text }) => [Number(id), String(text)] as const)
      } finally {
        database.close()
      }
    },
    // a log belongs to its database for as long as a connection is in memory
    rest: (name) => readdirSync(root).filter((file) => file.startsWith(`${name}.db`) && !/\.db(-wal|-shm)?$/.test(file)),
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** One server; each name is a table of it. */
async function servers(): Promise<Ground> {
  const server = await startPostgres()
  return {
    env: {},
    options: { ...server.settings, database: 'postgres' },
    uri: (name) => `postgresql://127.0.0.1:${server.port}/postgres/${name}`,
    rows: async (name) => {
      const [[oid = null] = []] = await server.sql(`SELECT to_regclass('"${name}"')`)
      if (oid === null) return undefined
      return (await server.sql(`SELECT id, name FROM "${name}" ORDER BY id, ctid`)).map(([id, text]) => [Number(id), String(text)] as const)
    },
    // a temporary table ends with its connection, which the server notices when it writes to it
    rest: async (name) =>
      (
        await server.sql(
          `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE '%siftstep%' AND relname <> '_siftstep_runs' AND relpersistence <> 't' OR relname LIKE '%${name}\\_%'`,
        )
      ).map(([table]) => String(table)),
    close: server.close,
  }
}

/** One server; each name is a table of it. */
async function mariadb(): Promise<Ground> {
  const server = await startMariadb()
  const tables = async (condition: string) =>
    (await server.sql(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND ${condition}`)).map(([name]) =>
      String(name),
    )
  /** The name of the table that is filled beside it, or had its place. */
  const beside = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 20)
  return {
    env: {},
    options: { ...server.settings, database: 'shop' },
    uri: (name) => `mysql://127.0.0.1:${server.port}/shop/${name}`,
    rows: async (name) => {
      if ((await tables(`TABLE_NAME = '${name}'`)).length === 0) return undefined
      return (await server.sql(`SELECT id, name FROM \`${name}\` ORDER BY id`)).map(([id, text]) => [Number(id), String(text)] as const)
    },
    rest: (name) => tables(`TABLE_NAME LIKE '%${beside(name)}%'`),
    close: server.close,
  }
}

const GROUNDS: { readonly [scheme: string]: readonly GroundKind[] } = {
  file: [
    { title: 'on the disk of the run', tries: ['replace', 'append', 'merge', 'publish anew'], open: () => folders() },
    {
      title: 'on another disk',
      tries: ['replace'],
      ...(hasOtherDisk ? {} : { skipped: `there is no other disk at ${OTHER_DISK}` }),
      open: () => folders(mkdtempSync(join(OTHER_DISK, 'siftstep-killed-'))),
    },
  ],
  s3: [{ title: 'a bucket', tries: ['replace', 'append', 'merge', 'publish anew'], open: buckets }],
  sqlite: [
    { title: 'with a write-ahead log', tries: ['merge', 'publish anew'], open: () => databases('wal') },
    { title: 'with a rollback journal', tries: ['replace', 'append'], open: () => databases('delete') },
  ],
  postgresql: [
    {
      title: 'a server',
      tries: ['replace', 'append', 'merge', 'publish anew'],
      ...(postgresBinaries === undefined ? { skipped: withoutPostgres } : {}),
      open: servers,
    },
  ],
  mysql: [
    {
      title: 'a server',
      tries: ['replace', 'append', 'merge', 'publish anew'],
      ...(hasMariadb ? {} : { skipped: withoutMariadb }),
      open: mariadb,
    },
  ],
}

/** How many effects a publication may have at most: more are a loop. */
const MAX_EFFECTS = 80
const OLD: readonly Row[] = [
  [1, 'a'],
  [2, 'old'],
]
const NEW: readonly Row[] = [
  [2, 'b'],
  [3, 'c'],
]
const AFTER: { readonly [name in Mode]: readonly Row[] } = {
  replace: NEW,
  append: [...OLD, ...NEW],
  merge: [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ],
}

const KINDS = Object.entries(GROUNDS).flatMap(([scheme, grounds]) =>
  grounds.map((ground) => ({ ground, title: titleOf(`${scheme}, ${ground.title}`, ground.skipped) })),
)

it('is tried for every mode of every target', () => {
  const wanted = CONNECTORS.flatMap(({ scheme, target }) =>
    target === undefined ? [] : [[scheme, [...target.modes, 'publish anew'].sort()]],
  )
  const tried = Object.entries(GROUNDS).map(([scheme, grounds]) => [scheme, [...new Set(grounds.flatMap(({ tries }) => tries))].sort()])
  expect(tried).toEqual(wanted)
})

let processes: MortalProcesses
beforeAll(async () => {
  processes = await mortalProcesses()
})
afterAll(() => processes.close())

describe.each(KINDS)('a killed publication: $title', ({ ground: { open, skipped, tries } }) => {
  let ground: Ground
  const scratch = mkdtempSync(join(tmpdir(), 'siftstep-killed-runs-'))
  beforeAll(async () => {
    if (skipped === undefined) ground = await open()
  })
  afterAll(async () => {
    if (skipped === undefined) await ground.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  const padded = (rows: readonly Row[]) => rows.map(([id, name]): Row => [id, `${name}${ground.padding ?? ''}`])
  const edition = (name: string, rows: readonly Row[], mode: Mode, run: string): Edition => ({
    ...{ rows: padded(rows), mode, run },
    store: join(ground.store ?? scratch, name),
    ...(ground.options === undefined ? {} : { options: ground.options }),
  })
  const publish = async (name: string, of: Edition) => (await targetAt(ground.uri(name), undefined)).publish(ground.uri(name), outputOf(of))
  const start = (name: string, of: Edition, dies_at: number, one_file = false) =>
    processes.start({ ...of, uri: ground.uri(name), one_file, dies_at }, ground.env)

  /** Tries one effect after another until a publication is not killed. */
  async function killEach(each: (effect: number) => Promise<boolean>): Promise<void> {
    // two at a time: most of the time passes while a process starts
    for (let effect = 1; (await Promise.all([each(effect), each(effect + 1)])).every((killed) => killed); effect += 2)
      expect(effect).toBeLessThan(MAX_EFFECTS)
  }

  /** After a kill: the output before or after; then the same run ends it, once. */
  async function checkAndFinish(name: string, fresh: Edition, before: readonly Row[] | undefined, where: string): Promise<void> {
    const after = padded(before === undefined ? NEW : AFTER[fresh.mode])
    expect([before === undefined ? undefined : padded(before), after], `killed before ${where}`).toContainEqual(await ground.rows(name))
    for (let times = 0; times < 2; times++) {
      await publish(name, fresh)
      expect(await ground.rows(name), `killed before ${where}, then finished`).toEqual(after)
    }
    expect(await ground.rest(name), `killed before ${where}, then finished`).toEqual([])
  }

  const subjects = tries.map((what) =>
    what === 'publish anew' ? { what, mode: 'replace' as const, before: undefined } : { what, mode: what, before: OLD },
  )
  it.skipIf(skipped !== undefined).each(subjects)('$what, before each effect', async ({ mode, before, what }) => {
    await killEach(async (effect) => {
      const name = `${what.replaceAll(' ', '-')}-${effect}`
      if (before !== undefined) await publish(name, edition(name, before, 'replace', 'r-old'))
      const over = mode === 'merge' && ground.file !== undefined ? { over: padded(OLD) } : {}
      const fresh = { ...edition(name, NEW, mode, 'r-new'), ...over }
      const started = start(name, fresh, effect)
      const killed = await started.killed
      await checkAndFinish(name, fresh, before, `${effect}: ${started.effects.at(-1)}`)
      return killed
    })
  })

  it.skipIf(skipped !== undefined)('replace what is there, at random moments', async () => {
    const next = seeded(1)
    const calm = start('calm', edition('calm', NEW, 'replace', 'r-new'), 0)
    await calm.reaches(1)
    const began = performance.now()
    expect(await calm.killed).toBe(false)
    const usual = performance.now() - began
    for (let at = 0; at < 3; at++) {
      const name = `random-${at}`
      await publish(name, edition(name, OLD, 'replace', 'r-old'))
      const fresh = edition(name, NEW, 'replace', 'r-new')
      const started = start(name, fresh, 0)
      await started.reaches(1)
      await wait(next() * usual)
      started.process.kill('SIGKILL')
      await started.killed
      await checkAndFinish(name, fresh, OLD, `a random moment after ${started.effects.at(-1)}`)
    }
  })

  it.skipIf(skipped !== undefined)('write one file at its own address, before each effect', async () => {
    const connector = await connectorOf(ground.uri('x'), undefined)
    if (connector.holds !== 'files') return
    await killEach(async (effect) => {
      const name = `one-${effect}/x.csv`
      const [old, fresh] = [edition(name, [[1, 'old']], 'replace', 'r-old'), edition(name, [[1, 'new']], 'replace', 'r-new')]
      const content = (of: Edition) => fileOf(of.rows[0] as Row, 0, of)
      await connector.writeFile(ground.uri(name), content(old))
      const started = start(name, fresh, effect, true)
      const killed = await started.killed
      expect(['1,old\n', '1,new\n'], `killed before ${started.effects.at(-1)}`).toContain(ground.file?.(name))
      await connector.writeFile(ground.uri(name), content(fresh))
      expect(ground.file?.(name)).toBe('1,new\n')
      expect(await ground.rest(`one-${effect}`)).toEqual(['x.csv'])
      return killed
    })
  })
})

describe('a killed publication: sqlite, in the middle of its commit', () => {
  it('is undone from the journal', async () => {
    const ground = databases('delete')
    const store = mkdtempSync(join(tmpdir(), 'siftstep-killed-runs-'))
    const path = /^sqlite:\/\/(.*)\/sales$/.exec(ground.uri('held'))?.[1] ?? ''
    const target = await targetAt(ground.uri('held'), undefined)
    await target.publish(ground.uri('held'), outputOf({ rows: OLD, mode: 'replace', run: 'r-old', store }))
    // who reads keeps the commit from its last part: the journal is written, the table is not
    const reader = new DatabaseSync(path)
    reader.exec('BEGIN')
    expect(reader.prepare('SELECT count(*) AS rows FROM sales').get()).toEqual({ rows: OLD.length })
    const fresh: Edition = { rows: NEW, mode: 'replace', run: 'r-new', store }
    const started = processes.start({ ...fresh, uri: ground.uri('held'), one_file: false, dies_at: 0 }, {})
    const commits = () => started.effects.filter((name) => name === 'COMMIT').length
    for (let seenEffects = 1; commits() < 2; seenEffects++) expect(await started.reaches(seenEffects)).toBe(true)
    for (let times = 0; times < 1000 && !existsSync(`${path}-journal`); times++) await wait(10)
    started.process.kill('SIGKILL')
    expect(await started.killed).toBe(true)
    expect(existsSync(`${path}-journal`)).toBe(true)
    reader.exec('COMMIT')
    reader.close()
    expect(ground.rows('held')).toEqual(OLD)
    await target.publish(ground.uri('held'), outputOf(fresh))
    expect(ground.rows('held')).toEqual(NEW)
    await ground.close()
    rmSync(store, { recursive: true, force: true })
  })
})
