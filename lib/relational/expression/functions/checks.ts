/** Functions that check text. For a missing value the result is missing. */
import { type Once, text as quoted } from '#relational/types/sql.ts'
import { converted, isWritten, momentOf } from '#relational/types/conversion.ts'
import { arg, type FunctionParameter, parsedBy, type RowFunction } from '../function.ts'
import { isEmail } from '#relational/measures/semantic-rules.ts'

const TEXT: FunctionParameter = { name: 'text', kind: 'text' }

const question = (
  name: string,
  doc: string,
  example: RowFunction['example'],
  condition: (value: string, once: Once) => string,
): RowFunction => ({
  name,
  aliases: [],
  parameters: [TEXT],
  result: 'boolean',
  doc,
  example,
  sql: (call) => call.once(arg(call, 0), (value) => condition(value, call.once)),
})

const matches = (value: string, pattern: string) => `regexp_full_match(${value}, ${quoted(pattern)})`
/** Whether a conversion, which gives NULL for invalid text, has succeeded. */
const converts = (value: string, converted: string) => `CASE WHEN ${value} IS NOT NULL THEN ${converted} IS NOT NULL END`

export const CHECK_FUNCTIONS: readonly RowFunction[] = [
  question(
    'is_email',
    'Whether the text has the form of an e-mail address.',
    { expression: "is_email('anna@example.org')", result: true },
    (value) => isEmail(value),
  ),
  question(
    'is_number',
    'Whether the text is a number, such as -12.5 or 1e6.',
    { expression: "is_number('12,5')", result: false },
    (value, once) => converts(value, converted(value, 'text', 'float', once)),
  ),
  question('is_integer', 'Whether the text is a whole number in digits.', { expression: "is_integer('12.5')", result: false }, (value) =>
    isWritten(value, '[+-]?\\d+'),
  ),
  {
    name: 'is_date',
    aliases: [],
    parameters: [TEXT, { name: 'format', kind: 'format', optional: true }],
    result: 'boolean',
    doc: 'Whether the text is a valid date such as 2024-05-17 (a time may follow), or in the given format.',
    example: { expression: "is_date('2024-02-30')", result: false },
    sql: (call) =>
      call.once(arg(call, 0), (value) =>
        converts(value, call.args[1] === undefined ? momentOf(value, 'timestamp', call.once) : parsedBy(call, value)),
      ),
  },
  question(
    'is_uuid',
    'Whether the text is a UUID.',
    { expression: "is_uuid('123e4567-e89b-12d3-a456-426614174000')", result: true },
    (value) => matches(value, '(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'),
  ),
]
