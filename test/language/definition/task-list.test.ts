// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
/** A task list, from the file to the rows that are published. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { taskList } from '#language/definition/dialects/task-list/dialect.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { definitionOf, problemsOf } from './problems-of.ts'

const place = workplace()
afterAll(place.clear)

const FILE = 'pipeline_id: t\ntasks:\n'
const found = (tasks: string) => problemsOf(FILE + tasks).map(({ code, path, what }) => `${code} ${path}: ${what}`)
const stepsOf = (tasks: string) =>
  definitionOf(FILE + tasks).steps.map((step) => ('parallel' in step ? step : { id: step.id, type: step.type, with: step.with }))
const FIND = '  - {task_id: find, task_type: ingestion, parameters: {source_config: {type: file, file_path: data/*.csv}}}\n'

describe('a task list', () => {
  it('runs: reads, checks, changes and publishes, and also publishes what it read', async () => {
    const source = place.write('people.csv', 'id,age\n1,20\n2,63\n3,12\n4,130\n')
    const text = taskList.example.replace('people.csv', source).replaceAll('out/', `${join(place.folder, 'out')}/`)
    const run = await runDefinition(text, { store: join(place.folder, 'store') })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(readFileSync(join(place.folder, 'out/adults.csv'), 'utf8')).toBe('id,age,age_group\n1,20,Middle\n2,63,Senior\n4,130,Senior\n')
    expect(readFileSync(join(place.folder, 'out/extracted.csv'), 'utf8')).toBe('id,age\n1,20\n2,63\n3,12\n4,130\n')
    expect(run.ledger.balanced).toBe(true)
  })

  it('has tables as sources and targets, by connection', () => {
    const steps = `${FILE.replace('tasks', 'connections: {shop: {type: sqlite, path: shop.db}}\ntasks')}\
  - {task_id: find, task_type: ingestion, parameters: {source_config: {type: database, connection: shop, table: orders}, chunk_rows: 5}}
  - {task_id: load, task_type: export, parameters: {destination_config: {type: database, connection: shop, table: clean, mode: merge, keys: [id]}}}
`
    expect(definitionOf(steps).steps).toMatchObject([
      { with: { source: { connection: { type: 'sqlite' }, table: 'orders' }, chunk_rows: 5 } },
      { with: { to: { connection: { type: 'sqlite' }, table: 'clean' }, mode: 'merge', keys: ['id'] } },
    ])
  })

  it('takes settings of a file source, and kinds of steps by their own names', () => {
    const tasks = `  - {task_id: find, task_type: ingestion, parameters: {source_config: {type: file, file_path: a.txt, delimiter: "|"}}}
  - {task_id: tidy, task_type: clean, parameters: {rules: [{missing: auto}], continue_on_error: true}}
  - {task_id: sorted, task_type: transformation, parameters: {operations: [{type: sort, columns: [a]}, {type: aggregate, by: [a], columns: {n: count(*)}}]}}
`
    expect(stepsOf(tasks)).toMatchObject([
      { type: 'discover', with: { source: { path: 'a.txt', delimiter: '|' } } },
      { type: 'clean' },
      { type: 'transform', with: { operations: [{ sort: ['a'] }, { aggregate: { by: ['a'] } }] } },
    ])
  })

  it('refuses what it cannot do', () => {
    expect(found('  - {task_id: a, task_type: custom, parameters: {}}\n')).toEqual([
      "invalid-value tasks.0.task_type: `task_type` is 'custom'",
    ])
    const server = (given: string) =>
      found(`  - {task_id: a, task_type: ingestion, parameters: {source_config: {type: database, ${given}}}}\n`).join('\n')
    const one = 'give either `connection` or `connection_string`'
    const hints = (given: string) =>
      problemsOf(`${FILE}  - {task_id: a, task_type: ingestion, parameters: {source_config: {type: database, ${given}}}}\n`).map(
        ({ hint }) => hint,
      )
    expect(hints('connection: shop, connection_string: "postgresql://h/d"')).toContain(one)
    expect(hints('table: t')).toContain(one)
    expect(server('connection_string: "mysql9://me:hush-hush@h/d"')).toMatch(
      /unknown-connection-type tasks.0.*connection_string: mysql9:\/\/me:…@h\/d is no/,
    )
    expect(server('connection_string: "${secret.ALL}"')).toContain('source_config.connection_string')
  })

  it('has one value for each setting of a rule', () => {
    const rule = '{rule_type: range, column: a, min: 1, parameters: {min: 2}}'
    expect(found(`${FIND}  - {task_id: check, task_type: validation, parameters: {validation_rules: [${rule}]}}\n`)).toEqual([
      'invalid-value tasks.1.parameters.validation_rules.0.parameters.min: `min` is 2',
    ])
  })

  it('shows mistakes in texts at their character, also of values that are set elsewhere', () => {
    const operation = '{type: add_column, column: b, expression: "1 + (2"}'
    const [problem] = problemsOf(`${FILE}${FIND}  - {task_id: t1, task_type: transformation, parameters: {operations: [${operation}]}}\n`)
    expect(problem).toMatchObject({ code: 'invalid-expression', line: 4, path: 'tasks.1.parameters.operations.0.expression' })
    const config = problemsOf(`${FILE.replace('tasks', 'config: {n: many}\ntasks')}${FIND.replace('}}}', '}}, retry_count: "${n}"}')}`)
    expect(config.map(({ code, path, what }) => [code, path, what])).toEqual([
      ['wrong-type', 'tasks.0.retry_count', "`retry_count` is 'many'"],
    ])
  })

  it('is not a file with steps', () => {
    const codes = problemsOf(`pipeline_id: t\nversion: 1\nid: t\nsteps: [{id: a, type: lineage}]\n`).map(({ code, path }) => [code, path])
    expect(codes).toEqual([['unknown-key', 'pipeline_id']])
  })
})
