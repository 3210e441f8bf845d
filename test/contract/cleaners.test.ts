/** Every cleaner: the expected output for a small table, written by hand from the description of the cleaner. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { asCsv } from '../kit/as-csv.ts'
import { runTable } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

interface Case {
  readonly title: string
  readonly rules: string
  readonly input: string
  readonly discover?: string
  /** The output as CSV; a missing cell is ~. */
  readonly output: string
  /** `rule column: count`, in any order. */
  readonly counts?: readonly string[]
  readonly quarantined?: readonly string[]
  readonly duplicates?: readonly string[]
  readonly decisions?: readonly string[]
}

const ages = (...cells: readonly string[]) => ['id,age', ...cells.map((cell, at) => `${at},${cell}`)].join('\n')
const words = (...cells: readonly string[]) => ['id,word', ...cells.map((cell, at) => `${at},${cell}`)].join('\n')

const AUTO_COLUMNS = 'id,steady,spiky,kind,grade,free,mail,day,yes,gone'
/** Means and medians of 6.5: 1.5 to 11.5, and 1.5 to 10.5 with 1000.5. */
const AUTO_ROWS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliet', 'kilo'].map(
  (free, at) => [`${at + 1}.5`, at === 10 ? '1000.5' : `${at + 1}.5`, ['north', 'south', 'east'][at % 3], free] as const,
)

