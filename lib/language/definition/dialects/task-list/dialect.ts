/** task list: tasks with an id, a type and parameters, as in many schedulers written in Python. */
import { isMapping } from '../../build-values.ts'
import type { Dialect } from '../dialect.ts'
import { constant, itemsOf, kept, mapping, list, partOf, someOf } from '../parts.ts'
import { file, SHARED } from './schema.ts'
import { copyOf, stepOf } from './steps.ts'

const EXAMPLE = `pipeline_id: adults
name: Adults
schedule: "0 6 * * *"
max_parallel_tasks: 2
notifications:
  on_failure: {type: email, recipients: [data@example.com]}
tasks:
  - task_id: extract
    task_type: ingestion
    parameters:
      source_config: {type: file, file_path: people.csv}
      destination_config: {type: file, file_path: out/extracted.csv}
    retry_count: 3
    timeout: 300
  - task_id: check
    task_type: validation
    depends_on: [extract]
    parameters:
      validation_rules:
        - {rule_id: age_range, rule_type: range, column: age, parameters: {min: 0, max: 120}, severity: warning}
      continue_on_error: true
    retry_delay: 60
  - task_id: shape
    task_type: transformation
    parameters:
      operations:
        - {type: filter, condition: age >= 18}
        - {type: add_column, column: age_group, expression: case when age < 50 then 'Middle' else 'Senior' end}
        - {type: cast_type, type_mapping: {age: int64}}
  - task_id: publish
    task_type: export
    parameters:
      destination_config: {type: file, file_path: out/adults.csv}
`

export const taskList: Dialect = {
  name: 'task list',
  summary: 'A list of tasks, each with an id, a type and parameters; retries are counted, and limits stand at the top.',
  detect: (tree) => {
    if (Object.hasOwn(tree, 'steps')) return false
    const tasks = itemsOf(partOf({ path: [], value: tree }, 'tasks'))
    return (
      Object.hasOwn(tree, 'pipeline_id') || tasks.some((task) => ['task_id', 'task_type'].some((key) => partOf(task, key) !== undefined))
    )
  },
  schema: file,
  arrange: (tree) => {
    const tasks = partOf(tree, 'tasks')
    const each = itemsOf(tasks).filter(({ value }) => isMapping(value))
    return mapping(tree, [
      ['version', partOf(tree, 'version') ?? constant(tree, 1)],
      ['id', partOf(tree, 'pipeline_id')],
      ...kept(tree, SHARED.top),
      [
        'concurrency',
        someOf(tree, [
          ['max_parallel_steps', partOf(tree, 'max_parallel_tasks')],
          ['max_active_runs', partOf(tree, 'max_active_runs')],
        ]),
      ],
      ['steps', tasks && list(tasks, [...each.map(stepOf), ...each.flatMap(copyOf)])],
    ])
  },
  example: EXAMPLE,
}
