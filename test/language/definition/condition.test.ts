import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { assetsFrom } from '#language/definition/asset-reader.ts'
import { translateCondition } from '#language/definition/condition.ts'
import type { InputDeclaration } from '#language/definition/definition.ts'
import type { Scope } from '#language/definition/scope.ts'
import { kindOf } from '#steps/index.ts'
import { foundIn, stepOf, withSteps } from './problems-of.ts'

const declared = (type: InputDeclaration['type'], rest: Partial<InputDeclaration> = {}): InputDeclaration => ({
  type,
  description: '',
  required: false,
  ...rest,
})

const scope: Scope = {
  inputs: new Map([
    ['kind', declared('string', { default: 'a', enum: ['a', 'b'] })],
    ['text', declared('string', { default: "it's" })],
    ['count', declared('integer', { default: 3 })],
    ['maybe', declared('integer')],
    ['flag', declared('boolean', { default: true })],
    ['unset', declared('boolean')],
  ]),
  steps: new Map([
    ['find', kindOf('discover')],
    ['skipped', kindOf('discover')],
  ]),
  before: new Set(['find', 'skipped']),
  assets: assetsFrom(undefined),
  complete: { inputs: true, steps: true },
  item: undefined,
  pipeline: { id: 'p', name: 'P' },
  connections: new Map(),
}

const variables = {
  inputs: { kind: 'a', text: "it's", count: 3, maybe: null, flag: true, unset: null },
  run: { id: 'r', started_at: '2024-01-31T00:00:00Z', ds: '2024-01-31', ds_nodash: '20240131', ts: '2024-01-31T00:00:00Z' },
  find: { count: 2, bytes: 10 },
  skipped: {},
}

function translated(text: string): string {
  const condition = translateCondition(text, scope)
  if ('problems' in condition) throw new Error(condition.problems.map(({ what }) => what).join('; '))
  return condition.source
}

const evaluated = (text: string): Promise<unknown> => jsonata(translated(text)).evaluate({}, variables)