const CASES: readonly Case[] = [
  // normalize
  {
    title: 'normalize: one form for a country; others stay, and are reported',
    rules: '{normalize: {columns: [word], as: country_name}}',
    input: words('DE', ' germany', 'Germany', '', 'Atlantis'),
    output: words('Germany', 'Germany', 'Germany', '~', 'Atlantis'),
    counts: ['normalize word: 2'],
    decisions: ['normalize word: country_name'],
  },
  {
    title: 'normalize: a column of numbers is left',
    rules: '{normalize: {columns: [age], as: ip}}',
    input: ages('1', '2'),
    output: ages('1', '2'),
    decisions: ['normalize age: leave'],
  },
  // amounts
  {
    title: 'amounts: a number and its unit; a cell that is none is set aside',
    rules: '{amounts: {columns: [word]}}',
    input: words('12.0 oz', '8.5 OZ.', '', 'many', '3 oz'),
    output: 'id,word,word_unit\n0,12.0,oz\n1,8.5,oz\n2,~,~\n4,3.0,oz',
    quarantined: ['5 amounts word'],
    decisions: ['amounts word: decimal(15,1) with word_unit'],
  },
  // drop_missing
  {
    title: 'drop_missing: a row without a value is set aside',
    rules: '{drop_missing: {columns: [word]}}',
    input: words('a', '', 'b'),
    output: 'id,word\n0,a\n2,b',
    quarantined: ['3 missing word'],
    decisions: ['missing word: quarantine'],
  },
  // missing
  {
    title: 'missing mean: of integers, rounded to one',
    rules: '{missing: mean}',
    input: ages('1', '2', '', '2', 'NA'),
    output: ages('1', '2', '2', '2', '2'),
    counts: ['missing age: 2'],
    decisions: ['missing age: mean (2)'],
  },
  {
    title: 'missing mean: of decimals',
    rules: '{missing: {columns: [age], strategy: mean}}',
    input: ages('1.5', '2', '', '4'),
    output: ages('1.5', '2.0', '2.5', '4.0'),
    counts: ['missing age: 1'],
  },
  {
    title: 'missing median: between the two in the middle',
    rules: '{missing: {columns: [age], strategy: median}}',
    input: ages('1.5', '100', '', '2', '4'),
    output: ages('1.5', '100.0', '3.0', '2.0', '4.0'),
    counts: ['missing age: 1'],
  },
  {
    title: 'missing mode: the most frequent text',
    rules: '{missing: {columns: [word], strategy: mode}}',
    input: words('a', 'b', 'b', '', 'n/a', '  '),
    output: words('a', 'b', 'b', 'b', 'b', 'b'),
    counts: ['missing word: 3'],
  },
  {
    title: 'missing mode: the most frequent number',
    rules: '{missing: {columns: [age], strategy: mode}}',
    input: ages('7', '3', '7', ''),
    output: ages('7', '3', '7', '7'),
    counts: ['missing age: 1'],
  },
  {
    title: 'missing constant: a text with a quote',
    rules: `{missing: {columns: [word], strategy: constant, value: "it's"}}`,
    input: words('a', '', 'null'),
    output: words('a', "it's", "it's"),
    counts: ['missing word: 2'],
  },
  {
    title: 'missing constant: a number, a date, a yes',
    rules:
      "{missing: {columns: [n], strategy: constant, value: 0}}, {missing: {columns: [d], strategy: constant, value: '2024-01-01'}}, {missing: {columns: [b], strategy: constant, value: true}}",
    input: 'n,d,b\n1,2024-05-06,yes\n,,\n2,2024-05-07,no',
    output: 'n,d,b\n1,2024-05-06,true\n0,2024-01-01,true\n2,2024-05-07,false',
    counts: ['missing n: 1', 'missing d: 1', 'missing b: 1'],
  },
  {
    title: 'missing leave: nothing changes, and nothing is counted',
    rules: '{missing: leave}',
    input: ages('1', '', '3'),
    output: ages('1', '~', '3'),
    counts: [],
    decisions: ['missing age: leave'],
  },
  {
    title: 'missing quarantine: the rows are quarantined',
    rules: '{missing: {columns: [word], strategy: quarantine}}',
    input: words('a', '', 'N/A', ' ', 'b'),
    output: 'id,word\n0,a\n4,b',
    quarantined: ['3 missing word', '4 missing word', '5 missing word'],
  },
  {
    title:
      'missing auto: a mean where nothing sticks out, a median where something does, Unknown for a category; else what is missing stays so',
    rules: '{missing: auto}',
    input: [
      AUTO_COLUMNS,
      ...AUTO_ROWS.map(
        ([steady, spiky, kind, free], at) =>
          `${at},${steady},${spiky},${kind},${(at % 3) + 1},${free},${free}@x.org,2024-01-0${(at % 9) + 1},${at % 2 ? 'yes' : 'no'},${at < 2 ? 'x' : ''}`,
      ),
      '11,,,,,,,,,',
    ].join('\n'),
    output: [
      AUTO_COLUMNS,
      ...AUTO_ROWS.map(
        ([steady, spiky, kind, free], at) =>
          `${at},${steady},${spiky},${kind},${(at % 3) + 1},${free},${free}@x.org,2024-01-0${(at % 9) + 1},${at % 2 === 1},${at < 2 ? 'x' : '~'}`,
      ),
      '11,6.5,6.5,Unknown,~,~,~,~,~,~',
    ].join('\n'),
    counts: ['missing steady: 1', 'missing spiky: 1', 'missing kind: 1'],
  },
  {
    title: 'missing sees what a rule before it has emptied',
    rules: '{map: {column: word, values: {"?!": null}}}, {missing: {columns: [word], strategy: constant, value: nothing}}',
    input: words('a', '?!', 'b'),
    output: words('a', 'nothing', 'b'),
    counts: ['map word: 1', 'missing word: 1'],
  },
  {
    title: 'missing: a column without any value is left',
    rules: '{missing: auto}',
    input: 'id,x\n1,\n2,',
    output: 'id,x\n1,~\n2,~',
    counts: [],
  },
  { title: 'missing: one row', rules: '{missing: auto}', input: 'id,x\n1,5', output: 'id,x\n1,5', counts: [] },

  // standardize
  {
    title: 'standardize whitespace: at the ends only',
    rules: '{standardize: [whitespace]}',
    input: words('" a  b\t"', 'c', '"d\n"', '" é"'),
    output: words('a  b', 'c', 'd', 'é'),
    counts: ['whitespace word: 3'],
  },
  {
    title: 'standardize null_values',
    rules: '{standardize: [null_values]}',
    input: words('x', 'N/A', 'null', '-', 'nothing', 'NaN'),
    output: words('x', '~', '~', '~', 'nothing', '~'),
    counts: ['null_values word: 4'],
  },
  {
    title: 'standardize case: the most frequent spelling wins, on a tie the first in code order',
    rules: '{standardize: [case]}',
    input: words('Bern', 'bern', 'Bern', 'BERN', 'basel', 'Basel', 'ZÜRICH', 'Zürich', 'Zürich'),
    output: words('Bern', 'Bern', 'Bern', 'Bern', 'Basel', 'Basel', 'Zürich', 'Zürich', 'Zürich'),
    counts: ['case word: 4'],
  },
  {
    title: 'standardize dates: written in several ways, all become ISO',
    rules: '{standardize: [dates]}',
    input: 'id,day\n1,2024-01-31\n2,31/01/2024\n3,"Feb 1, 2024"\n4,2024/03/05\n5,',
    output: 'id,day\n1,2024-01-31\n2,2024-01-31\n3,2024-02-01\n4,2024-03-05\n5,~',
    counts: ['dates day: 3'],
  },
  {
    title: 'standardize numbers: grouping goes',
    rules: '{standardize: [numbers]}',
    input: 'id,n\n1,"1,234"\n2,56\n3,"7,890,123"',
    output: 'id,n\n1,1234\n2,56\n3,7890123',
    counts: ['numbers n: 2'],
  },
  {
    title: 'standardize currency: symbols and codes go',
    rules: '{standardize: [currency]}',
    input: 'id,n\n1,"$1,234.50"\n2,56\n3,USD 7.25\n4,-$1',
    output: 'id,n\n1,1234.50\n2,56.00\n3,7.25\n4,-1.00',
    counts: ['currency n: 3'],
  },
  {
    title: 'standardize phones: by the region given',
    rules: '{standardize: {rules: [phones], phone_region: US}}',
    input: 'id,phone\n1,(555) 010-4891\n2,+44 20 7946 0294\n3,1-555-010-0000\n4,call me\n5,',
    output: 'id,phone\n1,+15550104891\n2,+442079460294\n3,+15550100000\n4,call me\n5,~',
    counts: ['phones phone: 3'],
  },
  {
    title: 'standardize phones: without a region only numbers that name their country',
    rules: '{standardize: [phones]}',
    input: 'id,phone\n1,(555) 010-4891\n2,+44 20 7946 0294\n3,555-010-0000',
    output: 'id,phone\n1,(555) 010-4891\n2,+442079460294\n3,555-010-0000',
    counts: ['phones phone: 1'],
  },
  {
    title: 'standardize phones in a column that is named, whatever it seems to be',
    rules: '{standardize: {rules: [phones], columns: [reach], phone_region: DE}}',
    input: 'id,reach\n1,030 1234567\n2,write\n3,write\n4,write',
    output: 'id,reach\n1,+49301234567\n2,write\n3,write\n4,write',
    counts: ['phones reach: 1'],
  },
  {
    title: 'standardize emails: small letters',
    rules: '{standardize: [whitespace, emails]}',
    input: 'id,mail\n1,ANN@X.org\n2,ben@x.org\n3," Cy@x.org"\n4,nobody',
    output: 'id,mail\n1,ann@x.org\n2,ben@x.org\n3,cy@x.org\n4,nobody',
    counts: ['whitespace mail: 1', 'emails mail: 2'],
  },
  {
    title: 'standardize booleans',
    rules: '{standardize: [booleans]}',
    input: 'id,ok\n1,yes\n2,NO\n3,TRUE\n4,false\n5,',
    output: 'id,ok\n1,true\n2,false\n3,true\n4,false\n5,~',
    counts: ['booleans ok: 3'],
  },
  {
    title: 'standardize only in the columns named',
    rules: '{standardize: {rules: [whitespace], columns: [a]}}',
    input: 'a,b\n" x"," x"\n"y ",y',
    output: 'a,b\nx," x"\ny,y',
    counts: ['whitespace a: 2'],
  },

  // deduplicate
  {
    title: 'deduplicate the whole row, compared as standardised; the row that stays is the first',
    rules: '{standardize: [whitespace]}, {deduplicate: {keys: auto}}',
    input: 'id,name,n\n1,Ann,1.0\n1," Ann",1\n2,Bob,1\n3,Cy,5\n4,Dan,6\n1,Ann,1.0\n5,Eve,7\n6,Flo,8',
    output: 'id,name,n\n1,Ann,1.0\n2,Bob,1.0\n3,Cy,5.0\n4,Dan,6.0\n5,Eve,7.0\n6,Flo,8.0',
    duplicates: ['2 → 1', '6 → 1'],
  },
  {
    title: 'deduplicate by a key: the first stays',
    rules: '{deduplicate: {keys: [id]}}',
    input: 'id,v\n1,a\n2,b\n1,c\n1,d',
    output: 'id,v\n1,a\n2,b',
    duplicates: ['3 → 1', '4 → 1'],
  },
  {
    title: 'deduplicate by a key: the last stays',
    rules: '{deduplicate: {keys: [id], keep: last}}',
    input: 'id,v\n1,a\n2,b\n1,c\n1,d',
    output: 'id,v\n2,b\n1,d',
    duplicates: ['1 → 4', '3 → 4'],
  },
  {
    title: 'deduplicate by two columns, in any case of their names; a missing part makes no key',
    rules: '{deduplicate: {keys: [A, b]}}',
    input: 'a,b,c\n1,x,1\n1,x,2\n1,,3\n1,,4\n1,y,5',
    output: 'a,b,c\n1,x,1\n1,~,3\n1,~,4\n1,y,5',
    duplicates: ['2 → 1'],
  },
  {
    title: 'deduplicate whole rows: two missing cells are the same',
    rules: '{deduplicate: {keys: auto}}',
    input: 'a,b\n1,\n1,NA\n2,x\n3,y\n4,z\n5,w\n6,v\n7,u',
    output: 'a,b\n1,~\n2,x\n3,y\n4,z\n5,w\n6,v\n7,u',
    duplicates: ['2 → 1'],
  },
  {
    title: 'deduplicate auto: rows of few different values are equal by chance',
    rules: '{deduplicate: {keys: auto}}',
    input: 'a,b\nyes,1\nno,2\nyes,1\nno,1\nyes,2\nno,2',
    output: 'a,b\ntrue,1\nfalse,2\ntrue,1\nfalse,1\ntrue,2\nfalse,2',
    decisions: ['deduplicate : leave'],
  },

  // outliers
  ...(
    [
      [
        'flag',
        'id,v,is_outlier\n1,10,false\n2,11,false\n3,12,false\n4,13,false\n5,14,false\n6,1000,true\n7,~,false',
        ['outliers v: 1'],
        undefined,
      ],
      ['cap', 'id,v\n1,10\n2,11\n3,12\n4,13\n5,14\n6,17\n7,~', ['outliers v: 1'], undefined],
      ['"null"', 'id,v\n1,10\n2,11\n3,12\n4,13\n5,14\n6,~\n7,~', ['outliers v: 1'], undefined],
      ['quarantine', 'id,v\n1,10\n2,11\n3,12\n4,13\n5,14\n7,~', ['outliers v: 1'], ['7 outliers v']],
    ] as const
  ).map(
    ([action, output, counts, quarantined]): Case => ({
      // quartiles of 10 11 12 13 14 1000: 11.25 and 13.75, so the fences are 7.5 and 17.5
      title: `outliers iqr: ${action}`,
      rules: `{outliers: {columns: [v], method: iqr, action: ${action}}}`,
      input: 'id,v\n1,10\n2,11\n3,12\n4,13\n5,14\n6,1000\n7,',
      output,
      counts,
      ...(quarantined === undefined ? {} : { quarantined }),
    }),
  ),
  {
    // mean 2, deviation √(30/9) = 1.83 of nine 1 … no: of eight 0, one 0, one 20: mean 2, deviation 6.3246, bound 2 + 2.5 · 6.3246 = 17.8
    title: 'outliers zscore, with a threshold of its own',
    rules: '{outliers: {columns: [v], method: zscore, threshold: 2.5, action: cap}}',
    input: `v,w\n${'0,1\n'.repeat(9)}20,1`,
    output: `v,w\n${'0,1\n'.repeat(9)}17,1`,
    counts: ['outliers v: 1'],
  },
  {
    // median 3, absolute deviations 2 1 0 1 2 97: their median 1.5; bound 3.5 · 1.4826 · 1.5 = 7.78; median of 1 2 3 4 5 100 is 3.5
    title: 'outliers mad: null',
    rules: '{outliers: {columns: [v], method: mad, action: "null"}}',
    input: 'v,w\n1,1\n2,1\n3,1\n4,1\n5,1\n100,1',
    output: 'v,w\n1,1\n2,1\n3,1\n4,1\n5,1\n~,1',
    counts: ['outliers v: 1'],
  },
  {
    title: 'outliers below as well as above, of very small numbers',
    rules: '{outliers: {columns: [v], method: iqr, action: quarantine}}',
    input: 'id,v\n1,0.0000010\n2,0.0000011\n3,0.0000012\n4,0.0000013\n5,0.0000014\n6,-0.1\n7,0.1',
    output: 'id,v\n1,1e-06\n2,1.1e-06\n3,1.2e-06\n4,1.3e-06\n5,1.4e-06',
    quarantined: ['7 outliers v', '8 outliers v'],
  },
  {
    title: 'outliers: a column whose middle half is one value has none',
    rules: '{outliers: {columns: [v], method: iqr, action: quarantine}}',
    input: 'v,w\n5,1\n5,1\n5,1\n5,1\n900,1',
    output: 'v,w\n5,1\n5,1\n5,1\n5,1\n900,1',
    counts: [],
  },
  {
    title: 'outliers in the columns that measure something: not in keys and years',
    rules: '{outliers: {method: iqr, action: "null"}}',
    input: ['order_id,year,v', ...Array.from({ length: 12 }, (_, at) => `${at},${2000 + at},${at}`), '999999,1900,999'].join('\n'),
    output: ['order_id,year,v', ...Array.from({ length: 12 }, (_, at) => `${at},${2000 + at},${at}`), '999999,1900,~'].join('\n'),
    counts: ['outliers v: 1'],
  },

  // consistency
  {
    title: 'consistency: punctuation, spaces and accents do not make another value',
    rules: '{consistency: auto}',
    input: words('USA', 'U.S.A.', 'usa', 'USA', 'Zurich', 'Zürich', 'Zürich', 'UK', '+', '-/-'),
    output: words('USA', 'USA', 'USA', 'USA', 'Zürich', 'Zürich', 'Zürich', 'UK', '+', '-/-'),
    counts: ['consistency word: 3'],
  },
  {
    title: 'consistency in the columns named',
    rules: '{consistency: {columns: [a]}}',
    input: 'a,b\nX Y,X Y\nX-Y,X-Y\nX Y,X Y',
    output: 'a,b\nX Y,X Y\nX Y,X-Y\nX Y,X Y',
    counts: ['consistency a: 1'],
  },

  // map and drop
  {
    title: 'map: given values, and null for those that say nothing',
    rules: '{map: {column: word, values: {UK: United Kingdom, GB: United Kingdom, "?": null}}}',
    input: words('UK', 'GB', 'gb', '?', 'FR', ''),
    output: words('United Kingdom', 'United Kingdom', 'gb', '~', 'FR', '~'),
    counts: ['map word: 3'],
  },
  {
    title: 'map: numbers to numbers',
    rules: '{map: {column: age, values: {"999": null, "7": "8"}}}',
    input: ages('999', '7', '5'),
    output: ages('~', '8', '5'),
    counts: ['map age: 2'],
  },
  {
    title: 'drop: the columns are gone, the rows are not',
    rules: '{drop: [b, C]}',
    input: 'a,b,c\n1,2,3\n4,5,6',
    output: 'a\n1\n4',
    counts: [],
  },

  // one after another
  {
    title: 'rules see what the rules before them made',
    rules:
      '{standardize: [whitespace, case]}, {map: {column: word, values: {Bern: Berne}}}, {missing: {columns: [word], strategy: constant, value: none given}}',
    input: words('Bern', ' bern', 'Bern', '', 'Basel'),
    output: words('Berne', 'Berne', 'Berne', 'none given', 'Basel'),
    counts: ['whitespace word: 1', 'case word: 1', 'map word: 3', 'missing word: 1'],
  },
  {
    title: 'an empty table',
    rules: '{standardize: auto}, {missing: auto}, {deduplicate: {keys: auto}}, {outliers: {}}, {consistency: auto}',
    input: 'a,b',
    output: 'a,b,is_outlier',
    counts: [],
  },
  {
    title: 'one row',
    rules: '{standardize: auto}, {missing: auto}, {deduplicate: {keys: auto}}, {outliers: {}}, {consistency: auto}',
    input: 'a,b\n1,',
    output: 'a,b,is_outlier\n1,~,false',
    counts: [],
  },
]

