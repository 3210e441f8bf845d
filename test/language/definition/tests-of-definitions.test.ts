/** What can be wrong with the tests of a definition, each at its place. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { describe, expect, it } from 'vitest'
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import { definitionOf, problemsOf } from './problems-of.ts'

const HEAD = `version: 1
id: orders
inputs:
  source: {type: string, required: true}
  limit: {type: integer, default: 5, maximum: 9}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: keep, type: transform, with: {operations: [{filter: "id < {{ limit }}"}]}}
  - {id: publish, type: export, with: {to: out}}
tests:
`
const GIVEN = 'given: {source: [{id: 1}]}'
const told = (tests: string) =>
  problemsOf(`${HEAD}${tests}`).map(({ line, column, code, path, what, hint }) => `${line}:${column} ${code} ${path}: ${what} | ${hint}`)

describe('a test', () => {
  it('is read with its values', () => {
    const text = `${HEAD}  - {name: one, date: 2024-02-29, inputs: {limit: "3"}, ${GIVEN}, expect: {rows: [{id: 1, name: null, ok: true, n: 1.5}]}}\n`
    expect(definitionOf(text).tests).toEqual([
      {
        name: 'one',
        date: '2024-02-29',
        inputs: { limit: 3 },
        given: [{ name: 'source', steps: null, table: [{ id: 1 }] }],
        expect: { rows: [{ id: 1, name: null, ok: true, n: 1.5 }] },
      },
    ])
  })

  it('is no part of a definition without tests', () => {
    expect(definitionOf(HEAD.replace('tests:\n', ''))).not.toHaveProperty('tests')
    expect(definitionOf(HEAD.replace('tests:\n', 'tests: []\n'))).not.toHaveProperty('tests')
  })

  it('says each mistake with its place, the value, what is allowed, and the fix', () => {
    expect(
      told(`  - {name: one, ${GIVEN}, expect: {duplicates: 0}}
  - {name: one, ${GIVEN}, expect: {duplicates: 0}}
  - {name: inputs, inputs: {limit: 10, limt: 1, source: x}, ${GIVEN}, expect: {duplicates: 0}}
  - {name: none, expect: {duplicates: 0}}
  - {name: given, given: {sorce: [{id: 1}], limit: [{id: 1}], keep: [{id: 1}], source: a}, expect: {duplicates: 0}}
  - {name: step, ${GIVEN}, expect: {step: find, rows: [{id: 1}]}}
`),
    ).toEqual([
      "12:12 invalid-test tests.1.name: two tests have the name 'one': this one, and test 1 | give each test a name of its own",
      '13:36 invalid-test tests.2.inputs.limit: the input `limit` is 10 | allowed: at most 9',
      "13:40 invalid-test tests.2.inputs.limt: there is no input 'limt' | did you mean `limit`? allowed: source, limit",
      '13:57 invalid-test tests.2.inputs.source: the input `source` stands in `inputs` and in `given` | keep one of them: `given` has rows, `inputs` has values',
      '14:5 invalid-test tests.3: the test has no value for the input `source`, which is required | add `inputs: {source: …}`, or rows: `given: {source: […]}`',
      "15:27 invalid-test tests.4.given.sorce: there is no input or step 'sorce' | did you mean `source`? allowed: source, find",
      '15:45 invalid-test tests.4.given.limit: the input `limit` is of type integer, and holds no address | give its value in `inputs`',
      '15:63 invalid-test tests.4.given.keep: the step `keep` reads no address | steps that do: find',
      "16:61 invalid-test tests.5.expect.step: there is no export step 'find' | allowed: publish",
    ])
  })

  it.each([
    ['{name: one}', 'missing-key tests.0'],
    ['{name: "", expect: {duplicates: 0}}', 'invalid-value tests.0.name'],
    ['{name: one, expct: {}, expect: {duplicates: 0}}', 'unknown-key tests.0.expct'],
    ['{name: one, expect: {}}', 'invalid-value tests.0.expect'],
    ['{name: one, expect: {duplicates: 0, ordered: true}}', 'invalid-value tests.0.expect.ordered'],
    ['{name: one, expect: {status: partial, error: x}}', 'invalid-value tests.0.expect.status'],
    ['{name: one, expect: {status: good}}', 'invalid-value tests.0.expect.status'],
    ['{name: one, expect: {duplicates: -1}}', 'invalid-value tests.0.expect.duplicates'],
    ['{name: one, expect: {rows: [1]}}', 'wrong-type tests.0.expect.rows.0'],
    ['{name: one, expect: {rows: [{id: [1]}]}}', 'wrong-type tests.0.expect.rows.0.id'],
    ['{name: one, expect: {rows: {fil: a.csv}}}', 'unknown-key tests.0.expect.rows.fil'],
    ['{name: one, date: 2024-02-30, expect: {duplicates: 0}}', 'invalid-value tests.0.date'],
  ])('has keys and values that are checked: %s', (test, problem) => {
    const found = problemsOf(
      `${HEAD}  - ${test.replace('{name: one', `{name: one, ${GIVEN}`).replace('{name: ""', `{name: "", ${GIVEN}`)}\n`,
    )
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual([problem])
  })

  it('names the export whose rows it expects, where there are several or none', () => {
    const test = `  - {name: one, ${GIVEN}, expect: {rows: [{id: 1}]}}\n`
    const two = `${HEAD.replace('tests:', '  - {id: again, type: export, with: {to: more}}\ntests:')}${test}`
    expect(problemsOf(two).map(({ what, hint }) => [what, hint])).toEqual([
      ['`rows` could be those of publish, again', 'say which export is meant: `step: publish`'],
    ])
    expect(problemsOf(two.replace('expect: {', 'expect: {step: again, '))).toEqual([])
    expect(problemsOf(`${HEAD.replace(/ {2}- \{id: publish.*\n/, '')}${test}`).map(({ what }) => what)).toEqual([
      '`rows` are those of an export, and the pipeline has none',
    ])
  })

  it('may hold braces in its rows, which are no references', () => {
    const text = `${HEAD}  - {name: one, given: {source: [{id: "{{ nothing }}"}]}, expect: {rows: [{id: "{{ limit }}"}]}}\n`
    expect(problemsOf(text)).toEqual([])
    expect(problemsOf(text.replace('id < {{ limit }}', 'id < 5')).map(({ code }) => code)).toEqual(['unused-input'])
  })

  it('stays in the canonical form, and is read in a task list', () => {
    const tasks = `pipeline_id: tasks
tasks:
  - {task_id: find, task_type: ingestion, parameters: {source_config: {type: file, file_path: data/*.csv}}}
  - {task_id: out, task_type: export, parameters: {destination_config: {type: file, file_path: out}}}
tests:
  - {name: one, given: {find: [{id: 1}]}, expect: {rows: [{id: 1}]}}
`
    expect(definitionOf(tasks).tests).toMatchObject([{ given: [{ name: 'find', steps: ['find'] }] }])
    const canonical = canonicalText(tasks, { file: 'p.yaml' }).text
    expect(definitionOf(canonical).tests).toEqual(definitionOf(tasks).tests)
  })
})
