/** Functions over text. */
import { text as quoted } from '#relational/types/sql.ts'
import { leftTrimmedSql, rightTrimmedSql, trimmedSql } from '#relational/types/white-space.ts'
import { arg, attempt, type CallParts, type FunctionParameter, MAX_CHARACTERS, type RowFunction } from '../function.ts'

const TEXT: FunctionParameter = { name: 'text', kind: 'text' }
const LENGTH: FunctionParameter = { name: 'length', kind: 'integer' }

/** A function that DuckDB has under the same name and that is safe for all values. */
const plain = (
  name: string,
  parameters: readonly FunctionParameter[],
  result: 'text' | 'integer' | 'boolean',
  doc: string,
  example: RowFunction['example'],
  aliases: readonly string[] = [],
): RowFunction => ({ name, aliases, parameters, result, doc, example, sql: ({ args }) => `${name}(${args.join(', ')})` })

/** Positions beyond 32 bits give NULL: DuckDB fails on some of them. */
const short = (integer: string) => `TRY_CAST(${integer} AS INTEGER)`

function padded(side: 'lpad' | 'rpad', call: CallParts): string {
  const fill = call.args[2] ?? "' '"
  const length = arg(call, 1)
  // DuckDB treats negative lengths as 0, but fails on an empty filling unless the text is cut
  return call.once(
    length,
    (n) => `CASE WHEN ${n} <= ${MAX_CHARACTERS} THEN ${attempt(`${side}(${arg(call, 0)}, ${short(n)}, ${fill})`)} END`,
  )
}

const pad = (name: 'lpad' | 'rpad', where: string, result: string): RowFunction => ({
  name,
  aliases: [],
  parameters: [TEXT, LENGTH, { name: 'filling', kind: 'text', optional: true }],
  result: 'text',
  doc: `Pads the text ${where} to a length (default filling: spaces), or cuts its end.`,
  example: { expression: `${name}(7, 3, '0')`, result },
  sql: (call) => padded(name, call),
})

function repeated(call: CallParts): string {
  return call.once(arg(call, 0), (value) =>
    call.once(
      arg(call, 1),
      (times) =>
        `CASE WHEN ${times} <= 0 THEN repeat(${value}, 0) WHEN ${times} <= ${MAX_CHARACTERS} AND ${times} * length(${value}) <= ${MAX_CHARACTERS} THEN repeat(${value}, ${times}) END`,
    ),
  )
}

function replaced(call: CallParts): string {
  const [old, fresh] = [arg(call, 1), arg(call, 2)]
  const [oldText, freshText] = [call.texts[1], call.texts[2]]
  const grows = oldText === undefined || freshText === undefined || [...freshText].length > [...oldText].length
  if (!grows) return `replace(${arg(call, 0)}, ${old}, ${fresh})`
  return call.once(arg(call, 0), (value) =>
    call.once(old, (o) =>
      call.once(fresh, (f) => {
        const result = `replace(${value}, ${o}, ${f})`
        const exact = `length(${value}) + (length(${value}) - length(replace(${value}, ${o}, ''))) // length(${o}) * (length(${f}) - length(${o}))`
        return `CASE WHEN length(${f}) <= length(${o}) OR length(${value}) * length(${f}) <= ${MAX_CHARACTERS} OR ${exact} <= ${MAX_CHARACTERS} THEN ${result} END`
      }),
    ),
  )
}

const TRIMS = { trim: trimmedSql, ltrim: leftTrimmedSql, rtrim: rightTrimmedSql } as const

const trimming = (name: keyof typeof TRIMS, where: string, example: RowFunction['example']): RowFunction => ({
  name,
  aliases: [],
  parameters: [TEXT, { name: 'characters', kind: 'text', optional: true }],
  result: 'text',
  doc: `The text without white space (or the given characters) at ${where}; includes zero-width white space.`,
  example,
  sql: (call) => (call.args[1] === undefined ? TRIMS[name](arg(call, 0)) : `${name}(${call.args.join(', ')})`),
})

