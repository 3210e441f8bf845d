/** A task as a step of the canonical form, by its type. */
import { type Arranged, constant, itemsOf, kept, list, mapping, others, type Part, partOf, someOf } from '../parts.ts'
import { kindOfType, PUBLISHING, SHARED } from './schema.ts'

export function stepOf(task: Part): Arranged {
  const parameters = partOf(task, 'parameters')
  const type = partOf(task, 'task_type')
  const kind = kindOfType(type?.value)
  const settings = SETTINGS.get(String(type?.value)) ?? plainSettings
  return mapping(task, [
    ['id', partOf(task, 'task_id')],
    ['type', type === undefined || kind === undefined ? undefined : constant(type, kind)],
    ...kept(task, SHARED.task),
    [
      'retry',
      someOf(task, [
        ['max_attempts', partOf(task, 'retry_count')],
        ['interval', partOf(task, 'retry_delay')],
      ]),
    ],
    ['on_error', parameters && someOf(parameters, kept(parameters, ['continue_on_error']))],
    ['with', parameters && settings(parameters)],
  ])
}

/** An ingestion with a destination also publishes its rows as they were read: an export of its own, after it. */
export function copyOf(task: Part): readonly Arranged[] {
  const target = partOf(partOf(task, 'parameters'), 'destination_config')
  const [id, type] = [partOf(task, 'task_id'), partOf(task, 'task_type')]
  if (target === undefined || id === undefined || type?.value !== 'ingestion') return []
  return [
    mapping(target, [
      ['id', constant(target, `${String(id.value)}_copy`)],
      ['type', constant(target, 'export')],
      ['depends_on', list(target, [id])],
      ['with', targetSettings(target)],
    ]),
  ]
}

const SETTINGS: ReadonlyMap<string, (parameters: Part) => Arranged> = new Map([
  [
    'ingestion',
    (parameters) =>
      mapping(parameters, [
        ['source', sourceOf(partOf(parameters, 'source_config'))],
        ...others(parameters, ['source_config', 'destination_config', 'continue_on_error']),
      ]),
  ],
  [
    'validation',
    (parameters) => {
      const rules = partOf(parameters, 'validation_rules')
      return mapping(parameters, [
        ['rules', rules && list(rules, itemsOf(rules).map(ruleOf))],
        ...others(parameters, ['validation_rules', 'continue_on_error']),
      ])
    },
  ],
  [
    'transformation',
    (parameters) => {
      const operations = partOf(parameters, 'operations')
      return mapping(parameters, [
        ['operations', operations && list(operations, itemsOf(operations).map(operationOf))],
        ...others(parameters, ['operations', 'continue_on_error']),
      ])
    },
  ],
  [
    'export',
    (parameters) => {
      const target = partOf(parameters, 'destination_config')
      return target === undefined ? mapping(parameters, []) : targetSettings(target)
    },
  ],
])

const plainSettings = (parameters: Part) => mapping(parameters, others(parameters, ['continue_on_error']))

/** A path alone, or a mapping with its settings. */
function sourceOf(source: Part | undefined): Arranged | undefined {
  if (source === undefined) return undefined
  if (partOf(source, 'type')?.value === 'database') return mapping(source, [...serverOf(source), ...others(source, ['type', ...SERVER])])
  const settings = others(source, ['type', 'file_path'])
  const path = partOf(source, 'file_path')
  return settings.length === 0 ? path : mapping(source, [['path', path], ...settings])
}

/** What a table needs besides its connection stands in `to`, what is about publishing beside it. */
function targetSettings(target: Part): Arranged {
  if (partOf(target, 'type')?.value !== 'database')
    return mapping(target, [['to', partOf(target, 'file_path')], ...others(target, ['type', 'file_path'])])
  const table = mapping(target, [...serverOf(target), ...others(target, ['type', ...SERVER, ...PUBLISHING])])
  return mapping(target, [['to', table], ...kept(target, PUBLISHING)])
}

const SERVER = ['connection', 'connection_string']

/** The name of a connection, or the address of its server. */
const serverOf = (table: Part) => [['connection', partOf(table, 'connection') ?? partOf(table, 'connection_string')] as const]

const ruleOf = (rule: Part): Arranged => mapping(rule, [...others(rule, ['parameters']), ...others(partOf(rule, 'parameters'), [])])

/** The value of an operation whose settings have keys of their own in a task list. */
const VALUES: ReadonlyMap<string, readonly [name: string, value: (operation: Part) => Arranged | undefined]> = new Map([
  ['filter', ['filter', (operation) => partOf(operation, 'condition')]],
  [
    'add_column',
    [
      'add_column',
      (operation) => {
        const column = partOf(operation, 'column')
        return column && mapping(operation, [[column, partOf(operation, 'expression')]])
      },
    ],
  ],
  ['rename', ['rename', (operation) => partOf(operation, 'mapping')]],
  ['cast_type', ['cast', (operation) => partOf(operation, 'type_mapping')]],
  ['drop', ['drop', (operation) => partOf(operation, 'columns')]],
  ['select', ['select', (operation) => partOf(operation, 'columns')]],
  ['sort', ['sort', (operation) => partOf(operation, 'columns')]],
])

function operationOf(operation: Part): Arranged {
  const type = String(partOf(operation, 'type')?.value)
  const [name, value] = VALUES.get(type) ?? [type, (own: Part) => mapping(own, others(own, ['type']))]
  return mapping(operation, [[name, value(operation)]])
}
