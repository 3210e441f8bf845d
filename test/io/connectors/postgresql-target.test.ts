/** Publishing to PostgreSQL: tables that somebody else has made, rows that do not fit, who reads meanwhile, and values of every type. */
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { connectorKindOf } from '#io/connectors/index.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { anyText, dayText, momentText, scaledText } from '../../kit/cell-texts.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { type PostgresServer, postgresBinaries, startPostgres, withoutPostgres } from '../../kit/postgres-server.ts'
import { copied, ID_NAME, idNames, rowPublisher } from '../../kit/row-publisher.ts'

const title = postgresBinaries === undefined ? withoutPostgres : 'on a server of its own'

describe.skipIf(postgresBinaries === undefined)(`PostgreSQL as a target, ${title}`, () => {
  let server: PostgresServer
  let connector: TableConnector
  let engine: TestDatabase
  let options: Options
  const uri = (table: string) => `postgresql://127.0.0.1:${server.port}/postgres/${table}`
  beforeAll(async () => {
    server = await startPostgres()
    engine = await testDatabase()
    connector = (await connectorKindOf('postgresql://h/d/t').load(undefined)) as TableConnector
    options = { ...server.settings, database: 'postgres' }
  })
  afterAll(async () => {
    engine.close()
    await server.close()
  })

  const { publish, publishFile } = rowPublisher(() => ({ connector, engine, options, uri }))

  it('names the row that violates a constraint, and publishes nothing', async () => {
    await server.sql(`CREATE TABLE strict (id int PRIMARY KEY, name varchar(5) NOT NULL CHECK (name <> 'bad'), kind text DEFAULT 'x');
      CREATE TABLE child (id int REFERENCES strict (id), name text); INSERT INTO strict VALUES (100, 'old')`)
    const many = (at: number, name: string | null) =>
      idNames(...Array.from({ length: 300 }, (_, n): [number, string | null] => [n, n === at ? name : 'ok']))
    const refused = async (table: string, select: string, mode: Mode, message: string) => {
      const before = await server.sql(`SELECT * FROM ${table} ORDER BY id`)
      await expect(publish(table, select, ID_NAME, mode)).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('nothing was changed'),
      })
      expect(await server.sql(`SELECT * FROM ${table} ORDER BY id`)).toEqual(before)
    }
    await refused(
      'strict',
      many(-1, ''),
      'append',
      `row 101 cannot be stored in ${uri('strict')}: duplicate key value violates unique constraint "strict_pkey" (Key (id)=(100) already exists.)`,
    )
    await refused('strict', idNames([1, 'a'], [2, 'b'], [1, 'c']), 'append', 'row 3 cannot be stored')
    await refused('strict', many(237, null), 'merge', 'row 238 cannot be stored')
    await refused('strict', idNames([1, 'a'], [2, 'bad']), 'append', 'row 2 cannot be stored')
    await refused('child', idNames([100, 'a'], [7, 'b']), 'append', 'row 2 cannot be stored in')
    await refused(
      'strict',
      idNames([1, 'a'], [2, 'longer than five']),
      'append',
      'row 2: longer than five does not fit the column name, character varying(5)',
    )
    await refused('strict', idNames([1, 'a'], [3_000_000_000, 'b']), 'append', 'row 2 cannot be stored')
  })

  it('stores values exactly in the types that a table has, or refuses the row', async () => {
    await server.sql(
      `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE typed (id smallint, price numeric(6,2), day date, at timestamptz, doc jsonb, tag uuid, feeling mood, list int[], raw bytea)`,
    )
    const columns: readonly Column[] = [
      { name: 'id', type: 'integer' },
      { name: 'price', type: 'float' },
      ...['day', 'at', 'doc', 'tag', 'feeling', 'list', 'raw'].map((name) => ({ name, type: 'text' as const })),
    ]
    const row = (change: { [column: string]: string } = {}) => {
      const cells: { [column: string]: string } = {
        ...{ id: '1::BIGINT', price: '12.5::DOUBLE', day: "'2024-02-29'", at: "'2024-02-29 10:00+02'", doc: `'{"a": 1}'` },
        ...{ tag: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", feeling: "'ok'", list: "'{1,2}'", raw: "'\\x00ff'" },
        ...change,
      }
      return `SELECT ${Object.entries(cells)
        .map(([name, cell]) => `${cell} AS ${name}`)
        .join(', ')}`
    }
    await publish('typed', row(), columns, 'append')
    expect(await server.sql("SET TimeZone = 'UTC'; SELECT * FROM typed")).toEqual([
      ['1', '12.50', '2024-02-29', '2024-02-29 08:00:00+00', '{"a": 1}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'ok', '{1,2}', '\\x00ff'],
    ])
    const refused = async (change: { [column: string]: string }, message: string) =>
      expect(publish('typed', `${row()} UNION ALL ${row(change)}`, columns, 'append')).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining(message),
      })
    await refused({ price: '12.345::DOUBLE' }, 'row 2: 12.345 does not fit the column price, numeric(6,2)')
    await refused({ price: '123456.0::DOUBLE' }, 'row 2 cannot be stored')
    await refused({ day: "'2024-02-29 10:00'" }, 'row 2: 2024-02-29 10:00 does not fit the column day, date')
    await refused({ doc: "'{'" }, 'invalid input syntax for type json')
    await refused({ tag: "'none'" }, 'invalid input syntax for type uuid: "none"')
    await refused({ feeling: "'glad'" }, 'invalid input value for enum mood: "glad"')
    expect(await server.sql('SELECT count(*) FROM typed')).toEqual([['1']])
  })

  it('counts what a merge inserts, updates and leaves, also of types that cannot be compared', async () => {
    await server.sql(
      `CREATE TABLE merged (id int PRIMARY KEY, name json, note text DEFAULT 'kept'); INSERT INTO merged VALUES (1, '"a"', 'mine'), (2, '"b"', 'kept')`,
    )
    const select = idNames([1, '"a"'], [2, '"B"'], [3, '"c"'], [4, '"d"'])
    const once = await publish('merged', select, ID_NAME, 'merge', { run: 'r-merge' })
    expect(once).toEqual({ inserted: 2, updated: 1, unchanged: 1 })
    // the same run again changes nothing, and says the same
    expect(await publish('merged', select, ID_NAME, 'merge', { run: 'r-merge' })).toEqual(once)
    expect(await server.sql('SELECT id, name, note FROM merged ORDER BY id')).toEqual([
      ['1', '"a"', 'mine'],
      ['2', '"B"', 'kept'],
      ['3', '"c"', 'kept'],
      ['4', '"d"', 'kept'],
    ])
    expect(await server.sql("SELECT run, mode, rows, inserted, updated, unchanged FROM _siftstep_runs WHERE target = 'merged'")).toEqual([
      ['r-merge', 'merge', '4', '2', '1', '1'],
    ])
  })

  it('replaces the rows of a table and keeps what hangs on it; a reader in a transaction sees what was there', async () => {
    await publish('kept', idNames([1, 'a']), ID_NAME, 'replace')
    await server.sql('CREATE INDEX kept_by_name ON kept (name); CREATE VIEW on_kept AS SELECT * FROM kept; GRANT SELECT ON kept TO PUBLIC')
    const reader = new Client({ ...server.settings, database: 'postgres', ssl: false })
    await reader.connect()
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1')
    await publish('kept', idNames([2, 'b'], [3, 'c']), ID_NAME, 'replace', { verify: ['row_count', 'checksum'], indexes: 'auto' })
    expect((await reader.query('SELECT * FROM kept')).rows).toEqual([{ id: '1', name: 'a' }])
    await reader.query('ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ')
    expect((await reader.query('SELECT count(*) FROM kept')).rows).toEqual([{ count: '2' }])
    await publish('kept', idNames([4, 'd']), ID_NAME, 'replace')
    expect((await reader.query('SELECT count(*) FROM kept')).rows).toEqual([{ count: '2' }])
    await reader.end()
    expect(await server.sql('SELECT * FROM on_kept')).toEqual([['4', 'd']])
    expect(await server.sql("SELECT indexname FROM pg_indexes WHERE tablename = 'kept' ORDER BY 1")).toEqual([
      ['kept_by_name'],
      ['siftstep_kept_id'],
    ])
    expect(await connector.target?.rows?.(uri('kept'), options)).toBe(1)
  })

  it('creates its own table anew when the columns are others, and never one that somebody else made', async () => {
    const other: readonly Column[] = [
      { name: 'id', type: 'integer' },
      { name: 'amount', type: 'decimal(10,2)' },
    ]
    const select = 'SELECT 1::BIGINT AS id, 2.5::DECIMAL(10,2) AS amount'
    await publish('own', idNames([1, 'a']), ID_NAME, 'replace')
    await publish('own', select, other, 'replace')
    expect(
      await server.sql(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'own'::regclass AND attnum > 0 ORDER BY attnum",
      ),
    ).toEqual([
      ['id', 'bigint'],
      ['amount', 'numeric(10,2)'],
    ])
    await server.sql('CREATE TABLE made (id int PRIMARY KEY, name text)')
    await publish('made', idNames([1, 'a']), ID_NAME, 'replace')
    await expect(publish('made', select, other, 'replace')).rejects.toMatchObject({
      message: expect.stringContaining('the table has no column amount'),
    })
    expect(await server.sql('SELECT * FROM made')).toEqual([['1', 'a']])
  })

  it('lets two runs publish at the same time, one after the other', async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => testDatabase([engine.folder])))
    await Promise.all(
      sessions.map(({ session }, at) =>
        publish('busy', idNames([at + 1, 'a']), ID_NAME, 'append', { run: `r-busy-${at}`, openSession: async () => session }),
      ),
    )
    for (const { close } of sessions) close()
    expect(await server.sql('SELECT id FROM busy ORDER BY id')).toEqual([['1'], ['2'], ['3']])
  })

  it('says what is wrong with a target before any work is done', async () => {
    const about = { pipeline: 'sales', mode: 'replace', keys: [] } as const
    const check = (table: string, more: Options = {}) => connector.target?.check(uri(table), { ...about, options: { ...options, ...more } })
    await expect(check('x', { password: 'wr0ng-password' })).rejects.toMatchObject({
      name: 'Output.Unwritable',
      message: expect.not.stringContaining('wr0ng'),
    })
    await server.sql('CREATE VIEW seen AS SELECT 1 AS id')
    await expect(check('seen')).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('it is a view') })
    await server.sql(
      "CREATE ROLE guest LOGIN PASSWORD 'guest-secret'; CREATE TABLE closed (id bigint, name text); GRANT SELECT ON closed TO guest",
    )
    const guest = { options: { ...options, user: 'guest', password: 'guest-secret' } }
    await expect(publish('closed', idNames([1, 'a']), ID_NAME, 'append', guest)).rejects.toMatchObject({
      name: 'Output.Unwritable',
      message: expect.stringContaining('permission denied'),
      hint: 'grant the user the right to write',
    })
  })

  /** Values of a type, as text that the server reads. */
  const TYPES: { readonly [type: string]: fc.Arbitrary<string> } = {
    bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    integer: fc.integer().map(String),
    smallint: fc.integer({ min: -32768, max: 32767 }).map(String),
    'double precision': fc.double().map((n) => (Object.is(n, -0) ? '-0' : String(n))),
    real: fc.float().map((n) => (Object.is(n, -0) ? '-0' : String(n))),
    boolean: fc.boolean().map(String),
    text: anyText,
    'varchar(12)': anyText.map((one) => [...one].slice(0, 12).join('')),
    'numeric(10,2)': scaledText(10, 2),
    'numeric(38,9)': scaledText(38, 9),
    numeric: scaledText(20, 3),
    date: dayText,
    timestamp: momentText,
    timestamptz: momentText,
    time: momentText.map((one) => one.slice(11)),
    uuid: fc.uuid(),
    jsonb: fc
      .json()
      .filter((one) => !one.includes('\\u0000') && !/\\ud[89a-f]/i.test(one) && !/\p{Surrogate}/u.test(one) && !one.includes('e+3')),
    bytea: fc.uint8Array({ maxLength: 8 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
    'integer[]': fc.array(fc.option(fc.integer())).map((list) => `{${list.map((n) => n ?? 'NULL').join(',')}}`),
    'text[]': fc
      .array(anyText)
      .map((list) => `{${list.map((one) => `"${one.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`),
  }

  it.each(Object.entries(TYPES))('a table becomes Parquet and a table again, and each value is the same: %s', async (type, values) => {
    let tables = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values, { freq: 6 }), { minLength: 1, maxLength: 40 }), async (cells) => {
        const name = `law_${createHash('sha256').update(type).digest('hex').slice(0, 6)}_${++tables}`
        const lines = cells.map((cell, id) => `(${id}, ${cell === null ? 'NULL' : text(cell)}::${type})`)
        await server.sql(
          `CREATE TABLE ${name}_from (id int, c ${type}); INSERT INTO ${name}_from VALUES ${lines.join(', ')}; CREATE TABLE ${name}_to (LIKE ${name}_from)`,
        )
        const { path, columns } = await copied(connector, uri(`${name}_from`), options, engine.folder)
        await publishFile(`${name}_to`, path, cells.length, columns, 'append')
        await publishFile(`${name}_new`, path, cells.length, columns, 'replace')
        for (const to of [`${name}_to`, `${name}_new`]) {
          // NULL and the empty text are two values, also to DISTINCT
          expect(
            await server.sql(
              `SET TimeZone = 'UTC'; SELECT f.id, f.c, t.c FROM ${name}_from AS f FULL JOIN ${to} AS t ON f.id = t.id WHERE f.c IS DISTINCT FROM t.c::${type} OR f.id IS NULL OR t.id IS NULL`,
            ),
          ).toEqual([])
        }
        await server.sql(`DROP TABLE ${name}_from, ${name}_to, ${name}_new`)
      }),
      { numRuns: 8 },
    )
  })
})
