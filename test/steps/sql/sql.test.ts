/** type: sql over small tables: what comes out, how its rows are accounted for, and what stops it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable, type TableOptions, type TableRun } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('customers.csv', 'id,name\na,Ann\nb,Bo\n')
  place.write('twice.csv', 'id,name\na,Ann\na,Anna\nb,Bo\nc,Cy\n')
})
afterAll(() => place.clear())

const ORDERS = 'order_id,customer,amount,ordered\n1,a,10.50,2024-01-01\n2,b,5.25,2024-01-02\n3,a,,2024-01-03\n4,c,1.00,2024-01-04\n'

interface Settings {
  readonly sql?: string
  readonly file?: string
  readonly inputs?: { readonly [name: string]: string }
  readonly parameters?: { readonly [name: string]: unknown }
  readonly keys: readonly string[]
  readonly members?: string
  readonly may_filter?: boolean
}

const step = (settings: Settings) => JSON.stringify({ id: 'pick', type: 'sql', with: settings })
const selected = (settings: Settings, options: Partial<TableOptions> = {}) =>
  runTable(place, { input: ORDERS, ...options, steps: [step(settings)] })
const customers = () => ({ customers: `${place.folder}/customers.csv` })
const twice = () => ({ customers: `${place.folder}/twice.csv` })

const texts = ({ rows }: TableRun) =>
  rows.map((row) =>
    Object.values(row)
      .map((cell) => cell ?? '~')
      .join(' '),
  )
/** The rows listed as left out. */
const leftOut = ({ run }: TableRun) => run.text('left_out-pick.csv').trimEnd().split('\n')

describe('rows that are the rows that came in', () => {
  it('come out once each, in their order, with new columns', async () => {
    const found = await selected({
      sql: 'SELECT o.order_id, upper(c.name) AS name FROM rows AS o LEFT JOIN customers AS c ON c.id = o.customer ORDER BY c.name LIMIT 100',
      inputs: customers(),
      keys: ['order_id'],
    })
    expect(found.cause).toBeUndefined()
    expect(texts(found)).toEqual(['1 ANN', '2 BO', '3 ANN', '4 ~'])
    expect(found.columns).toEqual(['order_id integer', 'name text'])
    expect(found.account).toMatchObject({ in: 4, out: 4, filtered: 0, fan: 0 })
  })

  it('may be left out if that is declared: counted, and listed as they came in', async () => {
    const found = await selected({
      sql: 'SELECT * FROM rows QUALIFY row_number() OVER (PARTITION BY customer ORDER BY ordered DESC) = 1',
      keys: ['order_id'],
      may_filter: true,
    })
    expect(found.rows.map((row) => row['order_id'])).toEqual(['2', '3', '4'])
    expect(found.account).toMatchObject({ in: 4, out: 3, filtered: 1, fan: 0 })
    expect(leftOut(found)).toEqual(['order_id,customer,amount,ordered', '1,a,10.50,2024-01-01'])
  })

  it.each([
    [
      'a join leaves rows out',
      () => ({ sql: 'SELECT o.* FROM rows AS o JOIN customers AS c ON c.id = o.customer', inputs: customers(), keys: ['order_id'] }),
      'the statement leaves out 1 row, such as the one with order_id = 4',
    ],
    [
      'a join repeats rows',
      () => ({ sql: 'SELECT o.*, c.name FROM rows AS o JOIN customers AS c ON c.id = o.customer', inputs: twice(), keys: ['order_id'] }),
      'the statement returns 2 rows for the row with order_id = 1',
    ],
    [
      'one row is lost and another repeated, so that their number is the same',
      () => ({ sql: 'SELECT greatest(order_id, 2) AS order_id FROM rows', keys: ['order_id'] }),
      'the statement returns 2 rows for the row with order_id = 2',
    ],
    [
      'a key is none of those that came in',
      () => ({ sql: 'SELECT order_id + 1 AS order_id FROM rows', keys: ['order_id'], may_filter: true }),
      'the statement returns a row with order_id = 5, which no row that came in has',
    ],
    [
      'the keys identify no row',
      () => ({ sql: 'SELECT * FROM rows', keys: ['customer'] }),
      '`keys` do not identify the rows that come in: 2 rows have customer = a',
    ],
  ])('fail the step if %s', async (_what, settings, cause) => {
    const found = await selected(settings())
    expect(found).toMatchObject({ status: 'FAILED', error: 'Accounting.Imbalance', step: 'pick', cause })
    expect(found.hint).not.toBe('')
  })
})

