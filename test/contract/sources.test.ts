/** What the kind of every connector promises, and what every connector of tables does. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { CONNECTORS, connectorKindOf } from '#io/connectors/index.ts'
import { hasMariadb, startMariadb, withoutMariadb } from '../kit/mariadb-server.ts'
import { postgresBinaries, startPostgres, withoutPostgres } from '../kit/postgres-server.ts'
import { recorder } from '../kit/recorder.ts'
import { titleOf } from '../kit/titles.ts'

describe.each(CONNECTORS.map((kind) => [kind.scheme, kind] as const))('connector kind: %s', (_scheme, kind) => {
  it('serves the addresses it says it does, and names them for lineage', () => {
    for (const form of Object.keys(kind.forms)) {
      expect(connectorKindOf(form)).toBe(kind)
      const { namespace, name } = kind.dataset(form, '/base')
      expect([namespace, name]).not.toContain('')
      for (const use of ['read', 'write'] as const)
        for (const { bucket, prefix } of kind.access(form, use)) expect([bucket, prefix].join('')).not.toMatch(/[*?{]/)
    }
  })

  it('loads a connector that can do what its kind says', async () => {
    const connector = await kind.load(undefined)
    const functions = {
      files: ['list', 'open', 'published', 'checkFile', 'writeFile'],
      tables: ['partitions', 'extract'],
      downloads: ['list', 'download'],
    }
    for (const name of functions[connector.holds]) expect(connector).toHaveProperty(name, expect.any(Function))
    expect(connector.target !== undefined).toBe(kind.target !== undefined)
    if (kind.target !== undefined) expect(kind.target.modes).toContain('replace')
    // files that are listed have an address only
    if (kind.connection !== undefined) expect(connector.holds).not.toBe('files')
  })
})

interface Ground {
  /** The address of a table. */
  uri(table: string): string
  /** The address of a table in a database that does not exist. */
  elsewhere(table: string): string
  /** Settings of the connection. */
  readonly options: Options
  /** Those of a connection to that database. */
  readonly elsewhereOptions: Options
  /** Whether that database exists. */
  created(): Promise<boolean> | boolean
  /** Runs statements as another process would, at any time. */
  write(sql: string): Promise<unknown>
  close(): Promise<void> | void
}

const GROUNDS: { readonly [scheme: string]: () => Promise<Ground> | Ground } = {
  postgresql: async () => {
    const server = await startPostgres()
    return {
      uri: (table) => `postgresql://127.0.0.1:${server.port}/postgres/${table}`,
      elsewhere: (table) => `postgresql://127.0.0.1:${server.port}/none/${table}`,
      options: { ...server.settings, database: 'postgres' },
      elsewhereOptions: { ...server.settings, database: 'none' },
      created: async () => (await server.sql("SELECT 1 FROM pg_database WHERE datname = 'none'")).length > 0,
      write: server.sql,
      close: server.close,
    }
  },
  mysql: async () => {
    const server = await startMariadb()
    return {
      uri: (table) => `mysql://127.0.0.1:${server.port}/shop/${table}`,
      elsewhere: (table) => `mysql://127.0.0.1:${server.port}/none/${table}`,
      options: { ...server.settings, database: 'shop' },
      elsewhereOptions: { ...server.settings, database: 'none' },
      created: async () => (await server.sql("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'none'")).length > 0,
      write: server.sql,
      close: server.close,
    }
  },
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'siftstep-tables-'))
    const path = join(folder, 'shop.db')
    const database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = WAL')
    return {
      uri: (table) => `sqlite://${path}/${table}`,
      elsewhere: (table) => `sqlite://${folder}/none.db/${table}`,
      options: {},
      elsewhereOptions: {},
      created: () => existsSync(join(folder, 'none.db')),
      write: async (sql) => database.exec(sql),
      close: () => {
        database.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

const held = await Promise.all(CONNECTORS.map(async (kind) => [kind, (await kind.load(undefined)).holds] as const))
const TABLES = held.flatMap(([kind, holds]) => (holds === 'tables' ? [kind] : []))
/** Why the tables of a kind cannot be tried on this machine. */
const SKIPPED: { readonly [scheme: string]: string | undefined } = {
  postgresql: postgresBinaries === undefined ? withoutPostgres : undefined,
  mysql: hasMariadb ? undefined : withoutMariadb,
}
const titled = TABLES.map((kind) => [titleOf(kind.scheme, SKIPPED[kind.scheme]), kind.scheme, kind] as const)

describe.each(titled)('connector of tables: %s', (_title, scheme, kind) => {
  const here = it.skipIf(SKIPPED[scheme] !== undefined)
  let ground: Ground
  let connector: TableConnector
  beforeAll(async () => {
    if (SKIPPED[scheme] !== undefined) return
    ground = await (GROUNDS[scheme] as () => Ground)()
    connector = (await kind.load(undefined)) as TableConnector
    await ground.write('CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT)')
    await ground.write(`INSERT INTO plain VALUES ${Array.from({ length: 10_000 }, (_, at) => `(${at}, 'n${at}')`).join(', ')}`)
  })
  afterAll(async () => {
    if (SKIPPED[scheme] === undefined) await ground.close()
  })

  here('counts the rows of what it reads, and reads each once, in order', async () => {
    const parts = await connector.partitions(ground.uri('plain'), ground.options)
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(10_000)
    const { sink, columns, rows } = recorder()
    for (const { uri } of parts) await connector.extract(uri, sink, ground.options)
    expect(columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
    ])
    expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 10_000 }, (_, at) => at))
  })

  here('reads one moment, whatever is written meanwhile', async () => {
    await ground.write('CREATE TABLE busy (id INTEGER)')
    await ground.write(`INSERT INTO busy VALUES ${Array.from({ length: 9000 }, () => '(1)').join(', ')}`)
    const { sink, rows } = recorder(() => ground.write('INSERT INTO busy VALUES (2); UPDATE busy SET id = 3'))
    expect((await connector.extract(ground.uri('busy'), sink, ground.options)).rows).toBe(9000)
    expect(new Set(rows.map(([id]) => Number(id)))).toEqual(new Set([1]))
  })

  here('says what there is where a table is not', async () => {
    await expect(connector.partitions(ground.uri('plian'), ground.options)).rejects.toMatchObject({
      name: 'Data.NoSources',
      hint: expect.stringContaining('did you mean plain?'),
    })
  })

  here('does not create what it is asked to read', async () => {
    await expect(connector.extract(ground.elsewhere('x'), recorder().sink, ground.elsewhereOptions)).rejects.toMatchObject({
      name: 'Data.NoSources',
    })
    expect(await ground.created()).toBe(false)
  })
})