describe('cleaners', () => {
  it.each(CASES)('$title', async ({ rules, input, discover, output, counts, quarantined, duplicates, decisions }) => {
    const run = await runTable(place, {
      input: `${input}\n`,
      steps: [`{id: tidy, type: clean, with: {rules: [${rules}]}}`],
      ...(discover === undefined ? {} : { discover }),
    })
    expect(run.cause).toBeUndefined()
    const marks = run.columns.filter((column) => / boolean$/.test(column) && column.includes('_imputed '))
    expect(
      asCsv(
        run.columns.filter((column) => !marks.includes(column)),
        run.rows,
      ),
    ).toBe(output)
    // each filled cell is marked, and no other
    const filled = marks.map((column) => {
      const [mark = ''] = column.split(' ')
      return `missing ${mark.replace(/_imputed$/, '')}: ${run.rows.filter((row) => row[mark] === 'true').length}`
    })
    expect(run.counts.filter((count) => count.startsWith('missing ') && run.quarantined.length === 0).sort()).toEqual(
      filled.filter((count) => !count.endsWith(': 0')).sort(),
    )
    if (counts !== undefined) expect([...run.counts].sort()).toEqual([...counts].sort())
    expect(run.quarantined).toEqual(quarantined ?? [])
    expect(run.duplicates).toEqual(duplicates ?? [])
    if (decisions !== undefined) expect(run.decisions).toEqual(decisions)
    expect(run.run.ledger.balanced).toBe(true)
    expect(run.account.quarantined).toBe(quarantined?.length ?? 0)
    expect(run.account.deduplicated).toBe(duplicates?.length ?? 0)
  })

  it('show cells before and after each rule, three at most and no two alike', async () => {
    const run = await runTable(place, {
      input:
        'word,n,day,mail\n bern,1,2024-01-31,A@X.ch\nBern,2,31/01/2024,b@x.ch\nBern,,2024-02-01,F@x.ch\n?!,4,2024-02-02,C@x.ch\nBern,99999,2024-02-03,D@x.ch\n?!,5,2024-02-04,e@x.ch\n',
      steps: [
        '{id: tidy, type: clean, with: {rules: [{standardize: auto}, {map: {column: word, values: {"?!": Basel}}}, {outliers: {columns: [n], action: cap}}, {missing: {columns: [n], strategy: constant, value: 0}}]}}',
      ],
    })
    expect([...(await run.changes())].sort()).toEqual([
      'case word: bern → Bern',
      'dates day: 31/01/2024 → 2024-01-31',
      'emails mail: A@X.ch → a@x.ch',
      'emails mail: C@x.ch → c@x.ch',
      'emails mail: F@x.ch → f@x.ch',
      'map word: ?! → Basel',
      'missing n: ~ → 0',
      // quartiles 2 and 5: the upper fence is 9.5
      'outliers n: 99999 → 9',
      'whitespace word:  bern → bern',
    ])
    expect([...run.counts].sort()).toContain('emails mail: 4')
  })

  it('are all tested here', () => {
    expect(CLEANERS.all.map(({ name }) => name).filter((name) => !CASES.some(({ rules }) => rules.includes(`{${name}:`)))).toEqual([])
  })
})