describe('groups', () => {
  const grouped = (sql: string, more: Partial<Settings> = {}) => selected({ sql, keys: ['customer'], members: 'n', ...more })

  it('are in the order of their first row, with the rows merged into them', async () => {
    const found = await grouped('SELECT customer, count(*) AS n, sum(amount) AS total FROM rows GROUP BY customer')
    expect(texts(found)).toEqual(['a 2 10.50', 'b 1 5.25', 'c 1 1.00'])
    expect(found.columns).toEqual(['customer text', 'n integer', 'total decimal(38,2)'])
    expect(found.account).toMatchObject({ in: 4, out: 3, filtered: 0, fan: -1 })
  })

  it('count the rows that WHERE leaves out in a group, and groups that are missing', async () => {
    const sql = 'SELECT customer, count(*) AS n FROM rows WHERE amount > 2 GROUP BY customer'
    const found = await grouped(sql, { may_filter: true })
    expect(texts(found)).toEqual(['a 1', 'b 1'])
    expect(found.account).toMatchObject({ in: 4, out: 2, filtered: 2, fan: 0 })
    expect(leftOut(found)).toEqual(['customer,_rows_in,_rows_counted', 'a,2,1', 'c,1,0'])
    expect(await grouped(sql)).toMatchObject({
      error: 'Accounting.Imbalance',
      cause: 'the statement leaves out rows of 2 groups, such as customer = a: it counts 1 of 2 rows',
    })
  })

  it('fail the step if a join counts a row twice', async () => {
    const sql =
      'SELECT o.customer, count(*) AS n, sum(o.amount) AS total FROM rows AS o JOIN customers AS c ON c.id = o.customer GROUP BY o.customer'
    expect(await grouped(sql, { inputs: twice() })).toMatchObject({
      error: 'Accounting.Imbalance',
      cause: 'the statement counts 4 rows in "n" for the group with customer = a, which has 2',
    })
  })

  it('fail the step if the number of rows does not come from count(*), or one group comes twice', async () => {
    const JOINED = 'FROM rows AS o JOIN customers AS c ON c.id = o.customer GROUP BY customer'
    for (const members of ['count(DISTINCT order_id)', 'count(*) FILTER (WHERE amount > 0)', 'count(amount)', '2', "'x'", 'max(order_id)'])
      expect(await grouped(`SELECT customer, ${members} AS n ${JOINED}`, { inputs: twice() })).toMatchObject({
        error: 'Definition.InvalidSetting',
        cause: '"n" is not count(*), so it need not be the number of rows in a group',
      })
    expect(await grouped('SELECT customer, any_value(order_id) AS m FROM rows GROUP BY customer')).toMatchObject({
      cause: 'the statement does not return "n"',
    })
    expect(
      await grouped('SELECT customer, o.n FROM rows JOIN (SELECT NULL AS n) AS o ON TRUE GROUP BY ALL', { keys: ['customer'] }),
    ).toMatchObject({
      error: 'Definition.InvalidSetting',
    })
    expect(await grouped('SELECT customer, count(*) AS n FROM rows GROUP BY customer, ordered')).toMatchObject({
      cause: 'the statement returns 2 rows for the group with customer = a',
    })
  })

  it('may be counted in a subquery', async () => {
    const inner = 'SELECT customer, ordered, count(*) AS n FROM rows GROUP BY ALL'
    const found = await grouped(`WITH days AS (${inner}) SELECT customer, sum(n) AS n FROM days GROUP BY customer`)
    expect(texts(found)).toEqual(['a 2', 'b 1', 'c 1'])
  })

  it('can be one group of all rows, also of none', async () => {
    const settings = { sql: 'SELECT count(*) AS n, max(ordered) AS latest FROM rows', keys: [], members: 'n' }
    expect(texts(await selected(settings))).toEqual(['4 2024-01-04'])
    const none = await selected({ ...settings, sql: 'SELECT count(*) AS n FROM rows' }, { input: 'order_id\n' })
    expect([texts(none), none.account]).toEqual([['0'], expect.objectContaining({ in: 0, out: 1, fan: 1 })])
  })

  it('with a missing key are a group', async () => {
    const found = await selected(
      { sql: 'SELECT k, count(*) AS n FROM rows GROUP BY k', keys: ['k'], members: 'n' },
      { input: 'k,v\n,1\nx,2\n,3\n' },
    )
    expect([texts(found), found.account.fan]).toEqual([['~ 2', 'x 1'], -1])
  })
})

