/** What every target of rows promises: all or nothing, once for each run, and nothing of others. Targets of files: connector.test.ts. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Options, Use } from '#io/connectors/connector.ts'
import { CONNECTORS } from '#io/connectors/index.ts'
import type { Server } from '#io/connectors/servers/address.ts'
import type { Output, Target } from '#io/connectors/target.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { hasMariadb, startMariadb, withoutMariadb } from '../kit/mariadb-server.ts'
import { postgresBinaries, startPostgres, withoutPostgres } from '../kit/postgres-server.ts'
import { titleOf } from '../kit/titles.ts'

/** Statements that are still carried out; the process is as good as killed when none is left: its connection ends and nothing is committed. */
const life = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY }))
vi.mock('#io/connectors/sqlite/database.ts', async (original) => {
  const real = await original<typeof import('#io/connectors/sqlite/database.ts')>()
  const spend = () => {
    if (life.left-- <= 0) throw new Error('killed')
  }
  return {
    ...real,
    openToWrite: async (path: string) => {
      const database = await real.openToWrite(path)
      return {
        ...database,
        run: (sql: string) => {
          spend()
          database.run(sql)
        },
        prepare: (sql: string) => {
          const insert = database.prepare(sql)
          return (row: Parameters<typeof insert>[0]) => {
            spend()
            insert(row)
          }
        },
      }
    },
  }
})

const mortal = vi.hoisted(() => {
  /** What a function does unless the process is as good as killed. */
  const spent =
    <Arguments extends readonly unknown[], Result>(work: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      if (life.left-- <= 0) throw new Error('killed')
      return work(...args)
    }
  /** `connected` of a kind of server, whose connections spend the life that is left when they are used to write. */
  return <Connection extends object>(
    connected: <Result>(server: Server, use: Use, work: (connection: Connection) => Promise<Result>) => Promise<Result>,
    effects: readonly (keyof Connection)[],
  ) =>
    <Result>(server: Server, use: Use, work: (connection: Connection) => Promise<Result>) =>
      connected(server, use, async (connection) => {
        if (use === 'read') return work(connection)
        const spending = effects.map((name) => [name, spent(connection[name] as () => Promise<unknown>)])
        return work({ ...connection, ...Object.fromEntries(spending) })
      })
})

vi.mock('#io/connectors/postgresql/connect.ts', async (original) => {
  const real = await original<typeof import('#io/connectors/postgresql/connect.ts')>()
  return { ...real, connected: mortal(real.connected, ['run', 'rows', 'copyIn']) }
})
vi.mock('#io/connectors/mysql/connect.ts', async (original) => {
  const real = await original<typeof import('#io/connectors/mysql/connect.ts')>()
  return { ...real, connected: mortal(real.connected, ['run', 'rows']) }
})

type Rows = readonly (readonly unknown[])[]

interface Ground {
  uri(table: string): string
  /** Settings of the connection. */
  readonly options: Options
  /** What a reader sees, in the order of the rows; undefined when there is no such table. */
  rows(table: string): Promise<Rows | undefined>
  write(sql: string): Promise<unknown>
  live(statements: number): void
  /** Values that the types of the test cannot hold there, with what is said of them. */
  readonly refused: readonly (readonly [select: string, message: string])[]
  close(): Promise<void>
}

const NUL = ["SELECT 1::BIGINT AS id, 'a' || chr(0) || 'b' AS name", 'a text with a NUL character'] as const
const live = (statements: number) => {
  life.left = statements
}

const GROUNDS: { readonly [scheme: string]: () => Promise<Ground> | Ground } = {
  postgresql: async () => {
    const server = await startPostgres()
    const plain = (cell: string | null) => (cell === 't' ? 1 : cell !== null && /^-?[\d.]{1,15}$/.test(cell) ? Number(cell) : cell)
    return {
      uri: (table) => `postgresql://127.0.0.1:${server.port}/postgres/${table}`,
      options: { ...server.settings, database: 'postgres' },
      rows: async (table) => {
        const [[oid = null] = []] = await server.sql(`SELECT to_regclass('"${table}"')`)
        if (oid === null) return undefined
        const order = table.endsWith('_shown') ? '1' : 'id, ctid'
        return (await server.sql(`SELECT * FROM "${table}" ORDER BY ${order}`)).map((row) => row.map(plain))
      },
      write: server.sql,
      live,
      refused: [NUL, ["SELECT 'nan'::DOUBLE AS id, 'a' AS name", 'invalid input syntax for type bigint: "NaN"']],
      close: server.close,
    }
  },
  mysql: async () => {
    const server = await startMariadb()
    const plain = (cell: string | null) => {
      if (cell !== null && /^-?[\d.]{1,15}$/.test(cell)) return Number(cell)
      return cell?.replace(/(\.\d*?)0+$/, '$1') ?? null
    }
    return {
      uri: (table) => `mysql://127.0.0.1:${server.port}/shop/${table}`,
      options: { ...server.settings, database: 'shop' },
      rows: async (table) => {
        const there = await server.sql(`SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = '${table}'`)
        if (there.length === 0) return undefined
        // without a key a table has the order in which rows were added
        const order = table.endsWith('_shown') ? 'd IS NULL' : 'id'
        return (await server.sql(`SELECT * FROM \`${table}\` ORDER BY ${order}`)).map((row) => row.map(plain))
      },
      // CAST knows no type TEXT there
      write: (sql) => server.sql(sql.replace('AS TEXT)', 'AS CHAR)')),
      live,
      refused: [["SELECT 'nan'::DOUBLE AS id, 'a' AS name", 'row 1: the column id holds NaN, which MySQL cannot store']],
      close: server.close,
    }
  },
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'siftstep-targets-'))
    const path = join(folder, 'out.db')
    const reader = new DatabaseSync(path)
    reader.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    return {
      uri: (table) => `sqlite://${path}/${table}`,
      options: {},
      rows: async (table) => {
        if (reader.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) === undefined) return undefined
        const rows = reader.prepare(`SELECT * FROM "${table}"`)
        rows.setReturnArrays(true)
        return rows.all()
      },
      write: async (sql) => reader.exec(sql),
      live,
      refused: [NUL, ["SELECT 'nan'::DOUBLE AS id, 'a' AS name", 'the column id holds NaN']],
      close: async () => {
        reader.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
]

