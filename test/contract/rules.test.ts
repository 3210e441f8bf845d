/** Every rule of validate: which rows break it, written by hand from the description of the rule. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RULES } from '#steps/validate/rules/index.ts'
import { runTable, type TableRun } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

/** A rule and the lines (the header is line 1) of the rows that break it. */
type Case = readonly [settings: string, lines: readonly number[]]

interface Table {
  readonly title: string
  readonly input: string
  readonly discover?: string
  readonly cases: readonly Case[]
}

const PEOPLE = `id,age,email,phone,joined,name,vip
1,17,ann@example.org,+15550100001,2024-01-31,Ann,true
2,18,BEN@EXAMPLE.ORG,+4915112345678,2024-02-29,Bén,false
3,120,not-an-email,555-0100,2024-03-01,,true
4,121,dan@example,+1 555 010 0004,,dan,
5,,eve@example.org,,2023-12-31,Eve 💶,false
5,50,"a,b@example.org",0015550100006,2024-01-31,"two
lines",true
`

const SHOP = `sku,price,text_price,day,stamp,status,zip
ABC-1234,0,1.5,31/01/2024,2024-01-31 10:00:00,open,01234
abc-1234,-1,abc,30/02/2024,2024-01-31 10:00:01,shipped,12345
ABC-12345,0.1,,,,Open,
xABC-1234,1000000,12,1/2/2024,2024-02-01 00:00:00,returned,00000
,1000000.01,1e3,2024-01-31,2024-02-01 00:00:01,,99999
ABC-0000,,-7,29/02/2023,2023-01-01 00:00:00,open,ABCDE
`

const ONE = `id,amount
1,5
`

const NONE = `id,amount
`

const NULLS = `id,nothing
1,
2,
`