describe('values', () => {
  it('are exact: long integers, decimals, dates, times, missing cells, and names with any characters', async () => {
    const found = await selected(
      {
        sql: `SELECT "key", "a ""b", long + 1 AS long, price * 3 AS "Preis {€}", day + INTERVAL 1 DAY AS next, "at", yes,
          9007199254740993 AS big, 12345678901234567.89 AS many, $text AS given, $whole AS whole, $none AS none FROM rows`,
        parameters: { text: `it's "x"; DROP TABLE t0 --`, whole: 7, none: null },
        keys: ['key'],
      },
      {
        input:
          'key,"a ""b",long,price,day,at,yes\n1,x,9223372036854775806,10.10,2024-02-28,2024-01-01T10:00:00Z,true\n2,,,,,,\n3,y,9007199254740993,0.70,2023-12-31,2024-01-01T11:00:00Z,false\n',
      },
    )
    expect(found.cause).toBeUndefined()
    expect(found.columns).toEqual([
      ...[
        'key integer',
        'a "b text',
        'long integer',
        'Preis {€} decimal(18,2)',
        'next timestamp',
        'at timestamp',
        'yes boolean',
        'big integer',
      ],
      ...['many decimal(19,2)', 'given text', 'whole integer', 'none integer'],
    ])
    const same = ['9007199254740993', '12345678901234567.89', `it's "x"; DROP TABLE t0 --`, '7', '~']
    expect(found.rows.map((row) => Object.values(row).map((cell) => cell ?? '~'))).toEqual([
      ['1', 'x', '9223372036854775807', '30.30', '2024-02-29 00:00:00', '2024-01-01 10:00:00', 'true', ...same],
      ['2', '~', '~', '~', '~', '~', '~', ...same],
      ['3', 'y', '9007199254740994', '2.10', '2024-01-01 00:00:00', '2024-01-01 11:00:00', 'false', ...same],
    ])
  })

  it.each([
    ['[1, 2]', 'the column "v" has the type INTEGER[], which rows cannot have'],
    ['INTERVAL 1 DAY', 'the column "v" has the type INTERVAL, which rows cannot have'],
    ["CAST('x' AS BLOB)", 'the column "v" has the type BLOB, which rows cannot have'],
    ['CAST(1.1 AS FLOAT)', 'the column "v" has the type FLOAT, which rows cannot have'],
    [
      'CAST(customer AS INTEGER)',
      `the statement fails with these rows: Could not convert string 'a' to INT32 when casting from source column customer`,
    ],
    ['9223372036854775807 + order_id', 'the statement fails with these rows: Overflow in addition of INT64 (9223372036854775807 + 1)!'],
    ["CAST('infinity' AS DOUBLE)", 'the column "v" of the statement is not a finite number in 4 rows'],
    ["CAST('infinity' AS DATE)", 'the column "v" of the statement is not in the years 1 to 9999 in 4 rows'],
  ])('%s stops the step', async (expression, cause) => {
    const found = await selected({ sql: `SELECT order_id, ${expression} AS v FROM rows`, keys: ['order_id'] })
    expect(found).toMatchObject({ status: 'FAILED', error: 'Definition.InvalidSetting', step: 'pick', cause })
  })

  it('of sums of integers are integers, and what exceeds 64 bits stops the step', async () => {
    const total = (input: string) => selected({ sql: 'SELECT count(*) AS n, sum(v) AS total FROM rows', keys: [], members: 'n' }, { input })
    const fits = await total('v\n9223372036854775806\n1\n')
    expect([fits.columns, texts(fits)]).toEqual([['n integer', 'total integer'], ['2 9223372036854775807']])
    expect((await total('v\n9223372036854775806\n2\n')).cause).toMatch(/^the statement fails with these rows: Type INT128/)
  })
})

