/** Publishing to MySQL: tables that somebody else has made, rows that do not fit, who reads meanwhile, and values of every type. */
import * as fc from 'fast-check'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { connectorKindOf } from '#io/connectors/index.ts'
import { text } from '#io/connectors/mysql/sql.ts'
import type { Mode } from '#io/publish/manifest.ts'
import type { Column } from '#relational/types/types.ts'
import { anyText, dayText, momentText, scaledText } from '../../kit/cell-texts.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { hasMariadb, type MariadbServer, startMariadb, withoutMariadb } from '../../kit/mariadb-server.ts'
import { copied, ID_NAME, idNames, rowPublisher } from '../../kit/row-publisher.ts'

describe.skipIf(!hasMariadb)(`MySQL as a target, ${hasMariadb ? 'on a server of its own' : withoutMariadb}`, () => {
  let server: MariadbServer
  let connector: TableConnector
  let engine: TestDatabase
  let options: Options
  const uri = (table: string) => `mysql://127.0.0.1:${server.port}/shop/${table}`
  beforeAll(async () => {
    server = await startMariadb({ options: { 'max-allowed-packet': '4M' } })
    engine = await testDatabase()
    connector = (await connectorKindOf('mysql://h/d/t').load(undefined)) as TableConnector
    options = { ...server.settings, database: 'shop' }
  })
  afterAll(async () => {
    engine.close()
    await server.close()
  })
  const { publish, publishFile } = rowPublisher(() => ({ connector, engine, options, uri }))

  it('names the row that violates a constraint, and publishes nothing', async () => {
    await server.sql(`CREATE TABLE strict (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL CHECK (name <> 'bad'), kind TEXT DEFAULT 'x');
      CREATE TABLE child (id INT, name TEXT, FOREIGN KEY (id) REFERENCES strict (id)); INSERT INTO strict (id, name) VALUES (100, 'old')`)
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
    await refused('strict', many(-1, ''), 'append', `row 101 cannot be stored in ${uri('strict')}: Duplicate entry '100' for key 'PRIMARY'`)
    await refused('strict', idNames([1, 'a'], [2, 'b'], [1, 'c']), 'append', 'row 3 cannot be stored')
    await refused('strict', many(237, null), 'merge', 'row 238 cannot be stored in')
    await refused('strict', idNames([1, 'a'], [2, 'bad']), 'append', 'row 2 cannot be stored')
    await refused('child', idNames([100, 'a'], [7, 'b']), 'append', 'row 2 cannot be stored in')
    await refused('strict', idNames([1, 'a'], [2, 'longer than five']), 'append', 'row 2 cannot be stored in')
    await refused('strict', idNames([1, 'a'], [3_000_000_000, 'b']), 'append', "Out of range value for column 'id'")
  })

  it('stores values exactly in the types that a table has, or refuses the row', async () => {
    await server.sql(
      `CREATE TABLE typed (id SMALLINT, price DECIMAL(6,2), big DECIMAL(60,2), day DATE, at TIMESTAMP NULL, clock TIME, code CHAR(4), short VARCHAR(3), latin VARCHAR(9) CHARACTER SET latin1, feeling ENUM('sad','Ok','7'), several SET('a','b'), raw VARBINARY(9), fixed BINARY(3), single FLOAT)`,
    )
    const texts = ['day', 'at', 'clock', 'code', 'short', 'latin', 'feeling', 'several', 'raw', 'fixed', 'big']
    const columns: readonly Column[] = [
      { name: 'id', type: 'integer' },
      { name: 'price', type: 'float' },
      ...texts.map((name) => ({ name, type: 'text' as const })),
      { name: 'single', type: 'float' },
    ]
    const row = (change: { [column: string]: string } = {}) => {
      const cells: { [column: string]: string } = {
        ...{ id: '1::BIGINT', price: '12.5::DOUBLE', day: "'2024-02-29'", at: "'2024-02-29 10:00:00'", clock: "'-30:00:01'" },
        ...{ code: "' é'", short: "'a '", latin: "'€Ä'", feeling: "'Ok'", several: "'a,b'", raw: "'0x00FF'", fixed: "'0x000102'" },
        ...{ big: `'${'9'.repeat(58)}.25'`, single: '0.5::DOUBLE' },
        ...change,
      }
      return `SELECT ${Object.entries(cells)
        .map(([name, cell]) => `${cell} AS ${name}`)
        .join(', ')}`
    }
    await publish('typed', row(), columns, 'append')
    expect(
      await server.sql('SELECT id, price, big, day, clock, code, short, latin, feeling, several, HEX(raw), HEX(fixed), single FROM typed'),
    ).toEqual([['1', '12.50', `${'9'.repeat(58)}.25`, '2024-02-29', '-30:00:01', ' é', 'a ', '€Ä', 'Ok', 'a,b', '00FF', '000102', '0.5']])
    expect(await server.sql("SET time_zone = '+05:30'; SELECT at FROM typed")).toEqual([['2024-02-29 15:30:00']])
    const refused = async (change: { [column: string]: string }, message: string) =>
      expect(publish('typed', `${row()} UNION ALL ${row(change)}`, columns, 'append'), message).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining(message),
      })
    await refused({ price: '12.345::DOUBLE' }, 'row 2: 12.345 does not fit the column price, decimal(6,2)')
    await refused({ price: '123456.0::DOUBLE' }, 'row 2 cannot be stored')
    await refused({ single: '0.1::DOUBLE' }, 'row 2: 0.1 does not fit the column single, float')
    await refused({ big: "'1.255'" }, 'row 2: 1.255 does not fit the column big, decimal(60,2)')
    await refused({ day: "'2024-02-29 10:00'" }, 'row 2: 2024-02-29 10:00 does not fit the column day, date')
    await refused({ day: "'2024-02-30'" }, 'row 2 cannot be stored')
    await refused({ at: "'2024-02-29 10:00:00.5'" }, 'does not fit the column at, timestamp')
    await refused({ clock: "'10:00:00.5'" }, 'does not fit the column clock, time')
    await refused({ code: "'a '" }, 'does not fit the column code, char(4)')
    await refused({ short: "'abc '" }, 'does not fit the column short, varchar(3)')
    await refused({ latin: "'ł'" }, 'row 2 cannot be stored')
    await refused({ feeling: "'ok'" }, "row 2: ok does not fit the column feeling, enum('sad','Ok','7')")
    await refused({ feeling: "'2'" }, 'row 2: 2 does not fit the column feeling')
    await refused({ feeling: "'glad'" }, 'row 2 cannot be stored')
    await refused({ several: "'b,a'" }, 'row 2: b,a does not fit the column several')
    await refused({ raw: "'00ff'" }, 'row 2: 00ff does not fit the column raw, varbinary(9)')
    await refused({ fixed: "'0xff'" }, 'row 2: 0xff does not fit the column fixed, binary(3)')
    expect(await server.sql('SELECT count(*) FROM typed')).toEqual([['1']])
  })

  it('refuses what no table of MySQL holds, and rows longer than a statement', async () => {
    const one = (type: Column['type'], cell: string) => publish('never', `SELECT ${cell} AS c`, [{ name: 'c', type }], 'replace')
    const refused = (published: Promise<unknown>, message: string) =>
      expect(published).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining(message) })
    await refused(one('float', "'-inf'::DOUBLE"), 'row 1: the column c holds -Infinity, which MySQL cannot store')
    await refused(one('date', "DATE '0044-03-15 (BC)'"), 'and MySQL stores the years 1 to 9999')
    await refused(one('decimal(38,35)', '1.5::DECIMAL(38,35)'), 'stores at most 30 digits behind the point')
    await refused(one('text', "repeat('x', 5000000)"), 'row 1 has 5,000,006 bytes, more than the server takes at a time: 4,194,304 bytes')
    await one('text', "repeat('ä', 1900000)")
    expect(await server.sql('SELECT CHAR_LENGTH(c) FROM never')).toEqual([['1900000']])
  })

  it('counts what a merge inserts, updates and leaves; keys are the same only when every sign is', async () => {
    await server.sql(
      "CREATE TABLE merged (id VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, name TEXT, note VARCHAR(9) DEFAULT 'kept'); INSERT INTO merged VALUES ('a', 'a', 'mine'), ('b', 'b', 'kept'), ('b ', 'c', 'kept')",
    )
    const rows = [
      ['a', 'a'],
      ['b', 'B'],
      ['A', 'new'],
      ['á', 'new'],
    ]
    const select = `SELECT * FROM (VALUES ${rows.map(([id, name]) => `('${id}', '${name}')`).join(', ')}) AS t(id, name)`
    const columns = ID_NAME.map(({ name }) => ({ name, type: 'text' as const }))
    const once = await publish('merged', select, columns, 'merge', { run: 'r-merge' })
    expect(once).toEqual({ inserted: 2, updated: 1, unchanged: 1 })
    // the same run again changes nothing, and says the same
    expect(await publish('merged', select, columns, 'merge', { run: 'r-merge' })).toEqual(once)
    expect(await server.sql('SELECT id, name, note FROM merged ORDER BY BINARY id')).toEqual([
      ['A', 'new', 'kept'],
      ['a', 'a', 'mine'],
      ['b', 'B', 'kept'],
      ['b ', 'c', 'kept'],
      ['á', 'new', 'kept'],
    ])
    expect(await server.sql("SELECT run, mode, `rows`, inserted, updated, unchanged FROM _siftstep_runs WHERE target = 'merged'")).toEqual([
      ['r-merge', 'merge', '4', '2', '1', '1'],
    ])
    expect(await publish('merged_new', idNames([1, 'a']), ID_NAME, 'merge', { run: 'r-first' })).toEqual({
      inserted: 1,
      updated: 0,
      unchanged: 0,
    })
  })

  it('replaces a table in one step, and keeps its indexes, views and rights', async () => {
    await publish('kept', idNames([1, 'a']), ID_NAME, 'replace', { indexes: 'auto' })
    await server.sql(
      "CREATE INDEX kept_by_name ON kept (name(9)); CREATE VIEW on_kept AS SELECT * FROM kept; CREATE USER seer IDENTIFIED BY 'seer-word'; GRANT SELECT ON shop.kept TO seer",
    )
    await publish('kept', idNames([2, 'b'], [3, 'c']), ID_NAME, 'replace', { verify: ['row_count', 'checksum'], indexes: 'auto' })
    const seer = await createConnection({ host: '127.0.0.1', port: server.port, user: 'seer', password: 'seer-word', database: 'shop' })
    expect((await seer.query('SELECT count(*) AS n FROM kept'))[0]).toEqual([{ n: 2 }])
    await seer.end()
    expect(await server.sql('SELECT * FROM on_kept')).toEqual([
      ['2', 'b'],
      ['3', 'c'],
    ])
    expect(await server.sql("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_NAME = 'kept' ORDER BY 1")).toEqual([
      ['kept_by_name'],
      ['siftstep_kept_id'],
    ])
    expect(await server.sql("SHOW TABLES LIKE '%siftstep\\_%'")).toEqual([['_siftstep_runs']])
    expect(await connector.target?.rows?.(uri('kept'), options)).toBe(2)
  })

  it('replaces the rows of a table that others hang on, in one transaction: triggers and foreign keys stay', async () => {
    await publish('parent', idNames([1, 'a']), ID_NAME, 'replace')
    await server.sql(
      'CREATE TABLE seen_by (id BIGINT); CREATE TRIGGER watch AFTER INSERT ON parent FOR EACH ROW INSERT INTO seen_by VALUES (NEW.id)',
    )
    const reader = await createConnection({ ...server.settings, database: 'shop' })
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
    await publish('parent', idNames([2, 'b']), ID_NAME, 'replace')
    expect((await reader.query('SELECT id FROM parent'))[0]).toEqual([{ id: 1 }])
    await reader.end()
    expect(await server.sql('SELECT parent.id, seen_by.id FROM parent, seen_by')).toEqual([['2', '2']])
    await server.sql(
      'ALTER TABLE parent ADD PRIMARY KEY (id); CREATE TABLE hanging (id BIGINT, FOREIGN KEY (id) REFERENCES parent (id)); INSERT INTO hanging VALUES (2)',
    )
    await expect(publish('parent', idNames([3, 'c']), ID_NAME, 'replace')).rejects.toMatchObject({
      message: expect.stringContaining('foreign key constraint fails'),
    })
    expect(await server.sql('SELECT id FROM parent')).toEqual([['2']])
  })

  it('creates its own table anew when the columns are others, and never one that somebody else made', async () => {
    const other: readonly Column[] = [
      { name: 'id', type: 'integer' },
      { name: 'amount', type: 'decimal(10,2)' },
    ]
    const select = 'SELECT 1::BIGINT AS id, 2.5::DECIMAL(10,2) AS amount'
    await publish('own', idNames([1, 'a']), ID_NAME, 'replace')
    await publish('own', select, other, 'replace')
    expect(await server.sql("SELECT COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_NAME = 'own'")).toEqual([
      ['id', 'bigint(20)'],
      ['amount', 'decimal(10,2)'],
    ])
    await server.sql('CREATE TABLE made (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT)')
    await publish('made', idNames([0, 'zero'], [1, 'a']), ID_NAME, 'replace')
    await expect(publish('made', select, other, 'replace')).rejects.toMatchObject({
      message: expect.stringContaining('the table has no column amount'),
    })
    expect(await server.sql('SELECT * FROM made')).toEqual([
      ['0', 'zero'],
      ['1', 'a'],
    ])
  })

  it('does not publish again what a run has swapped in before it was cut off, even when another run followed', async () => {
    await publish('marked', idNames([1, 'a']), ID_NAME, 'replace', { run: 'r-cut' })
    // as it was when the run was cut off behind the swap: the entry stands in the comment only
    await server.sql("DELETE FROM _siftstep_runs WHERE target = 'marked'")
    await publish('marked', idNames([2, 'b']), ID_NAME, 'replace', { run: 'r-next' })
    await publish('marked', idNames([1, 'a']), ID_NAME, 'replace', { run: 'r-cut' })
    expect(await server.sql('SELECT * FROM marked')).toEqual([['2', 'b']])
    expect(await server.sql("SELECT run, created FROM _siftstep_runs WHERE target = 'marked' ORDER BY run")).toEqual([
      ['r-cut', '1'],
      ['r-next', '1'],
    ])
  })

  it('lets several runs publish at the same time, one after the other', async () => {
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
    const about = { pipeline: 'sales', mode: 'append', keys: [] } as const
    const check = (table: string, more: Options = {}) => connector.target?.check(uri(table), { ...about, options: { ...options, ...more } })
    const wrong = { name: 'Output.Unwritable', message: expect.not.stringContaining('wr0ng') }
    await expect(check('x', { password: 'wr0ng-password' })).rejects.toMatchObject(wrong)
    await server.sql('CREATE VIEW seen AS SELECT 1 AS id; CREATE TABLE old_engine (id INT) ENGINE=MyISAM')
    await expect(check('seen')).rejects.toMatchObject({ name: 'Output.Conflict', message: expect.stringContaining('it is a view') })
    await expect(check('old_engine')).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: expect.stringContaining('the engine MyISAM'),
    })
    await server.sql(
      "CREATE USER guest IDENTIFIED BY 'guest-secret'; CREATE TABLE closed (id BIGINT, name TEXT); GRANT SELECT ON shop.* TO guest",
    )
    const guest = { options: { ...options, user: 'guest', password: 'guest-secret' } }
    await expect(publish('closed', idNames([1, 'a']), ID_NAME, 'append', guest)).rejects.toMatchObject({
      name: 'Output.Unwritable',
      message: expect.stringContaining('denied'),
      hint: expect.stringContaining('grant the user the right to write'),
    })
  })

  const TYPES: { readonly [type: string]: fc.Arbitrary<string> } = {
    BIGINT: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    'BIGINT UNSIGNED': fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    MEDIUMINT: fc.integer({ min: -8388608, max: 8388607 }).map(String),
    'TINYINT(1)': fc.integer({ min: -1, max: 2 }).map(String),
    BOOLEAN: fc.boolean().map((one) => (one ? '1' : '0')),
    'BIT(5)': fc.integer({ min: 0, max: 31 }).map((n) => `b'${n.toString(2)}'`),
    'BIT(64)': fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => `b'${n.toString(2)}'`),
    // the server has neither NaN nor infinite numbers, and one zero
    DOUBLE: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => `${Object.is(n, -0) ? 0 : n}`),
    FLOAT: fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => `${Object.is(n, -0) ? 0 : n}`),
    'DECIMAL(10,2)': scaledText(10, 2),
    'DECIMAL(38,9)': scaledText(38, 9),
    'DECIMAL(65,30)': scaledText(65, 30),
    DATE: fc.oneof(dayText, fc.constant('0000-00-00')).map(text),
    'DATETIME(6)': fc.oneof(momentText, fc.constant('0000-00-00 00:00:00')).map(text),
    'TIMESTAMP(6)': momentText.map((one) => text(`${2000 + (Number(one.slice(0, 4)) % 37)}${one.slice(4)}`)),
    'TIME(6)': momentText.map((one) => text(one.slice(11))),
    YEAR: fc.integer({ min: 1901, max: 2155 }).map(String),
    LONGTEXT: fc.oneof(anyText, fc.constant('a\0b'), fc.constant(' a ')).map(text),
    'VARCHAR(12)': anyText.map((one) => text([...one].slice(0, 12).join(''))),
    'VARCHAR(12) CHARACTER SET latin1': fc.array(fc.constantFrom(...'aÄß€~ "\\\'')).map((list) => text(list.slice(0, 12).join(''))),
    "ENUM('a','B','c d')": fc.constantFrom('a', 'B', 'c d').map(text),
    "SET('a','B','c d')": fc.subarray(['a', 'B', 'c d']).map((list) => text(list.join(','))),
    JSON: fc
      .json()
      .filter((one) => !/\\u|\p{Surrogate}|e\+3/iu.test(one))
      .map(text),
    BLOB: fc.uint8Array({ maxLength: 8 }).map((bytes) => `x'${Buffer.from(bytes).toString('hex')}'`),
    'BINARY(4)': fc.uint8Array({ maxLength: 4 }).map((bytes) => `x'${Buffer.from(bytes).toString('hex')}'`),
    POINT: fc.tuple(fc.integer(), fc.integer()).map(([x, y]) => `ST_GeomFromText('POINT(${x} ${y})', 4326)`),
    UUID: fc.uuid().map(text),
  }

  it.each(Object.entries(TYPES))('a table becomes Parquet and a table again, and each value is the same: %s', async (type, values) => {
    let tables = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values, { freq: 6 }), { minLength: 1, maxLength: 40 }), async (cells) => {
        const name = `law_${Object.keys(TYPES).indexOf(type)}_${++tables}`
        const lines = cells.map((cell, id) => `(${id}, ${cell ?? 'NULL'})`)
        await server.sql(
          `SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'; CREATE TABLE ${name}_from (id INT, c ${type} NULL); INSERT INTO ${name}_from VALUES ${lines.join(', ')}; CREATE TABLE ${name}_to LIKE ${name}_from`,
        )
        const { path, columns, rows } = await copied(connector, uri(`${name}_from`), options, engine.folder)
        expect(rows).toBe(cells.length)
        await publishFile(`${name}_to`, path, rows, columns, 'append')
        await publishFile(`${name}_new`, path, rows, columns, 'replace')
        // what the reader makes of the table that was created is what it made of the first one
        const seen = async (table: string) => (await copied(connector, uri(table), options, engine.folder)).path
        const [session, again] = [engine.session, await seen(`${name}_new`)]
        const differing = await session.rows(
          `SELECT count(*)::INTEGER AS n FROM read_parquet('${path}') AS a FULL JOIN read_parquet('${again}') AS b USING (id) WHERE a.c::VARCHAR IS DISTINCT FROM b.c::VARCHAR`,
        )
        expect(differing[0]?.['n']).toBe(0)
        expect(
          await server.sql(
            `SELECT f.id, f.c, t.c FROM ${name}_from AS f LEFT JOIN ${name}_to AS t ON f.id = t.id WHERE NOT (f.c <=> t.c) OR NOT (HEX(f.c) <=> HEX(t.c)) OR t.id IS NULL`,
          ),
        ).toEqual([])
        await server.sql(`DROP TABLE ${name}_from, ${name}_to, ${name}_new`)
      }),
      { numRuns: 8 },
    )
  })
})
