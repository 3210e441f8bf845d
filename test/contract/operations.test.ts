/** Every operation of transform: the expected output for a small table, written by hand from the description of the operation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '#steps/transform/operations/index.ts'
import { asCsv } from '../kit/as-csv.ts'
import { runTable, type TableRun } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('people.csv', PEOPLE)
  place.write('twice.csv', TWICE)
})
afterAll(() => place.clear())

/** Another table to join with; a key with a decimal point, one that is missing, one nobody has. */
const PEOPLE = 'key,name,region\n1.0,Ann,north\n2.5,Half,east\n3,Cy,\n,Nobody,west\n9,Zoe,south\n'
const TWICE = 'id,tag\n1,a\n1,b\n2,c\n'

interface Case {
  readonly title: string
  readonly operations: string
  readonly input: string
  readonly output: string
  /** Types of the columns that come out, when they are the point. */
  readonly types?: string
  readonly filtered?: number
  /** Rows gained (or, below 0, merged). */
  readonly fan?: number
  readonly counts?: readonly string[]
}

const SALES = `region,month,amount,n
north,Jan,10,1
south,Jan,5.5,2
north,Feb,,3
north,Jan,2,4
,Feb,1,5
south,Feb,-3,6`

const CASES: readonly Case[] = [
  // filter
  {
    title: 'filter keeps only what is true, not what is unknown',
    operations: '{filter: "amount > 0"}',
    input: SALES,
    output: 'region,month,amount,n\nnorth,Jan,10.0,1\nsouth,Jan,5.5,2\nnorth,Jan,2.0,4\n~,Feb,1.0,5',
    filtered: 2,
  },
  { title: 'filter nothing away', operations: '{filter: "n IS NOT NULL"}', input: 'n\n1\n2', output: 'n\n1\n2', filtered: 0 },
  { title: 'filter everything away', operations: '{filter: "n > 5"}', input: 'n\n1\n2', output: 'n', filtered: 2 },
  {
    title: 'filter by text with other letters',
    operations: `{filter: "w = 'Zürich 💶'"}`,
    input: 'w\nZürich 💶\nzürich 💶',
    output: 'w\nZürich 💶',
    filtered: 1,
  },

  // add_column, and columns
  {
    title: 'add_column: new ones at the end, replaced ones in their place',
    operations: '{add_column: {total: a * b, a: a + 1}}',
    input: 'a,b\n1,2\n3,\n,5',
    output: 'a,b,total\n2,2,2\n4,~,~\n~,5,~',
    types: 'a integer, b integer, total integer',
  },
  {
    title: 'add_column: all of them see the columns as they were before',
    operations: '{add_column: {a: b, b: a}}',
    input: 'a,b\n1,2\n3,4',
    output: 'a,b\n2,1\n4,3',
  },
  {
    title: 'add_column: a value that cannot be computed is missing, never an error',
    operations: '{add_column: {q: a / b, d: date(t)}}',
    input: 'a,b,t\n1,0,2024-02-30x\n1,4,2024-02-29x',
    output: 'a,b,t,q,d\n1,0,2024-02-30x,~,~\n1,4,2024-02-29x,0.25,~',
  },

  // rename, drop, select
  { title: 'rename, two columns swapped', operations: '{rename: {a: b, b: a}}', input: 'a,b,c\n1,2,3', output: 'b,a,c\n1,2,3' },
  { title: 'rename, in any case of the old name', operations: '{rename: {A: Größe}}', input: 'a,b\n1,2', output: 'Größe,b\n1,2' },
  { title: 'drop', operations: '{drop: [b]}', input: 'a,b,c\n1,2,3', output: 'a,c\n1,3' },
  { title: 'select, in the order it is written', operations: '{select: [c, a]}', input: 'a,b,c\n1,2,3', output: 'c,a\n3,1' },

  // cast
  {
    title: 'cast: what has no value of the type becomes missing, and is counted',
    operations: '{cast: {a: int64, b: string, d: timestamp}}',
    input: 'a,b,d\n1.5,1,2024-01-31\n2.0,2,2024-02-01\nx,,',
    output: 'a,b,d\n~,1,2024-01-31 00:00:00\n2,2,2024-02-01 00:00:00\n~,~,~',
    types: 'a integer, b text, d timestamp',
    counts: ['cast a: 2'],
  },
  {
    title: 'cast: a number is rounded as CAST rounds it, and counted',
    operations: '{cast: {a: int64}}',
    input: 'a,b\n1.5,x\n2.0,y\n-0.4,z\n,w',
    output: 'a,b\n2,x\n2,y\n0,z\n~,w',
    types: 'a integer, b text',
    counts: ['cast a: 2'],
  },
  {
    title: 'cast: yes and no to numbers and back',
    operations: '{cast: {ok: integer}}, {add_column: {again: ok}}, {cast: {again: boolean}}',
    input: 'ok,n\nyes,1\nno,2\n,3',
    output: 'ok,n,again\n1,1,true\n0,2,false\n~,3,~',
  },
  {
    title: 'cast beside an operation across rows: counted all the same',
    operations: '{cast: {a: integer}}, {sort: [n]}',
    input: 'a,n\nx,2\n1,1',
    output: 'a,n\n1,1\n~,2',
    counts: ['cast a: 1'],
  },

  // sort
  {
    title: 'sort: equal ones stay in their order, missing ones come last either way',
    operations: '{sort: [region, {column: month, order: desc}]}',
    input: SALES,
    output: 'region,month,amount,n\nnorth,Jan,10.0,1\nnorth,Jan,2.0,4\nnorth,Feb,~,3\nsouth,Jan,5.5,2\nsouth,Feb,-3.0,6\n~,Feb,1.0,5',
  },
  {
    title: 'sort downwards: missing ones last',
    operations: '{sort: [{column: n, order: desc}]}',
    input: 'n,x\n2,a\n,b\n10,c',
    output: 'n,x\n10,c\n2,a\n~,b',
  },

  // aggregate
  {
    title: 'aggregate: a group for the missing key too, groups in the order of their first row',
    operations:
      '{aggregate: {by: [region], columns: {total: sum(amount), orders: count(*), known: count(amount), biggest: max(amount), mean: avg(amount)}}}',
    input: SALES,
    output: 'region,total,orders,known,biggest,mean\nnorth,12.0,3,2,10.0,6.0\nsouth,2.5,2,2,5.5,1.25\n~,1.0,1,1,1.0,1.0',
    types: 'region text, total float, orders integer, known integer, biggest float, mean float',
    fan: -3,
  },
  {
    title: 'aggregate: the whole dataset',
    operations: '{aggregate: {columns: {n: count(*), s: sum(n)}}}',
    input: 'n,x\n1,a\n2,b',
    output: 'n,s\n2,3',
    fan: -1,
  },
  {
    title: 'aggregate: nothing is one row of nothing',
    operations: '{filter: n > 9}, {aggregate: {columns: {c: count(*), s: sum(n)}}}',
    input: 'n,x\n1,a',
    output: 'c,s\n0,~',
    filtered: 1,
    fan: 1,
  },
  {
    title: 'aggregate: no group of nothing',
    operations: '{filter: n > 9}, {aggregate: {by: [x], columns: {c: count(*)}}}',
    input: 'n,x\n1,a',
    output: 'x,c',
    filtered: 1,
    fan: 0,
  },
  {
    title: 'aggregate: different values',
    operations: '{aggregate: {by: [x], columns: {d: count(distinct n)}}}',
    input: 'n,x\n1,a\n1,a\n2,a\n,a',
    output: 'x,d\na,2',
    fan: -3,
  },

  // pivot
  {
    title: 'pivot: columns in the order of their names, nothing where there was nothing',
    operations: '{pivot: {rows: [region], column: month, value: sum(amount)}}',
    input: SALES,
    output: 'region,Feb,Jan\nnorth,~,12.0\nsouth,-3.0,5.5\n~,1.0,~',
    fan: -3,
  },
  {
    title: 'pivot: rows without a heading have a column of their own, the last',
    operations: '{pivot: {rows: [a], column: b, value: count(*)}}',
    input: 'a,b\n1,x\n1,\n2,\n2,~',
    output: 'a,x,~,(missing)\n1,1,~,1\n2,~,1,1',
    fan: -2,
  },
  {
    title: 'pivot: a heading of nothing but spaces, or computed to be empty, is a missing one',
    operations: '{add_column: {h: trim(b)}}, {pivot: {rows: [a], column: h, value: sum(n)}}',
    input: 'a,b,n\n1,x,1\n1, ,2\n1,\u00a0,4\n1,,8',
    output: 'a,x,(missing)\n1,1,14',
    fan: -3,
  },

  // join
  {
    title: 'join left: numbers are equal however they are written, a missing key finds nothing',
    operations: '{join: {source: PEOPLE, on: [{left: id, right: key}]}}',
    input: 'id,v\n1,a\n2,b\n3,c\n,d',
    output: 'id,v,name,region\n1,a,Ann,north\n2,b,~,~\n3,c,Cy,~\n~,d,~,~',
    fan: 0,
  },
  {
    title: 'join inner: rows without a match are filtered out',
    operations: '{join: {source: PEOPLE, on: [{left: id, right: key}], kind: inner, columns: [name]}}',
    input: 'id,v\n1,a\n2,b\n3,c\n,d',
    output: 'id,v,name\n1,a,Ann\n3,c,Cy',
    filtered: 2,
    fan: 0,
  },
  {
    title: 'join: several matches are several rows, in the order of both tables',
    operations: '{join: {source: TWICE, on: [id]}}',
    input: 'id,v\n2,x\n1,y\n7,z',
    output: 'id,v,tag\n2,x,c\n1,y,a\n1,y,b\n7,z,~',
    fan: 1,
  },
  {
    title: 'join inner: matches and misses are distinguished',
    operations: '{join: {source: TWICE, on: [id], kind: inner}}',
    input: 'id,v\n2,x\n1,y\n7,z',
    output: 'id,v,tag\n2,x,c\n1,y,a\n1,y,b',
    filtered: 1,
    fan: 1,
  },
  {
    title: 'join: a column of the same name gets another',
    operations: '{join: {source: PEOPLE, on: [{left: id, right: key}], columns: [name]}}',
    input: 'id,name\n1,mine',
    output: 'id,name,name_right\n1,mine,Ann',
    fan: 0,
  },

  // window
  {
    title: 'window: numbers, running sums, the row before; the order of the rows stays',
    operations:
      '{window: {partition_by: [region], order_by: [{column: n, order: desc}], columns: {nth: row_number(), running: sum(amount), last: lag(n)}}}',
    input: SALES,
    output: [
      'region,month,amount,n,nth,running,last',
      'north,Jan,10.0,1,3,12.0,3',
      'south,Jan,5.5,2,2,2.5,6',
      'north,Feb,~,3,2,2.0,4',
      'north,Jan,2.0,4,1,2.0,~',
      '~,Feb,1.0,5,1,1.0,~',
      'south,Feb,-3.0,6,1,-3.0,~',
    ].join('\n'),
    fan: 0,
  },
  {
    title: 'window: without an order, the rows as they stand',
    operations: '{window: {columns: {nth: row_number()}}}',
    input: 'a,b\nx,1\ny,2',
    output: 'a,b,nth\nx,1,1\ny,2,2',
    fan: 0,
  },

  // several, and none
  {
    title: 'operations in the order they are written',
    operations:
      '{filter: amount IS NOT NULL}, {add_column: {cents: amount * 100}}, {aggregate: {by: [month], columns: {cents: sum(cents)}}}, {filter: cents > 0}, {rename: {cents: total}}',
    input: SALES,
    output: 'month,total\nJan,1750.0',
    filtered: 2,
    fan: -3,
  },
  {
    title: 'an empty table',
    operations: '{filter: a IS NOT NULL}, {add_column: {c: upper(a)}}, {sort: [a]}',
    input: 'a,b',
    output: 'a,b,c',
    filtered: 0,
  },
]

