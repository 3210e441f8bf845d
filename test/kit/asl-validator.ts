/** Checks a machine with the npm package asl-validator, without its known false complaints. */
import { createRequire } from 'node:module'
import type { Machine } from '#asl/machine/asl.ts'
import type { Json } from '#core/json.ts'

interface FalseReject {
  readonly what: string
  /** Evidence that Step Functions accepts it. */
  readonly reason: string
  readonly example: Machine
  /** Rewrites the field so that the validator accepts it. */
  fix(field: string, value: Json): Json | undefined
}

const isExpression = (value: Json) => typeof value === 'string' && /^\{%[\s\S]*%\}$/.test(value)

/** What asl-validator 4.0.0 rejects but the service accepts. */
export const FALSE_REJECTS: readonly FalseReject[] = [
  {
    what: 'an Output that is neither an object nor an expression',
    reason: 'the service ran it (recorded: a Choice with the Output "Default Output block"); the language says any JSON value',
    example: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output: 'a text as it stands', End: true } } },
    fix: (field, value) => {
      const fine = isExpression(value) || (typeof value === 'object' && value !== null && !Array.isArray(value))
      return field === 'Output' && !fine ? '{% null %}' : undefined
    },
  },
  {
    what: 'a Condition that is true or false',
    reason: 'the service ran it (recorded: a Choice with the Condition true)',
    example: {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }] }, B: { Type: 'Succeed' } },
    },
    fix: (field, value) => (field === 'Condition' && typeof value === 'boolean' ? `{% ${value} %}` : undefined),
  },
  {
    what: 'an empty text',
    reason: 'the language says any JSON value; the schema writes "a text that is no expression" with a pattern that asks for a character',
    example: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output: { note: '' }, End: true } } },
    fix: (_field, value) => (value === '' ? 'empty' : undefined),
  },
  {
    what: 'a text of several lines',
    reason:
      'the language says any JSON value; the schema writes "a text that is no expression" with a pattern whose dot matches no line break',
    example: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output: { note: 'one\ntwo' }, End: true } } },
    fix: (_field, value) =>
      typeof value === 'string' && value.includes('\n') && !isExpression(value) ? value.replaceAll('\n', ' ') : undefined,
  },
]

interface ValidatorResult {
  readonly errors: readonly { readonly Message?: string }[]
}
const aslValidator: (machine: unknown) => ValidatorResult = createRequire(import.meta.url)('asl-validator')

/** The package's complaints about a machine; what it rejects wrongly is rewritten first. */
export function validate(machine: Machine): string[] {
  return complaints(repaired(machine as unknown as Json))
}

/** The package's complaints about an unchanged machine. */
export function complaints(machine: unknown): string[] {
  // The package modifies its input.
  return aslValidator(structuredClone(machine)).errors.map((error) => error.Message ?? JSON.stringify(error))
}

function repaired(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => repaired(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      const fix = FALSE_REJECTS.map((one) => one.fix(field, inner)).find((one) => one !== undefined)
      return [field, fix ?? repaired(inner)]
    }),
  )
}
