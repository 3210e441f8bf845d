import { describe, expect, it } from 'vitest'
import { inBranch } from '#language/compiler/assemble/branch-scope.ts'
import { compile } from '#language/compiler/compile.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { States } from '#asl/machine/asl.ts'
import type { Json } from '#core/json.ts'

const compiledOf = (steps: string) => {
  const compiled = compile(`version: 1\nid: side_by_side\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n${steps}`, {
    file: 'p.yaml',
  })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('\n'))
  return compiled
}

/** Every expression below a value. */
const sourcesIn = (value: Json): string[] =>
  typeof value === 'string'
    ? [expressionSource(value) ?? ''].filter((source) => source !== '')
    : value === null || typeof value !== 'object'
      ? []
      : Object.values(value).flatMap((inner) => sourcesIn(inner as Json))

describe('steps side by side', () => {
  // a machine whose branches name variables of outside is refused when it is verified
  it.each([
    ['steps that look', '  - parallel:\n      - {id: look, type: profile}\n      - {id: shape, type: schema}\n'],
    [
      'steps that work on rows, each for itself',
      '  - parallel:\n      - {id: tidy, type: clean, with: {rules: [{missing: auto}]}}\n      - {id: check, type: validate, with: {rules: [{rule_type: row_count, min: 1}]}}\n',
    ],
    [
      'steps that may fail, or be skipped',
      '  - {id: trace, type: lineage, condition: "{{ find.result.records }} > 0"}\n  - {id: watch, type: monitor, depends_on: [find], on_error: {continue_on_error: true}}\n',
    ],
    [
      'a loop beside another step',
      '  - {id: regions, type: lineage, loop: {foreach: [a, b]}, with: {namespace: "{{ item }}"}}\n  - {id: watch, type: monitor, depends_on: [find]}\n',
    ],
    ['two sources', '  - {id: more, type: discover, depends_on: [], with: {source: more/*.csv}}\n'],
  ])('compile: %s', (_name, steps) => {
    const { machine } = compiledOf(steps)
    expect(Object.values(machine.States).some(({ Type }) => Type === 'Parallel')).toBe(true)
  })

  it('leave their results to the steps after them, under their own names', () => {
    const { machine } = compiledOf('  - parallel:\n      - {id: look, type: profile}\n      - {id: shape, type: schema}\n')
    const parallel = Object.values(machine.States).find(({ Type }) => Type === 'Parallel') as unknown as {
      Assign: Record<string, string>
      Branches: { States: States }[]
    }
    expect(parallel.Assign['look']).toBe('{% $states.result[0].look %}')
    expect(parallel.Branches[0]?.States['look.done']).toMatchObject({
      Output: { look: '{% $exists($Branch_look) ? $Branch_look : null %}' },
    })
    expect(sourcesIn(parallel.Branches as unknown as Json).filter((source) => /\$(look|Survey_look)\b/.test(source))).toEqual([])
  })
})

describe('inBranch', () => {
  it('renames what is assigned and read, and nothing else', () => {
    const states = {
      a: { Type: 'Pass', Assign: { x: '{% $xy + $x %}', y: { x: '$x is a text' } }, Output: { x: "{% $x.x & '$' %}" }, Next: 'x' },
      x: { Type: 'Succeed' },
    } as unknown as States
    expect(inBranch(states, ['x'])).toEqual({
      a: {
        Type: 'Pass',
        Assign: { Branch_x: '{% $xy + $Branch_x %}', y: { x: '$x is a text' } },
        Output: { x: "{% $Branch_x.x & '$' %}" },
        Next: 'x',
      },
      x: { Type: 'Succeed' },
    })
  })
})
