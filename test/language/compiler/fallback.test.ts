import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { States } from '#asl/machine/asl.ts'
import { complaints } from '../../kit/asl-validator.ts'

const LONG = 'x'.repeat(60)

/** A fallback, or two, for every kind of work, side by side and one after another. */
const TEXT = `version: 1
id: ways
steps:
  - {id: find, type: discover, with: {source: a.csv}, on_error: {fallback: [{source: b.csv}, {source: c.csv}]}}
  - id: look
    parallel:
      - {id: quality, type: profile, on_error: {fallback: [{warn_below: 0.5}]}}
      - {id: trace, type: lineage, loop: {foreach: [a, b], as: one}, with: {namespace: "{{ one }}"}, on_error: {fallback: [{namespace: "x-{{ one }}"}]}}
  - {id: tidy, type: clean, depends_on: [look], with: {rules: [{deduplicate: {keys: [id]}}]}, on_error: {fallback: [{rules: [{deduplicate: {keys: [name]}}]}]}}
  - {id: ${LONG}, type: clean, with: {rules: [{deduplicate: {keys: [id]}}]}, on_error: {continue_on_error: true, fallback: [{rules: [{missing: auto}]}]}}
  - {id: sort, type: transform, with: {operations: [{sort: [id]}]}, on_error: {fallback: [{operations: [{filter: "id > 1"}]}]}}
  - {id: publish, type: export, with: {to: out}, on_error: {fallback: [{to: other}]}}
`.replaceAll('id: sort', 'id: ordered')

function compiled() {
  const result = compile(TEXT, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what }) => what).join('\n'))
  return result
}

/** Names and labels of all states, those within maps and branches too. */
function named(states: States): { names: string[]; labels: string[] } {
  const inner = Object.values(states).flatMap((state) => {
    if (state.Type === 'Map') return [named(state.ItemProcessor.States)]
    return state.Type === 'Parallel' ? state.Branches.map((branch) => named(branch.States)) : []
  })
  const own = Object.values(states).flatMap((state) => (state.Type === 'Map' && state.Label !== undefined ? [state.Label] : []))
  return {
    names: [...Object.keys(states), ...inner.flatMap(({ names }) => names)],
    labels: [...own, ...inner.flatMap(({ labels }) => labels)],
  }
}

describe('a machine with fallbacks', () => {
  it('is one Step Functions takes', () => {
    expect(complaints(compiled().machine)).toEqual([])
  })

  it('has no name twice, and none too long', () => {
    const { names, labels } = named(compiled().machine.States)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name.length > 80)).toEqual([])
    expect(names).toContain('find.instead_2')
    expect(new Set(labels).size).toBe(labels.length)
    expect(labels.filter((label) => label.length > 40)).toEqual([])
  })

  it('finds out for each fallback what its own settings need', () => {
    const { fallbacks } = compiled().plan
    const [other] = fallbacks['tidy'] ?? []
    if (other?.unit !== 'segment') throw new Error('tidy is no segment')
    expect(other.surveys.flatMap(({ key_sets }) => key_sets.map(({ columns }) => columns))).toEqual([['name'], null])
    expect(Object.keys(fallbacks)).toEqual(['find', 'quality', 'trace', 'tidy', LONG, 'ordered', 'publish'])
  })
})
