/** Functions with regular expressions (RE2). */
import { arg, attempt, type CallParts, type FunctionParameter, MAX_CHARACTERS, type RowFunction } from '../function.ts'

const TEXT: FunctionParameter = { name: 'text', kind: 'text' }
const PATTERN: FunctionParameter = { name: 'pattern', kind: 'pattern' }

/**
 * A literal pattern was validated and is compiled once. A pattern from the row may be invalid: it is bound to a name, because DuckDB
 * compiles constants while planning the query, outside of TRY.
 */
const withPattern = (call: CallParts, build: (pattern: string) => string) =>
  call.texts[1] === undefined ? call.bind(arg(call, 1), (pattern) => attempt(build(pattern))) : build(arg(call, 1))

function replaced(call: CallParts): string {
  const options = call.texts[3] === undefined ? '' : `, '${call.texts[3]}'`
  const bounded = (value: string, pattern: string, fresh: string) => {
    const result = `regexp_replace(${value}, ${pattern}, ${fresh}${options})`
    if (call.texts[2] === '') return result
    // each match becomes the new text, in which each `\1` (two characters) may become as long as the whole text
    const matches = options.includes('g') ? `len(regexp_extract_all(${value}, ${pattern}))` : '1'
    const quick = `(length(${value}) + 1) * (length(${fresh}) + 1) <= ${MAX_CHARACTERS}`
    const exact = `length(${value}) * (1 + length(${fresh}) // 2) + ${matches} * length(${fresh}) <= ${MAX_CHARACTERS}`
    return `CASE WHEN ${quick} OR ${exact} THEN ${result} END`
  }
  return call.once(arg(call, 0), (value) =>
    call.once(arg(call, 2), (fresh) => withPattern(call, (pattern) => bounded(value, pattern, fresh))),
  )
}

export const PATTERN_FUNCTIONS: readonly RowFunction[] = [
  {
    name: 'regexp_matches',
    aliases: ['regexp_like'],
    parameters: [TEXT, PATTERN, { name: 'options', kind: 'flags', choices: ['i'], optional: true }],
    result: 'boolean',
    doc: "Whether the pattern matches anywhere in the text (use '^…$' for the whole text); the option 'i' ignores case.",
    example: { expression: "regexp_matches('AB-1234', '^[A-Z]{2}-\\d+$')", result: true },
    sql: (call) => {
      const options = call.texts[2] === undefined ? '' : `, '${call.texts[2]}'`
      return withPattern(call, (pattern) => `regexp_matches(${arg(call, 0)}, ${pattern}${options})`)
    },
  },
  {
    name: 'regexp_replace',
    aliases: [],
    parameters: [TEXT, PATTERN, { name: 'new', kind: 'text' }, { name: 'options', kind: 'flags', choices: ['g', 'i'], optional: true }],
    result: 'text',
    doc: "Replaces the first match (all matches with the option 'g'); \\1 in the new text is the first group.",
    example: { expression: "regexp_replace('+49 (0) 30-12', '[^0-9]+', '', 'g')", result: '4903012' },
    sql: replaced,
  },
  {
    name: 'regexp_extract',
    aliases: [],
    parameters: [
      TEXT,
      PATTERN,
      { name: 'group', kind: 'word', choices: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], optional: true },
    ],
    result: 'text',
    doc: 'The first match, or its group with the given number; missing if there is no match or it is empty.',
    example: { expression: "regexp_extract('order 4711 of 2024', 'order (\\d+)', 1)", result: '4711' },
    sql: (call) => {
      const group = call.texts[2] === undefined ? '' : `, ${call.texts[2]}`
      const found = withPattern(call, (pattern) => `regexp_extract(${arg(call, 0)}, ${pattern}${group})`)
      return call.once(found, (value) => `CASE WHEN ${value} <> '' THEN ${value} END`)
    },
  },
]
