/** Every cell operation: it never fails whatever the cell holds, it says truly which cells it changes, and its known results. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Once, sqlType } from '#relational/types/sql.ts'
import type { Options } from '#relational/cells/cell.ts'
import { CELL_OPERATIONS, cellOperation } from '#relational/cells/index.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const US = { country_code: '1', trunk_prefix: '1', international_prefix: '011', lengths: [10], pattern: '[2-9][0-9]{9}' }

/** Options every operation is tried with, and the type of column it is for. */
const TRIED: { readonly [name: string]: readonly (readonly [ColumnType, Options])[] } = {
  amount_mark: [['text', {}]],
  amount_number: [['text', { decimal: '.', grouping: ',', symbols: [], precision: 12, scale: 2 }]],
  trim: [['text', {}]],
  null_values: [
    ['text', { tokens: NULL_VALUES }],
    ['text', { tokens: [] }],
  ],
  parse_integer: [
    ['text', { decimal: '.', grouping: '', symbols: [] }],
    ['text', { decimal: ',', grouping: '.', symbols: ['€'] }],
  ],
  parse_float: [
    ['text', { decimal: '.', grouping: ',', symbols: ['$', 'EUR'] }],
    ['text', { decimal: ',', grouping: ' ', symbols: [] }],
  ],
  parse_decimal: [
    ['text', { decimal: '.', grouping: ',', symbols: ['$'], precision: 9, scale: 2 }],
    ['text', { decimal: ',', grouping: '.', symbols: [], precision: 38, scale: 20 }],
  ],
  parse_boolean: [['text', {}]],
  formula_text: [['text', {}]],
  repair_encoding: [['text', {}]],
  parse_date: [
    ['text', { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y', '%d/%m/%y', '%b %d, %Y'] }],
    ['text', { to: 'timestamp', formats: ['%Y-%m-%dT%H:%M:%S%z', '%m/%d/%Y %I:%M %p', 'epoch_s', 'epoch_ms'] }],
  ],
  lower: [['text', {}]],
  upper: [['text', {}]],
  replace_values: [['text', { values: { a: 'b', "it's": null } }]],
  e164: [
    ['text', { plan: US }],
    ['text', { plan: null }],
  ],
  impute: [
    ['text', { value: "it's" }],
    ['integer', { value: 7 }],
    ['float', { value: 0.1 }],
    ['date', { value: '2024-01-01' }],
  ],
  clamp: [
    ['float', { low: -1.5, high: 10 }],
    ['integer', { low: -1.5, high: 10.5 }],
  ],
  null_outside: [['float', { low: -1.5, high: 10 }]],
  cast: [
    ['text', { to: 'integer' }],
    ['float', { to: 'integer' }],
    ['boolean', { to: 'integer' }],
    ['date', { to: 'integer' }],
    ['integer', { to: 'date' }],
    ['text', { to: 'timestamp' }],
  ],
}

const NASTY = [
  '',
  ' ',
  "it's",
  'a',
  ' a ',
  '\t-1\n',
  '1',
  '007',
  '1.5',
  '-2.50',
  '9223372036854775808',
  '1e400',
  'inf',
  'nan',
  '0x1F',
  '1_000',
  '$1,234.50',
  'EUR 3',
  '1.234,5',
  '1 234',
]
const DATES = [
  '2024-01-31',
  '2024-02-30',
  '31/01/2024',
  '1/2/24',
  'Jan 5, 2024',
  '2024-01-31T10:00:00+02:00',
  '2024-01-31 10:00',
  '1706695200',
  '1706695200000',
  '0001-01-01',
  '99999-01-01',
  'infinity',
  'epoch',
]
const OTHERS = [
  'yes',
  'TRUE',
  'n',
  '+1 (555) 010-9999',
  '0044 20 7946 0000',
  '555-0109999',
  'é'.repeat(50),
  '💶',
  '\u00a0x',
  'NULL',
  'n/a',
  '-',
  '"',
  '\\',
  '%',
  '{',
]

/** Python's codec, with the five bytes it has no character for as control characters. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Bytes read in a code page that is not theirs. */
const READ_AS: { readonly [page: string]: (bytes: Buffer) => string } = {
  'ISO-8859-1': (bytes) => bytes.toString('latin1'),
  'Windows-1252': (bytes) => bytes.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80] ?? c),
  'Mac Roman': (bytes) => new TextDecoder('macintosh').decode(bytes),
}