const transform = (operations: string) =>
  `{id: change, type: transform, with: {operations: [${operations.replace('PEOPLE', `${place.folder}/people.csv`).replace('TWICE', `${place.folder}/twice.csv`)}]}}`

describe('operations', () => {
  it.each(CASES)('$title', async ({ operations, input, output, types, filtered, fan, counts }) => {
    const run = await runTable(place, { input: `${input}\n`, steps: [transform(operations)] })
    expect(run.cause).toBeUndefined()
    expect(asCsv(run.columns, run.rows)).toBe(output)
    if (types !== undefined) expect(run.columns.join(', ')).toBe(types)
    if (filtered !== undefined) expect(run.account.filtered).toBe(filtered)
    if (fan !== undefined) expect(run.account.fan).toBe(fan)
    if (counts !== undefined) expect(run.counts).toEqual(counts)
    expect(run.run.ledger.balanced).toBe(true)
  })

  it('are all tested here', () => {
    expect(
      OPERATIONS.all.map(({ name }) => name).filter((name) => !CASES.some(({ operations }) => operations.includes(`{${name}:`))),
    ).toEqual([])
  })

  it('columns come after the operations, and derived ones after those', async () => {
    const run = await runTable(place, {
      input: 'order_date,ship_date,quantity,price\n2024-02-28,2024-03-01,2,1.25\n,2024-03-01,,\n',
      steps: [
        '{id: change, type: transform, with: {operations: [{rename: {price: unit_price}}], columns: {double: unit_price * 2}, derive: auto}}',
      ],
    })
    expect(asCsv(run.columns, run.rows)).toBe(
      [
        'order_date,ship_date,quantity,unit_price,double,order_date_year,order_date_month,order_date_weekday,total_amount,days_to_ship',
        '2024-02-28,2024-03-01,2,1.25,2.5,2024,2,Wednesday,2.5,2',
        '~,2024-03-01,~,~,~,~,~,~,~,~',
      ].join('\n'),
    )
  })
})

