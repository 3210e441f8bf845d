/** Reading from MySQL: the values of every type, one snapshot, and what is said when something is wrong. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { connectorKindOf } from '#io/connectors/index.ts'
import { hasMariadb, type MariadbServer, startMariadb, withoutMariadb } from '../../kit/mariadb-server.ts'
import { recorder } from '../../kit/recorder.ts'

describe.skipIf(!hasMariadb)(`MySQL as a source, ${hasMariadb ? 'on a server of its own' : withoutMariadb}`, () => {
  let server: MariadbServer
  let connector: TableConnector
  let options: Options
  const uri = (table: string) => `mysql://127.0.0.1:${server.port}/shop/${table}`
  beforeAll(async () => {
    server = await startMariadb({ tls: true })
    connector = (await connectorKindOf('mysql://h/d/t').load(undefined)) as TableConnector
    options = { ...server.settings, database: 'shop' }
  })
  afterAll(() => server.close())

  async function read(more: Options, table = 'x') {
    const { sink, columns, rows } = recorder()
    const { notes, doubts } = await connector.extract(uri(table), sink, { ...options, ...more })
    return { types: columns.map(({ type }) => type), names: columns.map(({ name }) => name), rows, notes, doubts }
  }
  let tables = 0
  /** The cells of a column of a type in a table of its own; `how` is run first, in the session that writes. */
  async function column(type: string, cells: readonly string[], how = 'SET @x = 1') {
    const table = `typed_${++tables}`
    await server.sql(
      `${how}; CREATE TABLE ${table} (n INT AUTO_INCREMENT PRIMARY KEY, c ${type} NULL); INSERT INTO ${table} (c) VALUES ${cells.map((cell) => `(${cell})`).join(', ')}`,
    )
    const { types, rows, notes, doubts } = await read({}, table)
    return { type: types[1], values: rows.map(([, value]) => value), notes, doubts }
  }

  const long = `${'9'.repeat(35)}.${'1'.repeat(30)}`
  it.each([
    ['TINYINT', ['-128', '127', 'NULL'], 'integer', [-128n, 127n, null]],
    ['SMALLINT UNSIGNED', ['65535'], 'integer', [65535n]],
    ['MEDIUMINT', ['-8388608'], 'integer', [-8388608n]],
    ['INT(6) ZEROFILL', ['42'], 'integer', [42n]],
    ['INT UNSIGNED', ['4294967295'], 'integer', [4294967295n]],
    ['BIGINT', ['9223372036854775807', '-9223372036854775808', 'NULL'], 'integer', [9223372036854775807n, -9223372036854775808n, null]],
    ['BIGINT UNSIGNED', ['9223372036854775807', '0'], 'integer', [9223372036854775807n, 0n]],
    ['DECIMAL(10,2)', ['1.50', '-0.01', 'NULL'], 'decimal(10,2)', ['1.50', '-0.01', null]],
    ['DECIMAL(10,2) UNSIGNED', ['1.50'], 'decimal(10,2)', ['1.50']],
    ['DECIMAL(38,0)', ['9'.repeat(38)], 'decimal(38,0)', ['9'.repeat(38)]],
    ['DECIMAL(65,30)', ['12345678.000000000000000000000000000001'], 'decimal(38,30)', ['12345678.000000000000000000000000000001']],
    ['FLOAT', ['0.1', '16777217', '-0e0'], 'float', [Math.fround(0.1), 16777216, 0]],
    ['DOUBLE', ['0.1', '1.7976931348623157e308', '5e-324', '-1e0'], 'float', [0.1, 1.7976931348623157e308, 5e-324, -1]],
    ['DOUBLE(10,2)', ['0.126e0'], 'float', [0.13]],
    ['BOOLEAN', ['true', 'false', 'NULL'], 'boolean', [1n, 0n, null]],
    ['BIT(1)', ["b'1'", "b'0'", 'NULL'], 'boolean', [1n, 0n, null]],
    ['BIT(10)', ["b'1000000001'"], 'integer', [513n]],
    ['BIT(64)', ["b'1'"], 'integer', [1n]],
    ['DATE', ["'2024-02-29'", "'0001-01-01'", "'9999-12-31'", 'NULL'], 'date', ['2024-02-29', '0001-01-01', '9999-12-31', null]],
    ['DATETIME(6)', ["'2024-02-29 23:59:59.123456'", 'NULL'], 'timestamp', ['2024-02-29 23:59:59.123456', null]],
    ['DATETIME', ["'2024-02-29 23:59:59'"], 'timestamp', ['2024-02-29 23:59:59']],
    ['TIME(6)', ["'-838:59:58.999999'", "'10:00'"], 'text', ['-838:59:58.999999', '10:00:00.000000']],
    ['YEAR', ['2155', '0'], 'integer', [2155n, 0n]],
    ['CHAR(3)', ["'a'", "''"], 'text', ['a', '']],
    ['VARCHAR(9)', ["' a '", "'NA'", "'00123'", "'a\\tb\\0c'", "'é𝄞'"], 'text', [' a ', 'NA', '00123', 'a\tb\0c', 'é𝄞']],
    ['LONGTEXT', ["''", 'NULL', "REPEAT('ä', 100000)"], 'text', ['', null, 'ä'.repeat(100_000)]],
    ['VARCHAR(9) CHARACTER SET latin1', ["'€Äß'"], 'text', ['€Äß']],
    ["ENUM('a','b c','')", ["'b c'", "''", 'NULL'], 'text', ['b c', '', null]],
    ["SET('a','b','c')", ["'c,a'", "''"], 'text', ['a,c', '']],
    ['JSON', [`'{"b": 1,  "a": [1.10, null]}'`, "'null'", 'NULL'], 'text', ['{"b": 1,  "a": [1.10, null]}', 'null', null]],
    ['INET6', ["'2001:db8::1'"], 'text', ['2001:db8::1']],
    ['UUID', ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"], 'text', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
    ['INT GENERATED ALWAYS AS (n + 1) VIRTUAL', ['DEFAULT'], 'integer', [2n]],
  ] as const)('reads %s exactly: %j', async (type, cells, expected, values) => {
    const found = await column(type.replace(' VIRTUAL', ' VIRTUAL COMMENT "x", d INT'), cells)
    expect(found).toMatchObject({ type: expected, doubts: [] })
    expect(found.values).toEqual(values)
  })

  it('says what it made of bytes, geometries, large numbers, flags and times with a zone', async () => {
    const bytes = 'c holds bytes, read as text in hexadecimal: 0x00ff'
    expect(await column('BLOB', ["x'00ff'", "''", 'NULL'])).toMatchObject({ type: 'text', values: ['0x00ff', '0x', null], notes: [bytes] })
    expect(await column('BINARY(3)', ["x'ff'"])).toMatchObject({ type: 'text', values: ['0xff0000'], notes: [bytes] })
    expect(await column('POINT', ['ST_GeomFromText("POINT(1 2)")'])).toMatchObject({
      ...{ type: 'text', values: ['0x000000000101000000000000000000f03f0000000000000040'] },
      notes: [expect.stringContaining('c holds geometries')],
    })
    expect(await column('BIGINT UNSIGNED', ['18446744073709551615', '1'])).toMatchObject({
      ...{ type: 'decimal(20,0)', values: ['18446744073709551615', '1'], doubts: [] },
      notes: ['c holds 1 number above 9223372036854775807: read as decimal(20,0)'],
    })
    expect(await column('BIT(64)', [`b'${'1'.repeat(64)}'`])).toMatchObject({ type: 'decimal(20,0)', values: ['18446744073709551615'] })
    expect(await column('TINYINT(1)', ['0', '2', '-1'])).toMatchObject({
      ...{ type: 'integer', values: [0n, 2n, -1n], doubts: [] },
      notes: ['c is TINYINT(1), and holds 2 numbers other than 0 and 1: read as integers'],
    })
    expect(await column('TIMESTAMP(1)', ["'2024-02-29 23:59:59.5'"], "SET time_zone = '+05:30'")).toMatchObject({
      ...{ type: 'timestamp', values: ['2024-02-29 18:29:59.5'] },
      notes: ['c holds times with a zone, read as UTC'],
    })
  })

  it('reads as text, with a doubt, what no type of ours holds', async () => {
    const doubt = (said: string) => ({ type: 'text', doubts: [expect.stringContaining(said)] })
    const lax = "SET sql_mode = 'ALLOW_INVALID_DATES'"
    expect(await column('DATE', ["'0000-00-00'", "'2024-01-00'", "'2024-02-31'", "'2024-01-01'"], lax)).toMatchObject({
      ...doubt('c holds 3 dates that are no day, such as 0000-00-00'),
      values: ['0000-00-00', '2024-01-00', '2024-02-31', '2024-01-01'],
    })
    expect(await column('TIMESTAMP', ["'0000-00-00'", "'2024-01-01 00:00:00'"], lax)).toMatchObject({
      ...doubt('c holds 1 date'),
      values: ['0000-00-00 00:00:00', '2024-01-01 00:00:00'],
    })
    expect(await column('DECIMAL(65,30)', [long, '1'])).toMatchObject({
      ...doubt('numbers of 65 digits'),
      values: [long, `1.${'0'.repeat(30)}`],
    })
    const query = 'SELECT CAST(0.1 AS FLOAT) AS f UNION ALL SELECT CAST(3 AS FLOAT)'
    expect(await read({ query })).toMatchObject({ types: ['text'], doubts: [expect.stringContaining('write f * 1e0 AS f')] })
  })

  it('reads a table of another database, a view, odd names, and rows in the order of a query', async () => {
    await server.sql(
      'CREATE DATABASE `Odd.base`; CREATE TABLE `Odd.base`.`My/Ta``ble` (`a.b``"c` INT, `é` TEXT); INSERT INTO `Odd.base`.`My/Ta``ble` VALUES (1, "x")',
    )
    const at = connectorKindOf('mysql://h/d/t').connection?.address(options, { table: '"Odd.base"."My/Ta`ble"' }) ?? ''
    expect(at).toBe(`mysql://127.0.0.1:${server.port}/shop/Odd%2Ebase.My%2FTa%60ble`)
    const { sink, columns, rows } = recorder()
    expect(await connector.partitions(at, options)).toMatchObject([{ uri: at, rows: 1 }])
    await connector.extract(at, sink, options)
    expect([columns.map(({ name }) => name), rows]).toEqual([['a.b`"c', 'é'], [[1n, 'x']]])
    await server.sql('CREATE VIEW shown AS SELECT 2 AS two')
    expect(await read({}, 'shown')).toMatchObject({ names: ['two'], rows: [[2n]] })
    const query =
      'WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 5) SELECT n FROM s ORDER BY n DESC; -- the last first'
    expect((await read({ query: query.replace('; --', ' --') })).rows.flat()).toEqual([5n, 4n, 3n, 2n, 1n])
    const encoded = `mariadb://127.0.0.1:${server.port}/shop?query=${encodeURIComponent("SELECT 'a/b?c' AS c")}`
    const own = recorder()
    await connector.extract(encoded, own.sink, options)
    expect(own.rows).toEqual([['a/b?c']])
  })

  it('reads the only table when none is named, and says which there are when there are several', async () => {
    await server.sql('CREATE DATABASE one')
    const one = { ...options, database: 'one' }
    const whole = `mysql://127.0.0.1:${server.port}/one`
    const none = { name: 'Data.NoSources', hint: expect.stringContaining('it has no tables') }
    await expect(connector.partitions(whole, one)).rejects.toMatchObject(none)
    await server.sql('CREATE TABLE users (id int); INSERT INTO users VALUES (7)', 'one')
    expect(await connector.partitions(whole, one)).toMatchObject([{ uri: `${whole}/users`, rows: 1 }])
    await server.sql('CREATE TABLE orders (id int)', 'one')
    await expect(connector.partitions(whole, one)).rejects.toMatchObject({
      message: 'the source names no table of the database one',
      hint: expect.stringContaining('it has orders, users'),
    })
  })

  it('reads a large table in one snapshot, in the order of its key, and holds a part of it in memory', async () => {
    await server.sql(
      "CREATE TABLE large (id INT PRIMARY KEY, pad VARCHAR(2000), KEY by_pad (pad(20))); INSERT INTO large SELECT seq, CONCAT(seq MOD 97, REPEAT('x', 1500)) FROM seq_1_to_60000",
    )
    let writes = 0
    const blocks: number[] = []
    const { sink, rows } = recorder(async (count) => {
      blocks.push(count)
      if (writes++ % 5 === 0) await server.sql('DELETE FROM large WHERE id % 1000 = 7; UPDATE large SET pad = NULL WHERE id % 1000 = 9')
    }, 1)
    await connector.extract(uri('large'), sink, options)
    expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 60_000 }, (_, at) => at + 1))
    expect(writes).toBeGreaterThan(10)
    // 90 MB are read, and at most a few blocks of 4 MB are held
    expect(blocks.length).toBeGreaterThan(20)
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
      expect(`${caught?.message} ${caught?.hint} ${caught?.stack}`).not.toMatch(new RegExp(`${server.password}|wr0ng-password`))
    }
    const unused = createServer().listen(0, '127.0.0.1')
    await once(unused, 'listening')
    const { port } = unused.address() as { port: number }
    unused.close()
    await once(unused, 'close')
    await fails({ port }, uri('t'), {
      ...{ name: 'Transient.Unavailable', message: `MySQL at 127.0.0.1:${port} cannot be reached: the connection was refused` },
      hint: 'check host and port',
    })
    await fails({ password: 'wr0ng-password' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: "refuses the login: Access denied for user 'reader'" },
      hint: 'check user and password',
    })
    await fails({ password: null }, uri('t'), { name: 'Data.Unreadable', message: 'there is no password', hint: 'set `password:' })
    await fails({ database: 'none' }, uri('t'), {
      ...{ name: 'Data.NoSources', message: "Unknown database 'none'" },
      hint: 'check the name of the database',
    })
    await server.sql("CREATE TABLE customers (id int); CREATE USER guest IDENTIFIED BY 'guest-word'; GRANT SELECT ON shop.shown TO guest")
    await fails({ user: 'guest', password: 'guest-word', query: 'SELECT * FROM customers' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: "SELECT command denied to user 'guest'" },
      hint: 'grant the user the right to read',
    })
    await fails({}, uri('custmers'), {
      ...{ name: 'Data.NoSources', message: 'the database shop has no table custmers' },
      hint: 'did you mean customers?',
    })
    await fails({ query: 'SELEC 1' }, uri('t'), {
      name: 'Data.Unreadable',
      message: 'error in your SQL syntax',
      hint: 'a query is one SELECT',
    })
    await fails({ query: 'SELECT 1 AS a, 2 AS a' }, uri('t'), {
      name: 'Data.Unreadable',
      message: "Duplicate column name 'a'",
      hint: 'SELECT',
    })
    await fails({ query: 'SELECT 1) AS q; DROP TABLE customers; SELECT * FROM (SELECT 1' }, uri('t'), {
      ...{ name: 'Data.Unreadable', message: 'error in your SQL syntax' },
      hint: 'one SELECT',
    })
    await fails({ query: 'DELETE FROM customers' }, uri('t'), {
      name: 'Data.Unreadable',
      message: 'error in your SQL syntax',
      hint: 'one SELECT',
    })
    expect(await server.sql("SHOW TABLES LIKE 'customers'")).toEqual([['customers']])
  })

  it('says that the connection was lost when the server ends it in the middle, and that the table changed when it did', async () => {
    await server.sql(
      "CREATE TABLE cut (id INT PRIMARY KEY, pad VARCHAR(600)); INSERT INTO cut SELECT seq, REPEAT('x', 500) FROM seq_1_to_200000",
    )
    const ended = recorder(async () => {
      const others = await server.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT t.%'")
      for (const [id] of others) await server.sql(`KILL ${id}`)
    })
    await expect(connector.extract(uri('cut'), ended.sink, options)).rejects.toMatchObject({
      name: 'Transient.Unavailable',
      message: expect.stringContaining('was lost'),
    })
    expect(ended.rows.length).toBeGreaterThan(0)
  })

  it('verifies the certificate unless it is told not to, and speaks in the clear only on this machine', async () => {
    const over = async (change: Options) => {
      const { rows } = await read({
        query: "SELECT VARIABLE_VALUE <> '' AS ssl_on FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'",
        ...change,
      })
      return rows.flat()
    }
    expect(await over({})).toEqual([0n])
    await expect(over({ sslmode: 'verify-full', host: 'localhost' })).rejects.toMatchObject({
      message: expect.stringContaining('the certificate of MySQL at localhost'),
      hint: expect.stringContaining('`ca`'),
    })
    expect(await over({ sslmode: 'require' })).toEqual([1n])
    const ca = server.ca ?? ''
    expect(await over({ sslmode: 'verify-full', host: 'localhost', ca })).toEqual([1n])
    await expect(over({ sslmode: 'verify-full', ca })).rejects.toMatchObject({ message: expect.stringContaining('are verified by name') })
    expect(await over({ sslmode: 'verify-ca', ca })).toEqual([1n])
  })
})

describe('an address of MySQL', () => {
  const kind = connectorKindOf('mysql://h/d/t')
  it.each([
    ['mysql://h/d/t', undefined],
    ['mariadb://me@h:3307/d/s.t?sslmode=require', undefined],
    ['mysql://me:hush@h/d/t', 'mysql://me:…@h/d/t holds a password'],
    ['mysql://h', 'names no database'],
    ['mysql://h/d/a.b.c', 'names no table'],
    ['mysql://h/d/t?timeout=3', 'has the unknown parameter timeout'],
  ])('%s', (uri, problem) => {
    if (problem === undefined) expect(kind.problem?.(uri)).toBeUndefined()
    else expect(kind.problem?.(uri)).toMatchObject({ what: expect.stringContaining(problem), secret: uri.includes('hush') })
    expect(JSON.stringify(kind.problem?.(uri) ?? '')).not.toContain('hush')
  })

  it('is named for lineage without the user', () => {
    expect(kind.dataset('mysql://me@db.example.com/shop/orders', undefined)).toEqual({
      namespace: 'mysql://db.example.com:3306',
      name: 'shop.orders',
    })
  })
})
