/** Rules of a validate step from the items of a list: `order amount > 0`, `customer age between 18 and 120`, `email format is valid`. */
import type { JsonObject } from '#core/json.ts'
import type { Settings } from './meaning.ts'

interface RuleForm {
  readonly pattern: RegExp
  rule(groups: { readonly [name: string]: string }): JsonObject
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['>', '>'],
  ['>=', '>='],
  ['<', '<'],
  ['<=', '<='],
  ['=', '='],
  ['!=', '<>'],
  ['greater than', '>'],
  ['more than', '>'],
  ['less than', '<'],
  ['at least', '>='],
  ['at most', '<='],
])
const OPERATOR = [...OPERATORS.keys()].sort((a, b) => b.length - a.length).join('|')

/** Whom a column is about is rarely a part of its name: the age of a customer is in `age`. */
const WHOM = /^(?:the |a |an |every |each )?(?:customer|user|person|client|employee|patient|student)s?(?:'s)? (?=\S)/i

/** The name of a column as people write it: words joined by `_`. */
const columnOf = (words: string) =>
  words
    .trim()
    .replace(WHOM, '')
    .replace(/^(?:the|a|an|every|each) /i, '')
    .replace(/ (?:must be|should be|has to be|is|are|must|should)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')

const FORMS: readonly RuleForm[] = [
  {
    pattern: new RegExp(`^(?<column>.+?) (?:is |must be |should be )?between (?<min>${NUMBER}) and (?<max>${NUMBER})$`, 'i'),
    rule: ({ column = '', min, max }) => ({ rule_type: 'range', column: columnOf(column), min: Number(min), max: Number(max) }),
  },
  {
    pattern: new RegExp(`^(?<column>.+?) (?:is |must be |should be )?(?<operator>${OPERATOR}) (?<value>${NUMBER})$`, 'i'),
    rule: ({ column = '', operator = '', value }) => ({
      rule_type: 'expression',
      expression: `${columnOf(column)} ${OPERATORS.get(operator.toLowerCase()) ?? '='} ${value}`,
    }),
  },
  {
    pattern: /^e-?mail(?: address(?:es)?)?(?: formats?)? (?:is|are|must be) valid$/i,
    rule: () => ({ rule_type: 'email', column: 'email' }),
  },
  {
    pattern: /^(?:tele)?phone(?: numbers?)?(?: formats?)? (?:is|are|must be) (?:valid|standardi[sz]ed)$/i,
    rule: () => ({ rule_type: 'phone', column: 'phone', severity: 'warning' }),
  },
  {
    pattern: /^(?<column>.+?) (?:is|are|must be) unique$/i,
    rule: ({ column = '' }) => ({ rule_type: 'unique', column: columnOf(column) }),
  },
  {
    pattern: /^(?<column>.+?) (?:is|are|must be) (?:required|not (?:null|empty|missing)|present)$/i,
    rule: ({ column = '' }) => ({ rule_type: 'not_null', column: columnOf(column) }),
  },
]

/** What follows the last item on a line of its own: what to do with violations, which every validate step reports. */
const AFTERWARDS = /\s+(?:return|report|list|log) (?:all |the )?(?:violations?|errors?|rows?)\b.*$/is

export function businessRules(items: readonly string[]): Settings {
  const texts = items.map((item) =>
    item
      .replace(AFTERWARDS, '')
      .replace(/\s+/g, ' ')
      .replace(/[.;,]$/, '')
      .trim(),
  )
  const rules: JsonObject[] = []
  for (const text of texts) {
    const form = FORMS.map(({ pattern, rule }) => ({ groups: pattern.exec(text), rule })).find(({ groups }) => groups !== null)
    if (form === undefined)
      return {
        missing: `no rule is known for the item "${text}"`,
        hint: 'write it as one of: amount > 0; age between 18 and 120; email is valid; phone is valid; id is unique; name is required',
      }
    rules.push(form.rule(form.groups?.groups ?? {}))
  }
  return { with: { rules } }
}
