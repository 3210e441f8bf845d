/** Names that meet: ids of an author's beside each other, beside names the compiler makes, and beside members of Object. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { MapState, State, TaskState } from '#asl/machine/asl.ts'
import { complaints } from '../../kit/asl-validator.ts'

const LONG = 'x'.repeat(60)
const FIND = '{id: find, type: discover, with: {source: data/*.csv}}'
const sorted = (id: string) => `{id: ${id}, type: transform, with: {operations: [{sort: [a]}]}}`
const clean = (id: string, more = '') => `{id: ${id}, type: clean, with: {rules: [{missing: auto}]}${more}}`
const publish = (to = 'out', more = '') => `{id: publish, type: export, with: {to: "${to}"}${more}}`

function machineOf(...steps: string[]) {
  const result = compile(`version: 1\nid: names\nsteps:\n${steps.map((one) => `  - ${one}\n`).join('')}`, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what }) => what).join('\n'))
  return result.machine
}

const payloadOf = (state: State | undefined) =>
  (state as TaskState).Arguments as { Payload: { settings: { sink: { with: { to: string } } } } }

describe('ids of steps', () => {
  const definitions: readonly (readonly [name: string, ...steps: string[]])[] = [
    ['the rows of a step across rows', FIND, sorted('t'), clean('t_rows'), publish()],
    ['the rows of a step with the longest id', FIND, sorted(LONG), publish()],
    ['a stage', FIND, '{parallel: [{id: stage_2, type: profile}, {id: stage2, type: lineage}]}', publish()],
    [
      'the sources of a scan',
      FIND,
      clean('find_sources'),
      '{parallel: [{id: look, type: profile}, {id: trace, type: lineage}]}',
      publish(),
    ],
    [
      'a group of parallel steps',
      FIND,
      clean('parallel_1'),
      '{parallel: [{id: look, type: profile}, {id: trace, type: lineage}]}',
      publish(),
    ],
    ['tasks of the machine', FIND, clean('prepare'), clean('finalize'), clean('failed'), clean('init'), publish()],
    [
      'members of Object',
      FIND,
      clean('constructor'),
      sorted('valueof'),
      '{id: hasownproperty, type: profile, depends_on: [find]}',
      publish('out', ', depends_on: [valueof]'),
    ],
    ['a member of Object, in parallel', FIND, '{parallel: [{id: constructor, type: profile}, {id: trace, type: lineage}]}', publish()],
    [
      'a member of Object, with fallbacks',
      FIND,
      clean('constructor', ', on_error: {fallback: [{rules: [{consistency: auto}]}]}'),
      publish(),
    ],
    [
      'words of JSONata',
      FIND,
      clean('if'),
      clean('and'),
      clean('in'),
      clean('function'),
      publish('out/{{ and.result.cells }}-{{ in.result.cells }}'),
    ],
    [
      'beginnings of each other',
      FIND,
      clean('a'),
      clean('a_b'),
      clean('a_b_c', ", condition: '{{ a.result.cells }} > 0'"),
      publish('out/{{ a_b.result.cells }}'),
    ],
  ]

  it.each(definitions)('may be called like %s', (_, ...steps) => {
    expect(complaints(machineOf(...steps))).toEqual([])
  })
})

describe('a step that reads the result of another', () => {
  it('does not share its pass: a setting', () => {
    const { States } = machineOf(FIND, clean('tidy'), publish('out/{{ tidy.result.cells }}'))
    expect(Object.keys(States)).toContain('publish.segment')
    expect(payloadOf(States['publish.commit']).Payload.settings.sink.with.to).toBe(
      "{% 'out/' & $string($exists($tidy.cells) ? $tidy.cells : null) %}",
    )
  })

  it('does not share its pass: a setting in JSONata, and a value of a row expression', () => {
    const states = (step: string) => Object.keys(machineOf(FIND, clean('tidy'), step, publish()).States)
    expect(
      states('{id: other, type: validate, with: {rules: [{rule_type: range, column: a, max: "{% $lookup($tidy, \'cells\') %}"}]}}'),
    ).toContain('other.segment')
    expect(states('{id: other, type: transform, with: {operations: [{filter: "a > {{ tidy.result.cells }}"}]}}')).toContain('other.segment')
  })

  it('shares its pass with a step whose id only stands in a text, or begins like the one it reads', () => {
    const states = Object.keys(
      machineOf(FIND, clean('tidy_up'), clean('tidy', ', fuse: false'), clean('more'), publish('out/$tidy {{ ds }}')).States,
    )
    expect(states).not.toContain('publish.segment')
    expect(Object.keys(machineOf(FIND, clean('tidy'), clean('tidy_up'), publish('out/{{ find.result.count }}')).States)).not.toContain(
      'publish.segment',
    )
  })
})

describe('a branch', () => {
  it('has variables of other names, and texts as they were', () => {
    const machine = machineOf(
      FIND,
      '{parallel: [{id: look, type: profile}, {id: trace, type: lineage, with: {namespace: "costs $trace, $look {{ ds }}"}}]}',
      publish(),
    )
    const text = JSON.stringify(machine)
    expect(text).toContain("'costs $trace, $look '")
    expect(text).toContain('$Branch_look')
  })
})

describe('a list of items that is written down', () => {
  it('is the list, with the values of its references', () => {
    const { States } = machineOf(
      '{id: trace, type: lineage, loop: {foreach: [a, "{{ ds }}", [b], "it\'s"]}, with: {namespace: "{{ item }}"}}',
    )
    expect((States['trace'] as MapState).Items).toEqual(['a', '{% $run.ds %}', ['b'], "it's"])
  })
})