describe('a cast that loses cells', () => {
  const input = 'id,a,b\n1,5,x\n2,abc,y\n3,,z\n4, ,w\n5,12.7,v\n'
  const discover = 'types: {a: text}'
  const cast = (on_fail: string) => transform(`{cast: {columns: {a: integer}, on_fail: ${on_fail}}}`)
  const reported = (run: TableRun) => run.report.steps.find(({ id }) => id === 'change')?.report

  it('warns of it, whoever asks for nothing else', async () => {
    const short = await runTable(place, { input, discover, steps: [transform('{cast: {a: integer}}')] })
    expect(short.rows.map(({ a }) => a)).toEqual(['5', null, null, null, null])
    expect(short.counts).toEqual(['cast a: 2'])
    expect(reported(short)).toMatchObject({
      level: 'warning',
      lines: [{ level: 'warning', text: 'cast a: 2 cells did not fit the type and are now missing or rounded' }],
    })
    expect(await short.changes()).toEqual(['cast a: abc → ~', 'cast a: 12.7 → ~'])
  })

  it('quarantines the rows', async () => {
    const run = await runTable(place, { input, discover, steps: [cast('quarantine')] })
    expect(run.rows.map(({ id }) => id)).toEqual(['1', '3', '4'])
    expect(run.quarantined).toEqual(['3 cast a', '6 cast a'])
    expect(run.account).toMatchObject({ in: 5, out: 3, quarantined: 2 })
    expect(reported(run)?.lines).toEqual([{ level: 'warning', text: '2 rows to quarantine: a has no value of type integer' }])
  })

  it('fails the run before anything is published', async () => {
    const run = await runTable(place, { input, discover, steps: [cast('fail')] })
    expect(run.error).toBe('Quality.GateFailed')
    expect(run.cause).toContain('cast a: 2 cells did not fit the type')
  })

  it('cannot quarantine rows next to an operation that needs all rows', async () => {
    const beside = transform('{sort: [id]}, {cast: {columns: {a: integer}, on_fail: quarantine}}')
    await expect(runTable(place, { input, discover, steps: [beside] })).rejects.toThrow(/same step as sort.*a separate transform step/)
  })
})

