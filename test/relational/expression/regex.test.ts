/** What the checkers of patterns and formats accept, DuckDB compiles; what they refuse, they place and explain. */
import type { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { FORMAT_LETTERS, formatProblem } from '#relational/expression/formats.ts'
import { EMAIL } from '#relational/types/text-forms.ts'
import * as forms from '#relational/types/text-forms.ts'
import { WHITE_PATTERN } from '#relational/types/white-space.ts'
import { patternProblem } from '#relational/expression/regex.ts'
import { text as quoted } from '#relational/types/sql.ts'
import { column, connect } from './database.ts'
import { runs } from '../../kit/seed.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
})

const compiles = async (pattern: string) => {
  try {
    await connection.run(`SELECT regexp_matches('a', ${quoted(pattern)})`)
    return true
  } catch {
    return false
  }
}

describe('patternProblem', () => {
  it.each([
    '',
    '^[A-Z]{2}-\\d+$',
    '(?i)abc',
    '(?i:a)b',
    '(?P<year>\\d{4})-(?:a|b|)',
    '[^\\]\\\\a-z\\d[:alpha:]-]',
    '[]a]',
    '[\\w-.]',
    'a{2,}?b*?c+?d??',
    'a{',
    'a{,3}',
    '\\x41\\x{1F600}\\pL\\p{Greek}\\P{Lu}\\n\\t\\.',
    '\\bword\\b\\B\\A\\z',
    'größe|数量',
    '(a(b(c)))',
    EMAIL,
    WHITE_PATTERN,
    ...Object.values(forms).filter((form) => typeof form === 'string'),
  ])('accepts %s', async (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined()
    expect(await compiles(pattern)).toBe(true)
  })

  it.each<[pattern: string, at: number, length: number, what: RegExp]>([
    ['(a', 0, 1, /not closed/],
    ['a)', 1, 1, /without an opening/],
    ['[a', 0, 1, /\[ that is not closed/],
    ['a[]', 1, 1, /\[ that is not closed/],
    ['*a', 0, 1, /nothing to repeat/],
    ['a|+', 2, 1, /nothing to repeat/],
    ['a**', 2, 1, /repeated/],
    ['a++', 2, 1, /possessive/],
    ['a{2}{3}', 4, 1, /repeated/],
    ['a{3,2}', 0, 6, /ends before/],
    ['a{1001}', 0, 7, /too often/],
    ['(a{100}){11}', 0, 12, /too often/],
    ['[z-a]', 1, 3, /smaller to a larger/],
    ['[a-\\d]', 1, 4, /smaller to a larger/],
    ['a(?=b)', 1, 3, /Lookahead/],
    ['(?<!a)b', 0, 3, /Lookahead/],
    ['(?<=a)b', 0, 3, /lookbehind/],
    ['(a)\\1', 3, 2, /Backreferences/],
    ['(?P<a>b)(?P=a)', 8, 4, /Backreferences/],
    ['(?>a)', 0, 3, /Atomic/],
    ['(?#c)', 0, 2, /group/],
    ['(?<n>a)', 0, 2, /group/],
    ['a\\', 1, 1, /single backslash/],
    ['\\h', 0, 2, /no meaning/],
    ['\\p{Elvish}', 0, 2, /no meaning/],
    ['[[:fish:]]', 1, 2, /Unknown character class/],
    ['\\pL{900}', 0, 8, /too large/],
    [`${'('.repeat(101)}${')'.repeat(101)}`, 101, 1, /nested/],
  ])('refuses %s', (pattern, at, length, what) => {
    expect(patternProblem(pattern)).toMatchObject({
      at,
      length,
      what: expect.stringMatching(what),
      hint: expect.stringMatching(/\.$|…\)\.?$/),
    })
  })

  it('accepts nothing DuckDB refuses', async () => {
    const piece = fc.constantFrom(
      ...'ab01-^$.|()[]{}*+?,:\\ß🤷'.split(''),
      '\\d',
      '\\pL',
      '\\b',
      '\\Q',
      '\\E',
      '\\x41',
      '\\x{110000}',
      '\\z',
      '\\C',
      '[:alpha:]',
      '(?:',
      '(?i)',
      '(?P<n>',
      '(?s-i:',
      '{2}',
      '{1,3}',
      '{1000}',
      '{0}',
      '[^',
      '[a-z]',
      '\\-',
      '\\8',
    )
    const pattern = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0')),
    )
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(pattern, async (text) => {
        if (patternProblem(text) !== undefined) return
        accepted++
        expect(await compiles(text)).toBe(true)
      }),
      { numRuns: runs(2000) },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  it('keeps what it accepts within the memory of the database', async () => {
    for (const pattern of [
      '\\pL{6}',
      '(?:[^\\w]{50}){20}',
      '\\pL{62}',
      '(?:[^\\w]{1000}){1}[^a]{1000}[^b]{1000}',
      `.{1000}.{1000}.{1000}`,
      '(?:a|b|c){300}',
      '(.{10}){10}',
      '[\\w\\pL\\d]{4}',
      '((((a{2}){2}){2}){2}){2}',
      '.{400}',
      '[^a]{400}',
      '🤷{600}',
      'x{1000}',
    ]) {
      expect(patternProblem(pattern)).toBeUndefined()
      expect(await compiles(pattern)).toBe(true)
    }
  })
})

describe('formatProblem', () => {
  it('accepts every documented letter, and DuckDB reads and writes with it', async () => {
    for (const letter of Object.keys(FORMAT_LETTERS)) {
      expect(formatProblem(letter)).toBeUndefined()
      await connection.run(`SELECT strftime(TIMESTAMP '2024-05-17 15:07:30', '${letter}'), try_strptime('17', '${letter}')`)
    }
  })

  it('accepts nothing DuckDB refuses', async () => {
    const piece = fc.constantFrom('%', '-', ...'YymbBdjaAHIpMSfqQzZUWGVcxXgnsT %'.split(''), '%Y', '%-d', '%H', '%p', '%j', "'", 'é')
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const format = pieces.join('')
        if (formatProblem(format) !== undefined) return
        accepted++
        const result = await connection.runAndReadAll(
          `SELECT try_strptime(t, ${quoted(format)}), strftime(TIMESTAMP '2024-05-17 15:07:30', ${quoted(format)}) FROM (VALUES ('2024-05-17'), ('x'), (''), (NULL)) v(t)`,
        )
        expect(String(result.columnType(0))).toBe('TIMESTAMP')
      }),
      { numRuns: runs(1000) },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  it.each([
    ['%Q', 0, 2],
    ['%d.%', 3, 1],
    ['%Y %-A', 3, 3],
    ['%z', 0, 2],
    ['%-', 0, 2],
  ])('refuses %s', (format, at, length) => {
    expect(formatProblem(format)).toMatchObject({ at, length })
  })

  it('refuses the empty format', () => {
    expect(formatProblem('')?.what).toMatch(/empty/)
  })
})

describe('EMAIL', () => {
  const addresses: [string, boolean][] = [
    ['anna@example.org', true],
    ['a.b+c_d%e@sub.example.co', true],
    ["o'hara@example.ie", true],
    ['x@a-b.example', true],
    ['anna@example', false],
    ['anna.example.org', false],
    ['.anna@example.org', false],
    ['anna.@example.org', false],
    ['an..na@example.org', false],
    ['anna@-example.org', false],
    ['anna@example..org', false],
    ['anna@exa mple.org', false],
    ['anna@@example.org', false],
    [' anna@example.org', false],
    ['anna@example.org\nx', false],
    ['', false],
  ]
  it.each(addresses)('%j: %s', async (address, expected) => {
    expect((await column(connection, `SELECT regexp_full_match(${quoted(address)}, ${quoted(EMAIL)})`)).values).toEqual([expected])
  })
})
