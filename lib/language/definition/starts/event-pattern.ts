/** Checks event patterns of EventBridge in `filter_criteria`. Source: EventBridge user guide, "Comparison operators". */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from '../build-values.ts'
import type { CheckContext } from '../check-shape.ts'
import { type Path, report } from '../parse-context.ts'
import { shown } from '#language/inputs/shown.ts'

/** Parts of an event that a filter can match; `source` and `detail-type` are separate keys of the trigger. */
const PARTS = ['detail', 'account', 'region', 'resources', 'time', 'id', 'version']
const OPERATORS = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'anything-but', 'numeric', 'exists']

/** Reports an invalid pattern. A pattern is a mapping whose leaves are lists of allowed values or comparisons. */
export function checkPattern(pattern: JsonObject, path: Path, context: CheckContext): void {
  const no = (place: Path, what: string, hint: string, at: 'key' | 'value' = 'value') =>
    report(context, 'invalid-pattern', place, { what, hint }, { at })
  for (const key of Object.keys(pattern)) {
    if (PARTS.includes(key)) continue
    const meant = nearest(key, PARTS)
    if (key === 'source' || key === 'detail-type') {
      no(
        [...path, key],
        `\`${key}\` cannot be used in the filter`,
        `use \`${key === 'source' ? 'source' : 'event_type'}\` beside \`filter_criteria\``,
        'key',
      )
    } else {
      const hint = meant === undefined ? `write \`detail: {${key}: …}\` if it is part of the detail; ` : `did you mean \`${meant}\`? `
      no([...path, key], `an event has no \`${key}\``, `${hint}parts: ${PARTS.join(', ')}`, 'key')
    }
  }
  walk(pattern, path)

  function walk(value: Json, place: Path): void {
    if (isMapping(value)) {
      if (Object.keys(value).length === 0) no(place, 'the pattern is empty here', 'add a condition, or remove it')
      for (const [key, entry] of Object.entries(value)) {
        const alternatives = key === '$or' && Array.isArray(entry) ? [...entry.entries()] : []
        for (const [at, one] of alternatives) walk(one, [...place, key, at])
        if (alternatives.length === 0) walk(entry, [...place, key])
      }
    } else if (!Array.isArray(value)) {
      no(place, `the pattern is ${shown(value)} here`, `write a list of allowed values: [${String(value)}]`)
    } else if (value.length === 0) no(place, 'the list of allowed values is empty', 'add at least one value')
    else for (const [at, one] of value.entries()) comparison(one, [...place, at])
  }

  function comparison(value: Json, place: Path): void {
    if (Array.isArray(value)) no(place, 'lists cannot be nested', 'write all values in one list')
    if (!isMapping(value)) return
    const [operator = '', second] = Object.keys(value)
    if (OPERATORS.includes(operator) && second === undefined) return
    const meant = nearest(operator, OPERATORS)
    const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}a comparison is a mapping with one of ${OPERATORS.join(', ')}`
    no(
      operator === '' ? place : [...place, second ?? operator],
      `${shown(value)} is not a comparison`,
      hint,
      operator === '' ? 'value' : 'key',
    )
  }
}