describe('what a transform reports about columns', () => {
  it.each([
    ['{rename: {word: term}}', 'Renamed 1 column'],
    ['{rename: {WORD: term}}, {rename: {term: label, id: key}}', 'Renamed 2 columns'],
    ['{rename: {word: term}}, {drop: [term]}', 'Transformed 2 rows'],
    ['{rename: {word: term}}, {add_column: {n: length(term), m: id + 1}}', 'Added 2 calculated fields, renamed 1 column'],
    ['{add_column: {word: upper(word)}}', 'Transformed 2 rows'],
    ['{add_column: {n: id + 1}}, {rename: {n: m}}, {filter: m > 2}', 'Added 1 calculated field, filtered 1 row'],
    ['{join: {source: TWICE, on: [id]}}', 'Added 1 column, 2 rows became 3'],
  ])('%s: %s', async (operations, message) => {
    const { report } = await runTable(place, { input: 'id,word\n1,a\n2,b\n', steps: [transform(operations)] })
    expect(report.steps.find(({ id }) => id === 'change')?.report.message).toBe(message)
  })
})

describe('cells that are not of the type their column was said to have', () => {
  const input = 'id,amount,day\n1,10,2024-01-01\n2,much,2024-01-02\n3,30,soon\n4,more,late\n'
  const reported = (run: TableRun, step: string) => run.report.steps.find(({ id }) => id === step)?.report

  it.each([
    ['a transform', '{id: change, type: transform, with: {operations: [{filter: amount > 20 OR amount <= 20}]}}', 'change'],
    ['a validate step', '{id: probe, type: validate, with: {rules: [{rule_type: not_null, column: id}]}}', 'probe'],
    ['an export', undefined, 'write'],
  ])('send their rows to quarantine, which %s that reads them warns of', async (_what, step, id) => {
    const run = await runTable(place, { input, discover: 'types: {amount: float, day: date}', steps: step === undefined ? [] : [step] })
    expect(run.account).toMatchObject({ in: 4, out: 1, quarantined: 3 })
    expect(reported(run, id)).toMatchObject({
      level: 'warning',
      lines: [
        { level: 'warning', text: '2 rows to quarantine: amount is not of type float' },
        { level: 'warning', text: '1 row to quarantine: day is not of type date' },
      ],
    })
    // an export has no counts of its own
    if (step !== undefined) expect(run.report.issues).toEqual({ found: 2, fixed: 2, open: [] })
  })
})