describe('columns', () => {
  it.each([
    [{ sql: 'SELECT ordr_id AS order_id FROM rows', keys: ['order_id'] }, 'Definition.UnknownColumn', 'there is no column "ordr_id"'],
    [
      { sql: 'SELECT customer FROM rows', keys: ['order_id'] },
      'Definition.InvalidSetting',
      'the statement does not return the key "order_id"',
    ],
    [{ sql: 'SELECT * FROM rows', keys: ['id'] }, 'Definition.InvalidSetting', 'the rows have no column "id"'],
    [
      { sql: 'SELECT CAST(order_id AS VARCHAR) AS order_id FROM rows', keys: ['order_id'] },
      'Definition.InvalidSetting',
      'the key "order_id" comes in as integer and the statement returns it as text',
    ],
    [
      { sql: 'SELECT order_id, customer AS "Order_ID" FROM rows', keys: ['order_id'] },
      'Definition.InvalidSetting',
      'there would be two columns "order_id" and "Order_ID", which differ only in case',
    ],
    [
      { sql: 'SELECT order_id, order_id FROM rows', keys: ['order_id'] },
      'Definition.InvalidSetting',
      'there would be two columns called "order_id"',
    ],
  ])('%j: %s', async (settings, error, cause) => {
    expect(await selected(settings)).toMatchObject({ error, cause })
  })
})

describe('a statement in a file', () => {
  it('is part of the pipeline, and its problems have their line in it', async () => {
    const run = (text: string) => selected({ file: 'queries/pick.sql', keys: ['order_id'] }, { assets: { 'queries/pick.sql': text } })
    expect(texts(await run('-- all of them\nSELECT order_id\nFROM rows;\n'))).toEqual(['1', '2', '3', '4'])
    expect((await run('SELECT order_id,\n  é, ordr\nFROM (SELECT 1 AS é, * FROM rows)')).cause).toBe(
      'queries/pick.sql:2:6: there is no column "ordr"',
    )
  })
})

it('is refused as written where it cannot mean anything', async () => {
  const refused = async (settings: object) => {
    try {
      await selected(settings as never)
      return 'runs'
    } catch (error) {
      return (error as Error).message
    }
  }
  const sql = 'SELECT * FROM rows'
  expect(await refused({ keys: ['order_id'] })).toContain('a sql step needs a statement')
  expect(await refused({ sql, file: 'a.sql', keys: ['order_id'] })).toContain('here are both `sql` and `file`')
  expect(await refused({ sql, keys: [] })).toContain('`keys` has no columns')
  expect(await refused({ sql, keys: ['n'], members: 'n' })).toContain('`n` is also in `keys`')
  expect(await refused({ sql, keys: ['n'], inputs: { Rows: 'a.csv' } })).toContain('there are two tables `Rows`')
  expect(await refused({ sql: 'SELECT {{ run.id }} FROM rows', keys: ['order_id'] })).toContain('a statement cannot have `{{ … }}`')
})

describe('the law of chunks', () => {
  const input = `k,g,v\n${Array.from({ length: 90 }, (_, at) => `${at},${(at * 7) % 5},${(at * 0.1).toFixed(1)}${at % 11 === 0 ? '' : '3'}`).join('\n')}\n`
  const STATEMENTS: readonly Settings[] = [
    { sql: 'SELECT *, lag(v) OVER (ORDER BY k) AS before, sum(v) OVER (PARTITION BY g) AS all_g FROM rows', keys: ['k'] },
    { sql: 'SELECT g, count(*) AS n, avg(v) AS mean, list(k)[3] AS third FROM rows GROUP BY g', keys: ['g'], members: 'n' },
    {
      sql: 'SELECT a.k, a.v FROM rows a SEMI JOIN (SELECT v FROM rows ORDER BY v DESC, k LIMIT 20) b ON a.v = b.v',
      keys: ['k'],
      may_filter: true,
    },
  ]
  it.each(STATEMENTS)('holds for $sql', async (settings) => {
    const [whole, ...chunked] = await Promise.all(
      [10_000, 9, 40].map((chunk_rows) => selected(settings, { input, chunk_rows, task_bytes: chunk_rows === 10_000 ? 1e9 : 1 })),
    )
    expect(whole?.cause).toBeUndefined()
    expect(whole?.rows.length).toBeGreaterThan(3)
    for (const one of chunked) expect([one.rows, one.columns, one.account]).toEqual([whole?.rows, whole?.columns, whole?.account])
  })
})
