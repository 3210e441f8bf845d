/** Event patterns of EventBridge, as authors write them in `filter_criteria`. Source: EventBridge user guide, "Comparison operators". */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from '../build-values.ts'
import type { CheckContext } from '../check-shape.ts'
import { type Path, report } from '../parse-context.ts'
import { shown } from '#language/inputs/shown.ts'

/** Parts of an event that a filter can look at; its `source` and `detail-type` are said beside it. */
const PARTS = ['detail', 'account', 'region', 'resources', 'time', 'id', 'version']
const OPERATORS = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'anything-but', 'numeric', 'exists']

/** Reports what is no pattern. A pattern is a mapping whose leaves are lists of the values, or comparisons, that are allowed. */
export function checkPattern(pattern: JsonObject, path: Path, checking: CheckContext): void {
  const no = (place: Path, what: string, hint: string, at: 'key' | 'value' = 'value') =>
    report(checking.reading, 'invalid-pattern', place, { what, hint }, { at })
  for (const key of Object.keys(pattern)) {
    if (PARTS.includes(key)) continue
    const meant = nearest(key, PARTS)
    if (key === 'source' || key === 'detail-type') {
      no(
        [...path, key],
        `\`${key}\` stands in the filter`,
        `write \`${key === 'source' ? 'source' : 'event_type'}\` beside \`filter_criteria\``,
        'key',
      )
    } else {
      const hint = meant === undefined ? `write \`detail: {${key}: …}\` if it is a part of the detail; ` : `did you mean \`${meant}\`? `
      no([...path, key], `an event has no \`${key}\``, `${hint}parts: ${PARTS.join(', ')}`, 'key')
    }
  }
  walk(pattern, path)

  function walk(value: Json, place: Path): void {
    if (isMapping(value)) {
      if (Object.keys(value).length === 0) no(place, 'the pattern is empty here', 'name what must hold, or remove it')
      for (const [key, entry] of Object.entries(value)) {
        const alternatives = key === '$or' && Array.isArray(entry) ? [...entry.entries()] : []
        for (const [at, one] of alternatives) walk(one, [...place, key, at])
        if (alternatives.length === 0) walk(entry, [...place, key])
      }
    } else if (!Array.isArray(value)) {
      no(place, `the pattern is ${shown(value)} here`, `write a list of the values allowed: [${String(value)}]`)
    } else if (value.length === 0) no(place, 'the list of allowed values is empty', 'name at least one')
    else for (const [at, one] of value.entries()) comparison(one, [...place, at])
  }

  function comparison(value: Json, place: Path): void {
    if (Array.isArray(value)) no(place, 'a list stands in a list', 'write the values side by side')
    if (!isMapping(value)) return
    const [operator = '', second] = Object.keys(value)
    if (OPERATORS.includes(operator) && second === undefined) return
    const meant = nearest(operator, OPERATORS)
    const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}a comparison is a mapping with one of ${OPERATORS.join(', ')}`
    no(
      operator === '' ? place : [...place, second ?? operator],
      `${shown(value)} is no comparison`,
      hint,
      operator === '' ? 'value' : 'key',
    )
  }
}
