/** Reading from PostgreSQL: the values of every type, one snapshot over several connections, and what is said when something is wrong. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { connectorKindOf } from '#io/connectors/index.ts'
import { type PostgresServer, postgresBinaries, startPostgres, withoutPostgres } from '../../kit/postgres-server.ts'
import { recorder } from '../../kit/recorder.ts'

const title = postgresBinaries === undefined ? withoutPostgres : 'on a server of its own'

describe.skipIf(postgresBinaries === undefined)(`PostgreSQL as a source, ${title}`, () => {
  let server: PostgresServer
  let connector: TableConnector
  let options: Options
  const uri = (table: string) => `postgresql://127.0.0.1:${server.port}/postgres/${table}`
  beforeAll(async () => {
    server = await startPostgres({ tls: true })
    connector = (await connectorKindOf('postgresql://h/d/t').load(undefined)) as TableConnector
    options = { ...server.settings, database: 'postgres' }
  })
  afterAll(() => server.close())

  async function read(query: string, more: Options = {}) {
    const { sink, columns, rows } = recorder()
    const { notes, doubts } = await connector.extract(uri('x'), sink, { ...options, query, ...more })
    return { types: columns.map(({ type }) => type), names: columns.map(({ name }) => name), rows, notes, doubts }
  }
  /** The cells of one column of a type. */
  async function column(type: string, cells: readonly string[]) {
    const { types, rows, notes, doubts } = await read(
      `SELECT c::${type} AS c FROM (VALUES ${cells.map((cell) => `(${cell})`).join(', ')}) AS v(c)`,
    )
    return { type: types[0], values: rows.map(([value]) => value), notes, doubts }
  }

  it.each([
    ['bigint', ['9223372036854775807', '-9223372036854775808', 'NULL'], 'integer', [9223372036854775807n, -9223372036854775808n, null]],
    ['smallint', ['-32768', 'NULL'], 'integer', [-32768n, null]],
    ['integer', ['2147483647'], 'integer', [2147483647n]],
    ['double precision', ['0.1', "'NaN'", "'-Infinity'", '1e300'], 'float', [0.1, Number.NaN, Number.NEGATIVE_INFINITY, 1e300]],
    ['real', ['0.1'], 'float', [Math.fround(0.1)]],
    ['boolean', ['true', 'false', 'NULL'], 'boolean', [1n, 0n, null]],
    [
      'text',
      ["''", 'NULL', "' a '", "'NA'", "'\\N'", "E'a\\tb\\nc\\\\d\\re'", "'é𝄞'"],
      'text',
      ['', null, ' a ', 'NA', '\\N', 'a\tb\nc\\d\re', 'é𝄞'],
    ],
    ['varchar(5)', ["'00123'"], 'text', ['00123']],
    ['char(3)', ["'a'"], 'text', ['a  ']],
    ['numeric(10,2)', ['1.50', '-0.01', 'NULL'], 'decimal(10,2)', ['1.50', '-0.01', null]],
    ['numeric(38,0)', ['99999999999999999999999999999999999999'], 'decimal(38,0)', ['99999999999999999999999999999999999999']],
    ['numeric', ['1.5', '200', '-0.001'], 'decimal(18,3)', ['1.5', '200', '-0.001']],
    ['numeric', ['12345678901234567890.5'], 'decimal(38,1)', ['12345678901234567890.5']],
    ['date', ["'2024-02-29'", "'0001-01-01'", "'9999-12-31'", 'NULL'], 'date', ['2024-02-29', '0001-01-01', '9999-12-31', null]],
    ['timestamp', ["'2024-02-29 23:59:59.123456'", 'NULL'], 'timestamp', ['2024-02-29 23:59:59.123456', null]],
    ['timestamptz', ["'2024-02-29 23:59:59.5+05:30'"], 'timestamp', ['2024-02-29 18:29:59.5']],
    ['time', ["'23:59:59.123456'"], 'text', ['23:59:59.123456']],
    ['timetz', ["'10:00:00+02'"], 'text', ['10:00:00+02']],
    ['interval', ["'1 year 2 days 03:04:05'"], 'text', ['1 year 2 days 03:04:05']],
    ['uuid', ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"], 'text', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
    ['json', [`'{"b": 1,  "a": [1.10, null]}'`, "'null'", 'NULL'], 'text', ['{"b": 1,  "a": [1.10, null]}', 'null', null]],
    ['jsonb', [`'{"b": 1.10}'`], 'text', ['{"b": 1.10}']],
    ['integer[]', ["'{1,2,NULL}'", "'{}'", 'NULL'], 'text', ['{1,2,NULL}', '{}', null]],
    ['text[]', [`'{"a b","c\\"d",NULL}'`], 'text', ['{"a b","c\\"d",NULL}']],
    ['inet', ["'10.0.0.1/8'"], 'text', ['10.0.0.1/8']],
    ['money', ["'12.5'"], 'text', ['$12.50']],
  ] as const)('reads %s exactly: %j', async (type, cells, expected, values) => {
    const found = await column(type, cells)
    expect(found).toMatchObject({ type: expected, doubts: [] })
    expect(found.values).toEqual(values)
  })

  it('reads bytes in hexadecimal, an enum and a domain by their values, and says what it made of them', async () => {
    await server.sql("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN cents AS numeric(12,2) CHECK (VALUE >= 0)")
    expect(await column('bytea', ["'\\x00ff'", "''"])).toMatchObject({
      ...{ type: 'text', values: ['\\x00ff', '\\x'] },
      notes: ['c holds bytes, read as text in hexadecimal: \\x00ff'],
    })
    expect(await column('mood', ["'ok'"])).toMatchObject({ type: 'text', values: ['ok'] })
    expect(await column('cents', ['1.5'])).toMatchObject({ type: 'decimal(12,2)', values: ['1.50'] })
  })

  it('reads as text, with a doubt, what no type of ours holds', async () => {
    const doubt = (said: string) => ({ type: 'text', doubts: [expect.stringContaining(said)] })
    expect(await column('numeric(5,2)', ["'NaN'", "'1'"])).toMatchObject({
      ...doubt('c holds 1 number that are NaN'),
      values: ['NaN', '1.00'],
    })
    expect(await column('numeric', ["'Infinity'"])).toMatchObject({ ...doubt('infinite'), values: ['Infinity'] })
    const long = `1${'0'.repeat(40)}`
    expect(await column('numeric', [long])).toMatchObject({ ...doubt('numbers of 41 digits'), values: [long] })
    expect(await column('date', ["'infinity'", "'2024-01-01'"])).toMatchObject({
      ...doubt('c holds 1 date outside'),
      values: ['infinity', '2024-01-01'],
    })
    expect(await column('timestamp', ["'0044-03-15 BC'"])).toMatchObject({ ...doubt('outside'), values: ['0044-03-15 00:00:00 BC'] })
  })

  it('reads a table of another schema, a view, a name in quotes, and rows in the order of a query', async () => {
    await server.sql(`CREATE SCHEMA "Odd.Schema"; CREATE TABLE "Odd.Schema"."My/Table" ("A" int, a text); INSERT INTO "Odd.Schema"."My/Table" VALUES (1, 'x');
      CREATE VIEW shown AS SELECT 2 AS two`)
    const at = connectorKindOf('postgresql://h/d/t').connection?.address(options, { table: '"Odd.Schema"."My/Table"' }) ?? ''
    expect(at).toBe(`postgresql://127.0.0.1:${server.port}/postgres/Odd%2ESchema.My%2FTable`)
    const { sink, columns, rows } = recorder()
    const [part] = await connector.partitions(at, options)
    expect(part).toMatchObject({ uri: at, rows: 1 })
    await connector.extract(at, sink, options)
    expect([columns.map(({ name }) => name), rows]).toEqual([['A', 'a'], [[1n, 'x']]])
    expect((await connector.partitions(uri('public.shown'), options))[0]).toMatchObject({ rows: 1 })
    expect((await read('SELECT * FROM generate_series(1, 5) AS n ORDER BY n DESC -- the last first')).rows.flat()).toEqual([
      5n,
      4n,
      3n,
      2n,
      1n,
    ])
    const encoded = `postgresql://127.0.0.1:${server.port}/postgres?query=${encodeURIComponent("SELECT 'a/b?c' AS c")}`
    const own = recorder()
    // without settings the user and password are those of the environment
    await connector.extract(encoded, own.sink, options)
    expect(own.rows).toEqual([['a/b?c']])
  })

  it('reads the only table when none is named, and says which there are when there are several', async () => {
    await server.sql('CREATE DATABASE one')
    const one = { ...options, database: 'one' }
    const whole = `postgresql://127.0.0.1:${server.port}/one`
    await expect(connector.partitions(whole, one)).rejects.toMatchObject({
      name: 'Data.NoSources',
      hint: expect.stringContaining('it has no tables'),
    })
    await server.sql('CREATE TABLE users (id int); INSERT INTO users VALUES (7)', 'one')
    expect(await connector.partitions(whole, one)).toMatchObject([{ uri: `${whole}/public.users`, rows: 1 }])
    await server.sql('CREATE TABLE orders (id int)', 'one')
    await expect(connector.partitions(whole, one)).rejects.toMatchObject({
      message: 'the source names no table of the database one',
      hint: expect.stringContaining('it has orders, users'),
    })
  })

  it('reads a large table over several connections in one snapshot: every row once, in order, whatever is written meanwhile', async () => {
    const rows = 60_000
    await server.sql(
      `CREATE TABLE large (id int, pad text); ALTER TABLE large ALTER pad SET STORAGE PLAIN; INSERT INTO large SELECT n, repeat('x', 1000) FROM generate_series(1, ${rows}) AS n`,
    )
    for (const pool_size of [1, 3]) {
      let writes = 0
      const { sink, rows: found } = recorder(async () => {
        if (writes++ % 5 === 0)
          await server.sql(
            'INSERT INTO large VALUES (0, NULL); DELETE FROM large WHERE id % 1000 = 7; UPDATE large SET pad = NULL WHERE id % 1000 = 9',
          )
      })
      const before = await server.sql('SELECT id FROM large WHERE id > 0 ORDER BY ctid')
      const zeros = (await server.sql('SELECT 1 FROM large WHERE id = 0')).length
      await connector.extract(uri('large'), sink, { ...options, pool_size })
      const ids = found.map(([id]) => Number(id))
      expect(ids.filter((id) => id > 0)).toEqual(before.map(([id]) => Number(id)))
      expect(ids.filter((id) => id === 0).length).toBe(zeros)
      expect(writes).toBeGreaterThan(3)
    }
    expect(Number((await server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'siftstep'"))[0]?.[0])).toBe(0)
  })

  it('says in one sentence what is wrong, with a hint, and never the password', async () => {
    const fails = async (change: Options, place: string, error: { name: string; message: string; hint: string }) => {
      const caught = await connector.extract(place, recorder().sink, { ...options, ...change }).then(
        () => undefined,
        (thrown: Error & { hint?: string }) => thrown,
      )
      expect(caught).toMatchObject({
        name: error.name,
        message: expect.stringContaining(error.message),
        hint: expect.stringContaining(error.hint),
      })
      expect(`${caught?.message} ${caught?.hint} ${caught?.stack}`).not.toContain(server.password)
      expect(`${caught?.message} ${caught?.hint} ${caught?.stack}`).not.toContain('wr0ng-password')
    }
    const unused = createServer().listen(0, '127.0.0.1')
    await once(unused, 'listening')
    const { port } = unused.address() as { port: number }
    unused.close()
    await fails({ port }, uri('t'), {
      ...{ name: 'Transient.Unavailable', message: `PostgreSQL at 127.0.0.1:${port} cannot be reached: the connection was refused` },
      hint: 'check host and port',
    })
    await fails({ password: 'wr0ng-password' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: 'refuses the login: password authentication failed for user "reader"' },
      hint: 'check user and password',
    })
    await fails({ password: null }, uri('t'), {
      name: 'Data.Unreadable',
      message: 'asks for a password, and there is none',
      hint: 'PGPASSWORD',
    })
    await fails({ database: 'shop' }, uri('t'), {
      name: 'Data.NoSources',
      message: 'database "shop" does not exist',
      hint: 'check the name of the database',
    })
    await server.sql('CREATE TABLE customers (id int)')
    await fails({}, uri('custmers'), {
      ...{ name: 'Data.NoSources', message: 'the database postgres has no table custmers' },
      hint: 'did you mean customers?',
    })
    await fails({ query: 'SELEC 1' }, uri('t'), { name: 'Data.Unreadable', message: 'syntax error', hint: 'a query is one SELECT' })
    await fails({ query: 'SELECT 1 AS a, 2 AS a' }, uri('t'), {
      name: 'Definition.InvalidSetting',
      message: 'two columns called a',
      hint: 'AS',
    })
    await fails({ query: 'SELECT 1 / (n - 5000) AS a FROM generate_series(1, 10000) AS n' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: 'division by zero' },
      hint: 'check the table or query',
    })
    await fails({ query: 'SELECT 1) AS q; DROP TABLE customers; SELECT * FROM (SELECT 1' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: 'cannot insert multiple commands' },
      hint: 'one SELECT',
    })
    expect(await server.sql("SELECT to_regclass('customers')")).toEqual([['customers']])
  })

  it('says that the connection was lost when the server ends it in the middle', async () => {
    await server.sql("CREATE TABLE cut (id int, pad text); INSERT INTO cut SELECT n, repeat('x', 500) FROM generate_series(1, 200000) AS n")
    const { sink } = recorder(() =>
      server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'siftstep'"),
    )
    await expect(connector.extract(uri('cut'), sink, { ...options, pool_size: 1 })).rejects.toMatchObject({
      name: 'Transient.Unavailable',
      message: expect.stringContaining('was lost'),
    })
  })

  it('verifies the certificate unless it is told not to, and speaks in the clear only on this machine', async () => {
    const over = (change: Options) => read('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', change)
    expect((await over({})).rows).toEqual([[0n]])
    await expect(over({ sslmode: 'verify-full', host: 'localhost' })).rejects.toMatchObject({
      message: expect.stringContaining('the certificate of PostgreSQL at localhost'),
      hint: expect.stringContaining('`ca`'),
    })
    expect((await over({ sslmode: 'require' })).rows).toEqual([[1n]])
    const ca = server.ca ?? ''
    expect((await over({ sslmode: 'verify-full', host: 'localhost', ca })).rows).toEqual([[1n]])
    // the certificate is of localhost
    await expect(over({ sslmode: 'verify-full', ca })).rejects.toMatchObject({ message: expect.stringContaining('is not trusted') })
    expect((await over({ sslmode: 'verify-ca', ca })).rows).toEqual([[1n]])
  })
})