describe('conditions', () => {
  it.each([
    ["{{ kind }} == 'a'", "($inputs.kind = 'a')"],
    ["{{kind}}!='b'", "($inputs.kind != 'b')"],
    ['{{ inputs.count }} >= 3 && {{ flag }}', '(($inputs.count >= 3) and $inputs.flag)'],
    ['!({{ flag }} == true)', '$not(($inputs.flag = true))'],
    ['{{ find.result.count }} > 0', '($exists($find.count) and $find.count != null ? $find.count > 0 : false)'],
    ['{{ find.result.count }} == 0', '(($exists($find.count) ? $find.count : null) = 0)'],
    ['"x" == {{ text }}', "('x' = $inputs.text)"],
    ["{{ pipeline.name }} == 'P'", "('P' = 'P')"],
    ['{{ flag }}', '$inputs.flag = true'],
    ['true', 'true'],
  ])('%s', (text, source) => {
    expect(translated(text)).toBe(source)
  })

  it.each([
    ["{{ kind }} == 'a'", true],
    ["{{ kind }} == 'b'", false],
    [`{{ text }} == "it's"`, true],
    ['{{ count }} > 2 && {{ count }} < 4', true],
    ['{{ count }} > 2 and not {{ flag }}', false],
    ['{{ count }} > 5 || {{ flag }}', true],
    ["{{ kind }} == 'b' || {{ kind }} == 'a' && {{ flag }}", true],
    ["({{ kind }} == 'b' || {{ kind }} == 'a') && !{{ flag }}", false],
    ['{{ maybe }} > 0', false],
    ['{{ maybe }} <= 0', false],
    ['{{ maybe }} == null', true],
    ['{{ maybe }} != null', false],
    ['{{ unset }}', false],
    ['!{{ unset }}', true],
    ['!{{ flag }}', false],
    ['{{ find.result.count }} == 2', true],
    ['{{ skipped.result.count }} > 0', false],
    ['0 < {{ skipped.result.count }}', false],
    ['{{ skipped.result.count }} < {{ find.result.count }}', false],
    ['{{ skipped.result.count }} == null', true],
    ['{{ skipped.result.count }} != 2', true],
    ["{{ ds }} >= '2024-01-01' && {{ run.ds_nodash }} == '20240131'", true],
    ["{{ count }} == -3 || '&& || !' == 'x'", false],
  ])('%s is %s in the machine', async (text, expected) => {
    expect(await evaluated(text)).toBe(expected)
  })

  it.each([
    ['{{ kind }} = 1', 11, 'unknown character `=` in a condition'],
    ['{{ kind }} == b', 14, 'is neither a reference nor a quoted text'],
    ["{{ kind }} == 'a", 14, 'is not closed'],
    ['{{ kind', 0, 'is not closed'],
    ['{{ count }}', 0, 'is not true or false'],
    ['{{ find.result.count }} && true', 0, 'is not true or false'],
    ['{{ count }} > 1 2', 16, 'follows the end'],
    ['({{ count }} > 1', 16, 'is not closed'],
    ['{{ count }} >', 13, 'is incomplete'],
    ['1 < {{ count }} < 3', 16, 'cannot be chained'],
    ['&& true', 0, 'is not allowed here'],
    ["{{ count }} == '3'", 12, 'cannot be compared with'],
    ["{{ flag }} == 'true'", 11, 'cannot be compared with'],
    ["{{ kind }} == 'c'", 11, 'can never be'],
    ['{{ knid }} == 1', 0, 'unknown name'],
    ['true && {{ find.result.cuont }} == 1', 8, 'has no `cuont`'],
    ["{{ kind }} in ['a']", 11, '`in` is neither'],
    ['{{ flag }} == True', 14, '`True` is neither'],
    [`${'('.repeat(5000)}true${')'.repeat(5000)}`, 100, 'more than 100'],
    [`${'!'.repeat(5000)}true`, 100, 'more than 100'],
    ['   ', 0, 'empty'],
  ])('%s is a problem', (text, offset, what) => {
    const condition = translateCondition(text, scope)
    const problems = 'problems' in condition ? condition.problems : []
    expect(problems).toHaveLength(1)
    expect(problems[0]?.offset).toBe(offset)
    expect(problems[0]?.what).toContain(what)
  })

  it('show how to write a name that every object has as a member', () => {
    const condition = translateCondition('{{ kind }} == constructor', scope)
    expect('problems' in condition && condition.problems[0]?.hint).toBe("write {{ constructor }} for a name, or 'constructor' for a text")
  })

  it('are kept as the author wrote them, and compiled', () => {
    const text = withSteps(
      '  - {id: a, type: lineage, condition: "{{ kind }} == \'x\'"}\n  - {id: b, type: lineage, condition: "{% $inputs.kind = \'x\' %}"}\n',
      'inputs: {kind: {type: string, default: x}}\n',
    )
    expect(stepOf(text, 'a')).toMatchObject({ condition: "{% ($inputs.kind = 'x') %}", condition_text: "{{ kind }} == 'x'" })
    expect(stepOf(text, 'b')).toMatchObject({ condition: "{% $inputs.kind = 'x' %}", condition_text: "{% $inputs.kind = 'x' %}" })
  })

  it('have problems at their exact place, and cannot read the item of a loop', () => {
    expect(
      foundIn(withSteps('  - id: a\n    type: lineage\n    condition: >-\n      true &&\n      {{ fnd.result.count }} > 0\n')),
    ).toEqual(['unknown-step at {{ fnd.res'])
    expect(
      foundIn(withSteps('  - {id: a, type: lineage, loop: {foreach: [1], as: x}, condition: "{{ x }} == 1 || {{ item }} == 2"}\n')),
    ).toEqual(['item-outside-loop at {{ x }} ==', 'item-outside-loop at {{ item }}'])
  })
})