describe('numbers are not made of text by themselves', () => {
  const input = 'id,amount,zip,gift,none\n1,10,01234,yes,\n2,much,98765,no,\n3,much,80331,no,\n'

  it.each([
    ['{filter: amount > 100}', /amount is text and 100 is an integer/],
    ['{filter: "amount > {{ inputs.limit }}"}', /amount is text and \{\{ inputs.limit \}\} is an integer/],
    ['{filter: id < amount}', /amount is text/],
    ['{filter: "id BETWEEN amount AND 7"}', /amount is text/],
    ['{filter: "amount IN (1, 2)"}', /amount is text/],
    ['{add_column: {x: amount + 1}}', /amount is text, expected a number/],
    ['{add_column: {x: round(amount)}}', /amount is text, expected a number/],
    ['{add_column: {x: CASE amount WHEN 1 THEN 2 END}}', /amount is text/],
    ['{aggregate: {by: [id], columns: {n: sum(amount)}}}', /amount is text, expected a number/],
    ['{window: {columns: {n: sum(amount)}}}', /amount is text, expected a number/],
    ['{pivot: {rows: [id], column: gift, value: sum(amount)}}', /amount is text, expected a number/],
  ])('%s', async (operation, what) => {
    const inputs = operation.includes('inputs.limit') ? 'limit: {type: integer, default: 100}' : ''
    const run = await runTable(place, { input, inputs, steps: [transform(operation)] })
    expect(run.error).toBe('Definition.InvalidSetting')
    expect(run.cause).toMatch(what)
    expect(run.hint).toContain('Write CAST(amount AS float)')
    expect(run.hint).toContain('types: {amount: float}')
  })

  it.each([
    ['a text that says a number, beside a number or an answer', `{filter: "id = '1' AND gift = 'yes' AND zip LIKE '0%'"}`, 1],
    ['what the author casts', '{filter: "CAST(amount AS float) > 1"}', 1],
    ['a column that has shown nothing yet', '{filter: "none > 1 OR none IS NULL"}', 3],
  ])('%s is let through', async (_what, operation, rows) => {
    for (const before of ['', '{sort: [id]}, ', '{rename: {id: key}}, {sort: [key]}, {rename: {key: id}}, ']) {
      const again = transform(operation).replace('id: change', 'id: again')
      const run = await runTable(place, { input, steps: [transform(`${before}${operation}`), again] })
      expect(run.cause).toBeUndefined()
      expect(run.rows).toHaveLength(rows)
    }
  })
})