describe('an address of PostgreSQL', () => {
  const kind = connectorKindOf('postgresql://h/d/t')
  it.each([
    ['postgresql://h/d/t', undefined],
    ['postgresql://me@h:5433/d/s.t?sslmode=require', undefined],
    ['postgresql://[::1]/d/t', undefined],
    ['postgresql://me:hush@h/d/t', 'postgresql://me:…@h/d/t holds a password'],
    ['postgresql://h', 'names no database'],
    ['postgresql:///d/t', 'names no host'],
    ['postgresql://h/d/a.b.c', 'names no table'],
    ['postgresql://h/d/t?timeout=3', 'has the unknown parameter timeout'],
    ['postgresql://h/d/t?sslmode=prefer', 'has the sslmode prefer'],
    ['postgresql://h:port/d/t', 'is no address of PostgreSQL'],
  ])('%s', (uri, problem) => {
    if (problem === undefined) expect(kind.problem?.(uri)).toBeUndefined()
    else expect(kind.problem?.(uri)).toMatchObject({ what: expect.stringContaining(problem), secret: uri.includes('hush') })
    expect(JSON.stringify(kind.problem?.(uri) ?? '')).not.toContain('hush')
  })

  it('is named for lineage without the user', () => {
    expect(kind.dataset('postgresql://me@db.example.com/shop/sales.orders', undefined)).toEqual({
      namespace: 'postgres://db.example.com:5432',
      name: 'shop.sales.orders',
    })
  })
})