describe('sqlite: the values of a table', () => {
  const ground = (GROUNDS['sqlite'] as () => Ground)()
  afterAll(() => ground.close())

  /** The type, the notes and the values of a column of these cells. */
  async function read(declared: string, cells: string) {
    const table = `t${Math.abs([...declared, ...cells].reduce((hash, one) => (hash * 31 + (one.codePointAt(0) ?? 0)) | 0, 7))}`
    await ground.write(`CREATE TABLE ${table} (c ${declared}); INSERT INTO ${table} VALUES ${cells}`)
    const { sink, columns, rows } = recorder()
    const connector = (await connectorKindOf('sqlite://x.db/y').load(undefined)) as TableConnector
    const { notes, doubts } = await connector.extract(ground.uri(table), sink, {})
    return { type: columns[0]?.type, values: rows.map(([value]) => value), notes, doubts }
  }

  it('are exact where every cell is of one type', async () => {
    expect(await read('INTEGER', '(9223372036854775807), (-9223372036854775808), (NULL)')).toEqual({
      ...{ type: 'integer', notes: [], doubts: [] },
      values: [9223372036854775807n, -9223372036854775808n, null],
    })
    expect(await read('REAL', '(1), (0.1), (1e300)')).toMatchObject({ type: 'float', values: [1, 0.1, 1e300], notes: [] })
    expect(await read('TEXT', "(''), (NULL), (' a '), ('NA'), ('00123')")).toMatchObject({
      type: 'text',
      values: ['', null, ' a ', 'NA', '00123'],
    })
    expect(await read('DATE', "('2024-02-29'), (NULL)")).toMatchObject({ type: 'date', values: ['2024-02-29', null] })
    expect(await read('BOOLEAN', '(1), (0), (NULL)')).toMatchObject({ type: 'boolean', values: [1n, 0n, null] })
    expect(await read('DATETIME', "('2024-02-29 23:59:59'), ('2024-02-29 23:59:59.25')")).toMatchObject({ type: 'timestamp' })
  })

  it('of a column of numbers are floats only where no integer changes', async () => {
    expect(await read('NUMERIC', '(1), (2.5)')).toMatchObject({ type: 'float', values: [1, 2.5], notes: [] })
    expect(await read('NUMERIC', '(9007199254740993), (2.5), (3.0)')).toMatchObject({
      type: 'text',
      values: ['9007199254740993', '2.5', '3'],
      doubts: ['c holds 2 integers, 1 real: each cell is read as text'],
    })
  })

  it('of several types are text, cell by cell, and a note says so', async () => {
    expect(await read('INTEGER', "(1), ('N/A'), (2.5), (x'00ff'), (NULL)")).toEqual({
      ...{ type: 'text', values: ['1', 'N/A', '2.5', '00FF', null] },
      notes: ['c holds 1 integer, 1 real, 1 text, 1 BLOB: each cell is read as text, BLOBs in hexadecimal'],
      doubts: ['c holds 1 integer, 1 real, 1 text, 1 BLOB: each cell is read as text, BLOBs in hexadecimal'],
    })
    expect(await read('BLOB', "(x'0a'), (x'')")).toMatchObject({
      type: 'text',
      values: ['0A', ''],
      notes: ['c holds 2 BLOBs, read as text in hexadecimal'],
    })
    expect(await read('DATE', "('2024-02-30'), ('2024-02-29')")).toMatchObject({ type: 'text', values: ['2024-02-30', '2024-02-29'] })
    expect(await read('NUMERIC', "('12'), ('1e3'), ('x')")).toMatchObject({ type: 'text', values: ['12', '1000', 'x'] })
  })

  it('that are not UTF-8 are refused, and a text that holds U+FFFD is not', async () => {
    await expect(read('TEXT', "(CAST(x'61ff' AS TEXT)), ('b')")).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('1 text of the column c cannot be read: the bytes are not UTF-8'),
    })
    expect(await read('TEXT', '(char(65533))')).toMatchObject({ type: 'text', values: ['\uFFFD'] })
    await expect(read('TEXT', "('a' || char(0) || 'b')")).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('the text holds a NUL character'),
    })
  })
})