const WORD = "[\\p{L}\\p{N}'’]+|[^\\p{L}\\p{N}'’]+"

export const TEXT_FUNCTIONS: readonly RowFunction[] = [
  plain('upper', [TEXT], 'text', 'The text in upper case.', { expression: "upper('Straw')", result: 'STRAW' }, ['ucase']),
  plain('lower', [TEXT], 'text', 'The text in lower case.', { expression: "lower('Straw')", result: 'straw' }, ['lcase']),
  {
    name: 'initcap',
    aliases: ['title'],
    parameters: [TEXT],
    result: 'text',
    doc: 'Each word with a capital first letter and the rest in lower case; an apostrophe is part of its word.',
    example: { expression: "initcap('anna o''hara VAN-DYKE')", result: "Anna O'hara Van-Dyke" },
    sql: (call) =>
      call.once(
        arg(call, 0),
        (value) =>
          `coalesce(list_aggregate(list_transform(regexp_extract_all(${value}, ${quoted(WORD)}), lambda word: upper(word[1]) || lower(word[2:])), 'string_agg', ''), ${value})`,
      ),
  },
  trimming('trim', 'both ends', { expression: "trim('  a b ')", result: 'a b' }),
  trimming('ltrim', 'its start', { expression: "ltrim('007', '0')", result: '7' }),
  trimming('rtrim', 'its end', { expression: "rtrim('a  ')", result: 'a' }),
  {
    name: 'substr',
    aliases: ['substring'],
    parameters: [TEXT, { name: 'start', kind: 'integer' }, { ...LENGTH, optional: true }],
    result: 'text',
    doc: 'A part of the text from a position (the first is 1, -1 is the last), up to a number of characters.',
    example: { expression: "substr('Electronics', 1, 3)", result: 'Ele' },
    sql: (call) => {
      const [length] = call.args.slice(2)
      if (length === undefined) return `substr(${arg(call, 0)}, ${short(arg(call, 1))})`
      return call.once(length, (n) => `CASE WHEN ${n} >= 0 THEN substr(${arg(call, 0)}, ${short(arg(call, 1))}, ${short(n)}) END`)
    },
  },
  {
    name: 'left',
    aliases: [],
    parameters: [TEXT, LENGTH],
    result: 'text',
    doc: 'The first characters; with a negative number, all but that many at the end.',
    example: { expression: "left('abcdef', 2)", result: 'ab' },
    sql: (call) => `"left"(${arg(call, 0)}, ${short(arg(call, 1))})`,
  },
  {
    name: 'right',
    aliases: [],
    parameters: [TEXT, LENGTH],
    result: 'text',
    doc: 'The last characters; with a negative number, all but that many at the start.',
    example: { expression: "right('abcdef', 2)", result: 'ef' },
    sql: (call) => `"right"(${arg(call, 0)}, ${short(arg(call, 1))})`,
  },
  plain('length', [TEXT], 'integer', 'The number of characters.', { expression: "length('naïve')", result: 5 }, ['len', 'char_length']),
  {
    name: 'concat',
    aliases: [],
    parameters: [{ name: 'value', kind: 'text', variadic: true }],
    result: 'text',
    doc: 'Joins values; missing ones are skipped (with ||, one missing value makes the result missing).',
    example: { expression: "concat('a', NULL, 7)", result: 'a7' },
    sql: ({ args }) => `concat(${args.join(', ')})`,
  },
  {
    name: 'concat_ws',
    aliases: [],
    parameters: [
      { name: 'separator', kind: 'text' },
      { name: 'value', kind: 'text', variadic: true },
    ],
    result: 'text',
    doc: 'Joins values with a separator; missing ones are skipped.',
    example: { expression: "concat_ws(', ', 'Berlin', NULL, 'DE')", result: 'Berlin, DE' },
    sql: ({ args }) => `concat_ws(${args.join(', ')})`,
  },
  {
    name: 'replace',
    aliases: [],
    parameters: [TEXT, { name: 'old', kind: 'text' }, { name: 'new', kind: 'text' }],
    result: 'text',
    doc: 'The text with every occurrence of one text replaced by another.',
    example: { expression: "replace('1,234,567', ',', '')", result: '1234567' },
    sql: replaced,
  },
  pad('lpad', 'on the left', '007'),
  pad('rpad', 'on the right', '700'),
  {
    name: 'repeat',
    aliases: [],
    parameters: [TEXT, { name: 'times', kind: 'integer' }],
    result: 'text',
    doc: 'Repeats the text.',
    example: { expression: "repeat('ab', 3)", result: 'ababab' },
    sql: repeated,
  },
  plain('reverse', [TEXT], 'text', 'The characters in reverse order.', { expression: "reverse('abc')", result: 'cba' }),
  {
    name: 'split_part',
    aliases: [],
    parameters: [TEXT, { name: 'separator', kind: 'text' }, { name: 'number', kind: 'integer' }],
    result: 'text',
    doc: 'One of the parts between separators (the first is 1, -1 is the last); missing if there are fewer.',
    example: { expression: "split_part('2024-05-17', '-', 2)", result: '05' },
    // DuckDB loses the type if the number is NULL, and splits nothing where the separator is NULL
    sql: (call) => {
      const split = (separator: string) => `CAST(string_split(${arg(call, 0)}, ${separator})[${short(arg(call, 2))}] AS VARCHAR)`
      if (call.texts[1] !== undefined) return split(arg(call, 1))
      return call.once(arg(call, 1), (separator) => `CASE WHEN ${separator} IS NOT NULL THEN ${split(separator)} END`)
    },
  },
  plain('starts_with', [TEXT, { name: 'start', kind: 'text' }], 'boolean', 'Whether the text starts with another.', {
    expression: "starts_with('DE-123', 'DE')",
    result: true,
  }),
  plain('ends_with', [TEXT, { name: 'end', kind: 'text' }], 'boolean', 'Whether the text ends with another.', {
    expression: "ends_with('a.csv', '.csv')",
    result: true,
  }),
  plain('contains', [TEXT, { name: 'part', kind: 'text' }], 'boolean', 'Whether the text contains another.', {
    expression: "contains('abc', 'b')",
    result: true,
  }),
  plain(
    'strpos',
    [TEXT, { name: 'part', kind: 'text' }],
    'integer',
    'The position of a text in another, from 1; 0 if it is not found.',
    { expression: "strpos('abc', 'c')", result: 3 },
    ['position', 'instr'],
  ),
  plain(
    'strip_accents',
    [TEXT],
    'text',
    'The letters without accents.',
    { expression: "strip_accents('Müller, José')", result: 'Muller, Jose' },
    ['unaccent'],
  ),
  plain('md5', [TEXT], 'text', 'The MD5 digest, in 32 hexadecimal digits; not suitable for secrets.', {
    expression: "md5('a')",
    result: '0cc175b9c0f1b6a831c399e269772661',
  }),
  plain('sha256', [TEXT], 'text', 'The SHA-256 digest, in 64 hexadecimal digits.', {
    expression: "left(sha256('a'), 16)",
    result: 'ca978112ca1bbdca',
  }),
  {
    name: 'hash',
    aliases: [],
    parameters: [{ name: 'value', kind: 'text', variadic: true }],
    result: 'integer',
    doc: 'A number from 0 to 2⁵², the same for the same values: the first 13 hexadecimal digits of the MD5 digest of their texts, joined by U+001F, with U+0000 for a missing value.',
    example: { expression: "hash('a')", result: 224400693268251 },
    sql: ({ args }) =>
      `TRY_CAST('0x' || "left"(md5(concat_ws(chr(31), ${args.map((value) => `coalesce(${value}, chr(0))`).join(', ')})), 13) AS BIGINT)`,
  },
]