const ROW_TARGETS = CONNECTORS.filter(({ target }) => target?.accepts === 'rows')

/** Why the tables of a kind cannot be tried on this machine. */
const SKIPPED: { readonly [scheme: string]: string | undefined } = {
  postgresql: postgresBinaries === undefined ? withoutPostgres : undefined,
  mysql: hasMariadb ? undefined : withoutMariadb,
}
const titled = ROW_TARGETS.map((kind) => [titleOf(kind.scheme, SKIPPED[kind.scheme]), kind.scheme, kind] as const)

describe.each(titled)('target of rows: %s', (_title, scheme, kind) => {
  const here = it.skipIf(SKIPPED[scheme] !== undefined)
  let ground: Ground
  let target: Target
  let engine: TestDatabase
  beforeAll(async () => {
    if (SKIPPED[scheme] !== undefined) return
    ground = await (GROUNDS[scheme] as () => Ground)()
    target = (await kind.load(undefined)).target as Target
    engine = await testDatabase()
  })
  afterAll(async () => {
    if (SKIPPED[scheme] !== undefined) return
    await ground.close()
    engine.close()
  })

  let files = 0
  type Edition = Pick<Output, 'files' | 'manifest'>
  async function edition(select: string, rows: number, columns = COLUMNS): Promise<Edition> {
    const path = join(engine.folder, `part-${++files}.parquet`)
    await engine.session.run(`COPY (${select}) TO ${text(path)} (FORMAT parquet)`)
    const bytes = readFileSync(path)
    const file = { name: `part-${files}`, rows, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    return {
      files: [{ ...file, uri: null, open: async () => ({ path, release: async () => {} }) }],
      manifest: { siftstep: 1, pipeline: 'sales', format: 'table', rows, bytes: bytes.length, columns, files: [file] },
    }
  }
  const table = (...rows: readonly (readonly [number, string])[]) =>
    edition(`SELECT * FROM (VALUES ${rows.map(([id, name]) => `(${id}::BIGINT, ${text(name)})`).join(', ')}) AS t(id, name)`, rows.length)
  const publish = (name: string, { files: parts, manifest }: Edition, mode: Mode, run: string, more: Partial<Output> = {}) =>
    target.publish(ground.uri(name), {
      ...{ files: parts, manifest, mode, keys: mode === 'merge' ? ['id'] : [], run, step: 'publish', pipeline: 'sales' },
      options: ground.options,
      openSession: async () => engine.session,
      ...more,
    })

  here('creates the table with its types, and keeps every value', async () => {
    const columns: readonly Column[] = [
      ...([
        ['i', 'integer'],
        ['f', 'float'],
        ['t', 'text'],
        ['b', 'boolean'],
        ['d', 'date'],
        ['ts', 'timestamp'],
      ] as const),
    ].map(([name, type]) => ({ name, type }))
    const select = `SELECT 9223372036854775807 AS i, 0.1::DOUBLE AS f, '' AS t, true AS b, DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29 10:00:00.5' AS ts
      UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL`
    await publish('types', await edition(select, 2, columns), 'replace', 'r-1')
    await ground.write('CREATE VIEW types_shown AS SELECT CAST(i AS TEXT), f, t, b, d, ts FROM types')
    expect(await ground.rows('types_shown')).toEqual([
      ['9223372036854775807', 0.1, '', 1, '2024-02-29', '2024-02-29 10:00:00.5'],
      [null, null, null, null, null, null],
    ])
  })

  here('replaces, appends and merges', async () => {
    await publish('modes', await table([1, 'a'], [2, 'b']), 'replace', 'r-1')
    await publish('modes', await table([2, 'B'], [3, 'c']), 'merge', 'r-2')
    expect(await ground.rows('modes')).toEqual([
      [1, 'a'],
      [2, 'B'],
      [3, 'c'],
    ])
    await publish('modes', await table([3, 'again']), 'append', 'r-3')
    expect(await ground.rows('modes')).toEqual([
      [1, 'a'],
      [2, 'B'],
      [3, 'c'],
      [3, 'again'],
    ])
    await publish('modes', await table([9, 'z']), 'replace', 'r-4')
    expect(await ground.rows('modes')).toEqual([[9, 'z']])
  })

  here('publishes once for a run, and once for each of its steps', async () => {
    const more = await table([1, 'a'])
    for (let times = 0; times < 3; times++) await publish('once', more, 'append', 'r-1')
    await publish('once', more, 'append', 'r-1', { step: 'other' })
    await publish('once', more, 'append', 'r-2')
    expect(await ground.rows('once')).toEqual([
      [1, 'a'],
      [1, 'a'],
      [1, 'a'],
    ])
  })

  here('refuses what is not ours, and touches nothing', async () => {
    await ground.write("CREATE TABLE foreign_rows (id INTEGER, name TEXT); INSERT INTO foreign_rows VALUES (0, 'theirs')")
    const mine = await table([1, 'a'])
    const about = { pipeline: 'sales', options: ground.options, mode: 'replace', keys: [] } as const
    const refused = { name: 'Output.Conflict', message: expect.stringContaining('the table holds rows this pipeline did not write') }
    await expect(target.check(ground.uri('foreign_rows'), about)).rejects.toMatchObject(refused)
    await expect(publish('foreign_rows', mine, 'replace', 'r-1')).rejects.toMatchObject(refused)
    expect(await ground.rows('foreign_rows')).toEqual([[0, 'theirs']])
    await publish('foreign_rows', mine, 'append', 'r-1')
    expect(await ground.rows('foreign_rows')).toEqual([
      [0, 'theirs'],
      [1, 'a'],
    ])
    await expect(publish('foreign_rows', mine, 'replace', 'r-2', { pipeline: 'inventory' })).rejects.toMatchObject({
      message: expect.stringContaining('the pipeline sales published there'),
    })
    await expect(target.check(ground.uri('absent'), about)).resolves.toBeUndefined()
    expect(await ground.rows('absent')).toBeUndefined()
  })

  here('refuses values it would change', async () => {
    const refused = async (select: string, message: string) =>
      expect(publish('changed', await edition(select, 1), 'replace', 'r-1')).rejects.toMatchObject({
        message: expect.stringContaining(message),
      })
    for (const [select, message] of ground.refused) await refused(select, message)
    expect(await ground.rows('changed')).toBeUndefined()
  })

  here('merges only by keys that identify a row, and only columns that are there', async () => {
    await publish('keyed', await table([1, 'a']), 'replace', 'r-1')
    const refused = async (rows: Promise<Edition>, message: string) =>
      expect(publish('keyed', await rows, 'merge', 'r-2')).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining(message),
      })
    await refused(table([2, 'b'], [2, 'c']), '2 rows have the same key (id): 2')
    await refused(edition("SELECT NULL::BIGINT AS id, 'x' AS name", 1), '1 row cannot be merged: the key (id) is missing')
    const other = [
      { name: 'id', type: 'integer' },
      { name: 'other', type: 'text' },
    ] as const
    await refused(edition("SELECT 1::BIGINT AS id, 'x' AS other", 1, other), 'the table has no column other')
    expect(await ground.rows('keyed')).toEqual([[1, 'a']])
  })

  here.each([
    [
      'replace',
      [
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    [
      'append',
      [
        [1, 'a'],
        [2, 'old'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    [
      'merge',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
  ] as const)('leaves what was there or what is there after, wherever it is killed, and finishes once: %s', async (mode, after) => {
    const before = [
      [1, 'a'],
      [2, 'old'],
    ]
    for (let statements = 0; ; statements++) {
      const name = `${mode}_${statements}`
      await publish(name, await table([1, 'a'], [2, 'old']), 'replace', 'r-old')
      const fresh = await table([2, 'b'], [3, 'c'])
      ground.live(statements)
      const killed = await publish(name, fresh, mode, 'r-fresh').then(
        () => false,
        () => true,
      )
      ground.live(Number.POSITIVE_INFINITY)
      expect([before, after]).toContainEqual(await ground.rows(name))
      await publish(name, fresh, mode, 'r-fresh')
      await publish(name, fresh, mode, 'r-fresh')
      expect(await ground.rows(name)).toEqual(after)
      if (!killed) break
      expect(statements).toBeLessThan(60)
    }
  })

  here('creates all of a table or nothing of it, wherever it is killed', async () => {
    for (let statements = 0; ; statements++) {
      const name = `new_${statements}`
      const rows = await table([1, 'a'], [2, 'b'])
      ground.live(statements)
      const killed = await publish(name, rows, 'replace', 'r-new').then(
        () => false,
        () => true,
      )
      ground.live(Number.POSITIVE_INFINITY)
      expect([
        undefined,
        [
          [1, 'a'],
          [2, 'b'],
        ],
      ]).toContainEqual(await ground.rows(name))
      if (!killed) break
    }
  })
})