describe('operations that cannot be carried out', () => {
  it.each([
    ['{filter: "wrod > 1"}', 'Definition.UnknownColumn'],
    ['{add_column: {x: wrod}}', 'Definition.UnknownColumn'],
    ['{rename: {wrod: x}}', 'Definition.UnknownColumn'],
    ['{rename: {id: word}}', 'Definition.InvalidSetting'],
    ['{cast: {wrod: text}}', 'Definition.UnknownColumn'],
    ['{drop: [wrod]}', 'Definition.UnknownColumn'],
    ['{drop: [id, word]}', 'Definition.InvalidSetting'],
    ['{select: [wrod]}', 'Definition.UnknownColumn'],
    ['{select: [id, ID]}', 'Definition.InvalidSetting'],
    ['{sort: [wrod]}', 'Definition.UnknownColumn'],
    ['{aggregate: {by: [wrod], columns: {n: count(*)}}}', 'Definition.UnknownColumn'],
    ['{aggregate: {by: [id], columns: {n: sum(wrod)}}}', 'Definition.UnknownColumn'],
    ['{aggregate: {by: [id], columns: {id: count(*)}}}', 'Definition.InvalidSetting'],
    ['{pivot: {rows: [wrod], column: word, value: count(*)}}', 'Definition.UnknownColumn'],
    ['{pivot: {rows: [id], column: wrod, value: count(*)}}', 'Definition.UnknownColumn'],
    ['{window: {partition_by: [wrod], columns: {n: row_number()}}}', 'Definition.UnknownColumn'],
    ['{join: {source: TWICE, on: [word]}}', 'Definition.UnknownColumn'],
    ['{join: {source: TWICE, on: [id], columns: [tga]}}', 'Definition.UnknownColumn'],
    ['{join: {source: /nowhere/nowhere.csv, on: [id]}}', 'Data.NoSources'],
  ])('%s: %s', async (operations, error) => {
    const run = await runTable(place, { input: 'id,word\n1,a\n2,b\n', steps: [transform(operations)] })
    expect(run.error, run.cause).toBe(error)
  })
})