/** The relation with the operation's result as `n`, what it uses more than once named in layers as a lowering does it. */
function layered(source: string, sql: (once: Once) => string): string {
  const layers: string[] = []
  const result = sql((value, build) => {
    layers.push(`${value} AS named${layers.length}`)
    return build(`named${layers.length - 1}`)
  })
  return `SELECT *, ${result} AS n FROM (${layers.reduce((inner, layer) => `SELECT *, ${layer} FROM (${inner})`, source)})`
}

const typed = (type: ColumnType) => (type === 'text' ? 'r0' : `TRY_CAST(r0 AS ${sqlType(type)})`)

const cases = CELL_OPERATIONS.flatMap(({ name }) =>
  (TRIED[name] ?? []).map(([type, options]) => ({ name, type, options, title: `${name} ${type} ${JSON.stringify(options).slice(0, 60)}` })),
)

describe('cell operations', () => {
  it('are all tried here', () => {
    expect(Object.keys(TRIED).sort()).toEqual(CELL_OPERATIONS.map(({ name }) => name).sort())
  })

  it.each(cases)('$title: never fails, changes what it says it changes, and does the same with names', async ({ name, type, options }) => {
    const operation = cellOperation(name)
    const after = operation.type(type, options)
    const cells = fc.oneof(
      fc.constantFrom(...NASTY, ...DATES, ...OTHERS),
      fc.string({ maxLength: 12, unit: 'grapheme' }).filter((cell) => !cell.includes('\0')),
      fc.constant(null),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 60 }), async (all) => {
        const source = `SELECT ${typed(type)} AS c FROM (${cellsRelation(all)})`
        const changes = operation.changes?.('c', options, type) ?? `c IS DISTINCT FROM n`
        const rows = await database.session.rows(
          `SELECT CAST(c AS VARCHAR) AS before, CAST(n AS VARCHAR) AS after, typeof(n) AS type, COALESCE(${changes}, FALSE) AS changed, CAST(m AS VARCHAR) AS repeated FROM (SELECT *, ${operation.sql('c', options, type)} AS m FROM (${layered(source, (once) => operation.sql('c', options, type, once))}))`,
        )
        for (const row of rows) {
          expect(row['repeated']).toBe(row['after'])
          if (row['after'] !== null) expect(row['type']).toBe(sqlType(after))
          // a cell of no characters says nothing, before as after
          if (row['before'] === '') continue
          // a parsed cell is changed when it was written in another form, which its own test knows; of the others it can be seen
          if (!name.startsWith('parse_') && name !== 'cast')
            expect({ ...row, changed: row['changed'] }).toEqual({ ...row, changed: row['before'] !== row['after'] })
          if (name === 'cast') {
            const [before, now] = [row['before'] as string | null, row['after'] as string | null]
            const isOther = now === null || (type === 'float' && after === 'integer' && Number(now) !== Number(before))
            expect(row['changed']).toBe(before !== null && trimmedText(before) !== '' && isOther)
          }
        }
      }),
      { numRuns: 12 },
    )
  })

  it.each(Object.entries(READ_AS))('repair_encoding restores text of each alphabet that was read as %s', async (_, decoded) => {
    const letters = [
      'é',
      'ł',
      'ą',
      'č',
      'ő',
      'ß',
      'ð',
      'λ',
      'ж',
      'Ї',
      'א',
      'ع',
      'ไ',
      '日',
      '本',
      '한',
      '€',
      '–',
      '💶',
      'a',
      'Z',
      ' ',
      '7',
      '.',
    ]
    const texts = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 })
    const { sql } = cellOperation('repair_encoding')
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 30 }), async (all) => {
        const misread = all.map((one) => decoded(Buffer.from(one)))
        const rows = await database.session.rows(`SELECT ${sql('r0', {}, 'text')} AS n FROM (${cellsRelation(misread)})`)
        expect(rows.map((row) => row['n'])).toEqual(all)
      }),
      { numRuns: 12 },
    )
  })

  const known: readonly (readonly [name: string, options: Options, cells: { readonly [before: string]: string | null }])[] = [
    [
      'trim',
      {},
      {
        ' a b\t': 'a b',
        '\r\n': '',
        x: 'x',
        ' ': '',
        ' x': 'x',
        ' x ': 'x',
        '  x': 'x',
        ' \tx': 'x',
        '\tx': 'x',
        ' \u00e9 x': '\u00e9 x',
        ' \u0301x': '\u0301x',
        ' \u00a0x': 'x',
        '\u3000x\u202f': 'x',
        'é\u200b': 'é',
        '\u2060\ufeff': '',
        'x\v\f': 'x',
        '\u200dx\u200c': '\u200dx\u200c',
        '\u0001x': '\u0001x',
        ' !': '!',
        ' \u0001x': '\u0001x',
      },
    ],
    [
      'repair_encoding',
      {},
      {
        'cafÃ©': 'café',
        'caf√©': 'café',
        'â‚¬5': '€5',
        café: 'café',
        'SÃO PAULO': 'SÃO PAULO',
        naïve: 'naïve',
        Ã: 'Ã',
        'cafÃ©\ufffd': 'cafÃ©\ufffd',
        x: 'x',
      },
    ],
    ['null_values', { tokens: NULL_VALUES }, { NA: null, 'n/a': null, '-': null, '\\N': null, nope: 'nope', '0': '0' }],
    [
      'parse_integer',
      { decimal: '.', grouping: ',', symbols: ['$'] },
      {
        '12': '12',
        '1,234': '1234',
        $5: '5',
        '-$5': '-5',
        '12.0': '12',
        '1.5': null,
        x: null,
        '9007199254740993': '9007199254740993',
        '1e3': null,
        '': null,
      },
    ],
    [
      'parse_float',
      { decimal: '.', grouping: ',', symbols: ['$', 'EUR'] },
      { '$1,234.50': '1234.5', 'EUR 3': '3.0', '3 EUR': '3.0', '.5': '0.5', inf: null, nan: null, '1e400': null, a1: null },
    ],
    ['parse_float', { decimal: ',', grouping: '.', symbols: ['€'] }, { '1.234,5': '1234.5', '3,25 €': '3.25', '1.234': '1234.0' }],
    [
      'parse_decimal',
      { decimal: '.', grouping: ',', symbols: ['$'], precision: 7, scale: 2 },
      {
        '10.5': '10.50',
        '10.500': '10.50',
        '10.505': null,
        '$1,234.50': '1234.50',
        '(1.00)': '-1.00',
        '.5': '0.50',
        '5.': '5.00',
        '-0': '0.00',
        '99999.99': '99999.99',
        '100000': null,
        '1e1': null,
        '007': null,
      },
    ],
    [
      'parse_decimal',
      { decimal: '.', grouping: ',', symbols: [], share: '%', precision: 38, scale: 4 },
      {
        '12.5%': '0.1250',
        '12 %': '0.1200',
        '-0.01%': '-0.0001',
        '0.005%': null,
        '12': null,
        '0.12': null,
        '%': null,
        '1,200%': '12.0000',
        '31415926535897932384626.43%': '314159265358979323846.2643',
      },
    ],
    [
      'parse_decimal',
      { decimal: '.', grouping: '', symbols: [], precision: 38, scale: 2 },
      { '31415926535897932.38': '31415926535897932.38', [`${'9'.repeat(36)}.99`]: `${'9'.repeat(36)}.99`, [`1${'0'.repeat(36)}`]: null },
    ],
    ['parse_boolean', {}, { yes: 'true', N: 'false', TRUE: 'true', maybe: null, '1': null }],
    ['parse_boolean', {}, { ja: 'true', Nein: 'false', OUI: 'true', Sì: 'true', nie: 'false', Да: 'true', нет: 'false', si_: null }],
    ['formula_text', {}, { '="0002"': '0002', '="a""b"': 'a"b', '=""': '', '="open': '="open', '=A1': '=A1', '0002': '0002' }],
    ['parse_date', { to: 'date', formats: ['serial'] }, { '44197': '2021-01-01', '60000': '2064-04-08', x: null, '1e5': null }],
    ['parse_date', { to: 'timestamp', formats: ['serial'] }, { '44197.75': '2021-01-01 18:00:00', '44197': '2021-01-01 00:00:00' }],
    [
      'parse_date',
      { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y', '%m/%d/%y'] },
      {
        '2024-01-31': '2024-01-31',
        '31/12/2024': '2024-12-31',
        '2/3/24': '2024-02-03',
        '2024-02-30': null,
        '2024-01-31 10:00': null,
        epoch: null,
      },
    ],
    [
      'parse_date',
      { to: 'timestamp', formats: ['%Y-%m-%d %H:%M:%S', 'epoch_s'] },
      {
        '2024-01-31 10:00:00': '2024-01-31 10:00:00',
        '2024-01-31T10:00:00Z': '2024-01-31 10:00:00',
        '2024-01-31T10:00:00+02:00': null,
        '2024-01-31 10:00+02': null,
        '1706695200': '2024-01-31 10:00:00',
      },
    ],
    [
      'parse_date',
      { to: 'timestamp', formats: ['%Y-%m-%dT%H:%M:%S%z'] },
      { '2024-01-31T10:00:00+02:00': '2024-01-31 08:00:00', '2024-01-31T10:00:00Z': '2024-01-31 10:00:00' },
    ],
    [
      'e164',
      { plan: US },
      {
        '(555) 010-9999': '+15550109999',
        '555.010.9999': '+15550109999',
        '1 555 010 9999': '+15550109999',
        '+44 20 7946 0000': '+442079460000',
        '011442079460000': '+442079460000',
        '12345': '12345',
        'no phone': 'no phone',
      },
    ],
    [
      'e164',
      {
        plan: { country_code: '683', trunk_prefix: '', international_prefix: '00', lengths: [4, 7], pattern: '(?:[4-7]|888[0-9])[0-9]{3}' },
      },
      { '40 02': '+6834002', '8884012': '+6838884012', '2024': '2024', '40123': '40123' },
    ],
    ['e164', { plan: null }, { '(555) 010-9999': '(555) 010-9999', '+1 555 010 9999': '+15550109999' }],
    ['replace_values', { values: { UK: 'United Kingdom', '?': null } }, { UK: 'United Kingdom', '?': null, FR: 'FR' }],
  ]

  it.each(known)('%s %j gives what it is known to give', async (name, options, cells) => {
    const rows = await database.session.rows(
      `SELECT r0 AS before, CAST(${cellOperation(name).sql('r0', options, 'text')} AS VARCHAR) AS after FROM (${cellsRelation(Object.keys(cells))})`,
    )
    expect(Object.fromEntries(rows.map(({ before, after }) => [before, after]))).toEqual(cells)
  })

  const rewritten: readonly (readonly [name: string, options: Options, yes: readonly string[], no: readonly string[]])[] = [
    ['parse_float', { decimal: '.', grouping: ',', symbols: ['$'] }, ['$5', '1,234', '$1,234.5'], ['5', '1.5', 'x', '-3']],
    ['parse_date', { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] }, ['31/01/2024'], ['2024-01-31', 'x']],
    ['parse_boolean', {}, ['yes', 'N', 'True'], ['true', 'false', 'x']],
  ]

  it.each(rewritten)('%s counts cells that are written in another form', async (name, options, yes, no) => {
    const changes = cellOperation(name).changes?.('r0', options, 'text') ?? ''
    const rows = await database.session.rows(
      `SELECT r0 AS cell, COALESCE(${changes}, FALSE) AS changed FROM (${cellsRelation([...yes, ...no])})`,
    )
    expect(rows.map(({ cell, changed }) => [cell, changed])).toEqual([
      ...yes.map((cell) => [cell, true]),
      ...no.map((cell) => [cell, false]),
    ])
  })
})