const TABLES: readonly Table[] = [
  {
    title: 'people',
    input: PEOPLE,
    cases: [
      ['rule_type: not_null, column: age', [6]],
      ['rule_type: not_null, columns: [age, name]', [4, 6]],
      ['rule_type: not_null, column: id', []],
      ['rule_type: not_null, column: AGE', [6]],
      // the second row with the key 5 repeats the first
      ['rule_type: unique, column: id', [7]],
      ['rule_type: unique, columns: [id, joined]', []],
      // 2024-01-31 stands in lines 2 and 7; a missing value is no key
      ['rule_type: unique, column: joined', [7]],
      ['rule_type: unique, column: age', []],
      ['rule_type: range, column: age, min: 18, max: 120', [2, 5]],
      ['rule_type: range, column: age, min: 18', [2]],
      ['rule_type: range, column: age, max: 120', [5]],
      ['rule_type: range, column: joined, min: 2024-01-01', [6]],
      ['rule_type: range, column: joined, min: 2024-01-31, max: 2024-02-29', [4, 6]],
      ['rule_type: length, column: name, min: 4', [2, 3, 5]],
      ['rule_type: length, column: name, max: 5', [7]],
      // a character outside of the basic plane is one character
      ['rule_type: length, column: name, min: 5, max: 5', [2, 3, 5, 7]],
      ['rule_type: pattern, column: name, pattern: "[A-Z].*"', [5, 7]],
      ['rule_type: pattern, column: name, pattern: "\\\\p{L}+"', [6, 7]],
      // one of two alternatives must be the whole text
      ['rule_type: pattern, column: name, pattern: "Ann|dan"', [3, 6, 7]],
      ['rule_type: in_set, column: age, values: [17, 18, 50]', [4, 5]],
      ['rule_type: in_set, column: name, values: [Ann, "Bén", dan]', [6, 7]],
      ['rule_type: in_set, column: vip, values: [true]', [3, 6]],
      ['rule_type: type, column: age, type: integer', []],
      ['rule_type: type, column: name, type: integer', [2, 3, 5, 6, 7]],
      ['rule_type: type, column: age, type: text', []],
      ['rule_type: email, column: email', [4, 5, 7]],
      ['rule_type: phone, column: phone', [4, 5, 7]],
      ['rule_type: phone, column: phone, format: E164', [4, 5, 7]],
      ['rule_type: phone, column: phone, region: US', [3, 4, 5, 7]],
      ['rule_type: date, column: joined', []],
      ['rule_type: date, column: name', [2, 3, 5, 6, 7]],
      ['rule_type: expression, expression: age >= 18', [2]],
      // with a missing cell the result is unknown, unless the other half is false by itself
      ['rule_type: expression, expression: "age >= 18 AND vip"', [2, 3, 6]],
      ['rule_type: expression, expression: "age >= 18 OR vip"', []],
      ['rule_type: expression, expression: age IS NOT NULL', [6]],
      ['rule_type: range, column: age, min: 18, when: vip', [2]],
      ['rule_type: range, column: age, min: 18, when: NOT vip', []],
      ['rule_type: not_null, column: name, when: vip', [4]],
      ['rule_type: unique, column: joined, when: age < 50', []],
      ['rule_type: unique, column: joined, when: age <= 50', [7]],
    ],
  },
  {
    title: 'a shop',
    input: SHOP,
    discover: 'types: {text_price: text, zip: text, day: text}',
    cases: [
      ['rule_type: pattern, column: sku, pattern: "[A-Z]{3}-[0-9]{4}"', [3, 4, 5]],
      ['rule_type: pattern, column: zip, pattern: "[0-9]{5}"', [7]],
      ['rule_type: range, column: price, min: 0, max: 1000000', [3, 6]],
      ['rule_type: range, column: stamp, max: 2024-02-01', [6]],
      ['rule_type: range, column: stamp, min: 2024-01-31 10:00:01', [2, 7]],
      ['rule_type: type, column: text_price, type: float', [3]],
      ['rule_type: type, column: text_price, type: integer', [2, 3]],
      ['rule_type: type, column: zip, type: integer', [7]],
      ['rule_type: in_set, column: status, values: [open, shipped, returned]', [4]],
      ['rule_type: in_set, column: price, values: [0, 0.1]', [3, 5, 6]],
      ['rule_type: date, column: day, format: "%d/%m/%Y"', [3, 6, 7]],
      ['rule_type: date, column: day', [2, 3, 5, 7]],
      ['rule_type: date, column: stamp', []],
      ['rule_type: length, column: zip, min: 5, max: 5', []],
      ['rule_type: length, column: price, max: 4', [5, 6]],
      ['rule_type: not_null, column: "*"', [4, 4, 4, 4, 6, 6, 7]],
    ],
  },
  {
    title: 'numbers and answers',
    input: 'id,whole,part,word\n1,0,0.0,0\n2,1,1.0,on\n3,5,0.5,yes\n4,-2,,maybe\n5,100,100.0, \n6,,12.7,1_000\n',
    discover: 'types: {word: text, part: float}',
    cases: [
      ['rule_type: type, column: whole, type: boolean', [4, 5, 6]],
      ['rule_type: type, column: part, type: boolean', [4, 6, 7]],
      ['rule_type: type, column: word, type: boolean', [5, 7]],
      ['rule_type: type, column: part, type: integer', [4, 7]],
      ['rule_type: type, column: word, type: float', [3, 4, 5, 7]],
      ['rule_type: expression, expression: CAST(whole AS boolean) IS NOT NULL OR whole IS NULL', [4, 5, 6]],
    ],
  },
  {
    title: 'one row',
    input: ONE,
    cases: [
      ['rule_type: not_null, column: "*"', []],
      ['rule_type: unique, column: id', []],
      ['rule_type: range, column: amount, max: 5', []],
      ['rule_type: range, column: amount, max: 4', [2]],
    ],
  },
  {
    title: 'no row',
    input: NONE,
    cases: [
      ['rule_type: not_null, column: "*"', []],
      ['rule_type: unique, column: id', []],
      ['rule_type: range, column: amount, max: 5', []],
      ['rule_type: type, column: amount, type: integer', []],
      ['rule_type: expression, expression: amount IS NOT NULL', []],
    ],
  },
  {
    title: 'a column without a value',
    input: NULLS,
    cases: [
      ['rule_type: not_null, column: nothing', [2, 3]],
      ['rule_type: unique, column: nothing', []],
      ['rule_type: length, column: nothing, min: 1', []],
      ['rule_type: pattern, column: nothing, pattern: x', []],
      ['rule_type: in_set, column: nothing, values: [x]', []],
      ['rule_type: type, column: nothing, type: date', []],
      ['rule_type: email, column: nothing', []],
      ['rule_type: phone, column: nothing', []],
      ['rule_type: date, column: nothing', []],
    ],
  },
]

const validate = (rules: readonly string[]) =>
  `{id: check, type: validate, with: {rules: [${rules.map((rule) => `{${rule}}`).join(', ')}]}}`

describe.each(TABLES)('rules over $title', ({ input, discover, cases }) => {
  let run: TableRun
  beforeAll(async () => {
    const rules = cases.map(([settings], at) => `rule_id: r${at}, on_fail: warn, ${settings}`)
    run = await runTable(place, { input, steps: [validate(rules)], ...(discover === undefined ? {} : { discover }) })
  })

  it('only flags rows: every row comes out', () => {
    expect(run.cause).toBeUndefined()
    expect(run.account.out).toBe(run.account.in)
  })

  it.each(cases.map(([settings, lines], at) => ({ settings, lines, at })))('$settings', ({ lines, at }) => {
    const found = run.flagged.filter((line) => line.split(' ')[1] === `r${at}`).map((line) => Number(line.split(' ')[0]))
    expect(found.sort((a, b) => a - b)).toEqual(lines)
    const counted = run.counts.filter((count) => count.startsWith(`r${at} `)).reduce((sum, count) => sum + Number(count.split(': ')[1]), 0)
    expect(counted).toBe(lines.length)
  })
})

it('has a case for every rule about rows', () => {
  const tried = new Set(TABLES.flatMap(({ cases }) => cases.map(([settings]) => /rule_type: (\w+)/.exec(settings)?.[1])))
  const elsewhere = ['references']
  const rules = RULES.all.filter(({ level }) => level === 'row').map(({ name }) => name)
  expect(rules.filter((name) => !tried.has(name) && !elsewhere.includes(name))).toEqual([])
})
