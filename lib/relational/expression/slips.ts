/** Common mistakes of people who know another language, and what to write instead. */
import type { Token } from './tokens.ts'
import { entryOf } from '#core/text/record.ts'

type Fix = { readonly what: string; readonly hint: string }

const NOW: Fix = {
  what: 'There is no function for the current time: a repeated run would give another result.',
  hint: 'Write {{ ds }} for the date of the run, {{ run.started_at }} for its start.',
}
const CHANCE: Fix = {
  what: 'There are no random numbers in an expression: a repeated run would give another result.',
  hint: 'Use hash(column) for a number that looks random but is always the same for the same row.',
}

/** Functions of other languages, by lower-case name. */
const FOREIGN_FUNCTIONS: Readonly<Record<string, Fix>> = {
  ...Object.fromEntries(
    ['now', 'today', 'current_date', 'current_timestamp', 'current_time', 'getdate', 'sysdate', 'localtimestamp', 'age'].map((name) => [
      name,
      NOW,
    ]),
  ),
  ...Object.fromEntries(['random', 'rand', 'uuid', 'gen_random_uuid', 'newid', 'nextval'].map((name) => [name, CHANCE])),
  ...Object.fromEntries(
    Object.entries({
      extract: 'Write year(x), month(x), hour(x) …',
      date_part: 'Write year(x), month(x), hour(x) …',
      datepart: 'Write year(x), month(x), hour(x) …',
      to_char: 'Write strftime(moment, format), or lpad(number, length, filling).',
      format_date: 'Write strftime(moment, format).',
      str_to_date: 'Write to_date(text, format).',
      strptime: 'Write to_date(text, format) or to_timestamp(text, format).',
      try_strptime: 'Write to_date(text, format) or to_timestamp(text, format).',
      parse_date: 'Write to_date(text, format).',
      to_number: 'Write CAST(x AS float).',
      safe_cast: 'Write CAST(x AS type): values that cannot be cast become missing.',
      convert: 'Write CAST(x AS type).',
      int: 'Write CAST(x AS integer).',
      float: 'Write CAST(x AS float).',
      str: 'Write CAST(x AS text).',
      isnull: 'Write x IS NULL, or ifnull(x, otherwise).',
      isna: 'Write x IS NULL.',
      charindex: 'Write strpos(text, part).',
      log: 'Write ln(x) for the natural logarithm, log10(x) for base 10.',
      decode: 'Write CASE x WHEN … THEN … END.',
      isin: 'Write x IN (…).',
      array_agg: 'Write string_agg(x, separator).',
      list: 'Write string_agg(x, separator).',
      glob: "Write x LIKE 'a%'.",
      exists: 'An expression sees only one row; queries are not supported.',
    }).map(([name, hint]) => [name, { what: `There is no function ${name}.`, hint }]),
  ),
}

/** The fix for a function of another language. */
export const foreignFunction = (name: string): Fix | undefined => entryOf(FOREIGN_FUNCTIONS, name.toLowerCase())

/** SQL words that belong to queries, and words of other languages in the position of an operator. */
const OUT_OF_PLACE: Readonly<Record<string, Fix>> = {
  as: {
    what: 'An expression cannot have an alias.',
    hint: 'Remove AS and what follows; the name is the key of the expression in the YAML.',
  },
  over: {
    what: 'The window is not part of the expression.',
    hint: 'Remove OVER (…); partition and order are settings of the window operation.',
  },
  from: { what: 'An expression is no query: it has no FROM.', hint: 'Write only the expression; it sees the row it is computed for.' },
  where: { what: 'An expression is no query: it has no WHERE.', hint: 'Write only the condition.' },
  group: { what: 'An expression is no query: it has no GROUP BY.', hint: 'Use the aggregate operation for groups.' },
  order: { what: 'An expression is no query: it has no ORDER BY.', hint: 'Use the sort operation to order rows.' },
  limit: { what: 'An expression is no query: it has no LIMIT.', hint: 'Remove it.' },
  union: { what: 'An expression is no query: it has no UNION.', hint: 'Remove it.' },
  collate: { what: 'There is no COLLATE.', hint: 'Compare lower(a) with lower(b) to ignore case.' },
  similar: { what: 'There is no SIMILAR TO.', hint: "Write regexp_matches(text, 'pattern')." },
  glob: { what: 'There is no GLOB.', hint: "Write LIKE 'a%' or regexp_matches(text, 'pattern')." },
  rlike: { what: 'There is no RLIKE.', hint: "Write regexp_matches(text, 'pattern')." },
  regexp: { what: 'There is no REGEXP operator.', hint: "Write regexp_matches(text, 'pattern')." },
  mod: { what: 'There is no MOD operator.', hint: 'Write a % b.' },
  div: { what: 'There is no DIV operator.', hint: 'Write floor(a / b).' },
  xor: { what: 'There is no XOR.', hint: 'For two conditions write a <> b.' },
  isnull: { what: 'There is no ISNULL operator.', hint: 'Write IS NULL.' },
  notnull: { what: 'There is no NOTNULL operator.', hint: 'Write IS NOT NULL.' },
  elif: { what: 'There is no ELIF.', hint: 'Write another WHEN … THEN … before ELSE.' },
  elseif: { what: 'There is no ELSEIF.', hint: 'Write another WHEN … THEN … before ELSE.' },
}

/** First words of statements: an expression cannot start with one. */
const STATEMENTS =
  'select with insert update delete create drop alter attach detach copy pragma set install load export import call explain describe show values truncate use'.split(
    ' ',
  )

/** The fix for a word that is not allowed here; `first` is the first token of the expression. */
export function outOfPlace(token: Token, first: Token | undefined): Fix | undefined {
  if (first?.type === 'word' && STATEMENTS.includes(first.value.toLowerCase()) && first !== token) {
    return {
      what: 'An expression is one value computed from a row; queries and statements are not allowed.',
      hint: `Remove ${first.value.toUpperCase()} and write only the value.`,
    }
  }
  const word = token.value.toLowerCase()
  return token.type === 'word' ? entryOf(OUT_OF_PLACE, word) : undefined
}
