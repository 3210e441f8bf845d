/** The pages of the step kinds, and of their cleaners, operations and rules. */
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { Shape, StepKind } from '#steps/kind/step.ts'
import { OPERATIONS } from '#steps/transform/operations/index.ts'
import { common, rowCommon } from '#steps/validate/rule.ts'
import { RULES } from '#steps/validate/rules/index.ts'
import * as z from 'zod'
import { code, generatedFrom, page, table, yamlBlock } from './markdown.ts'
import { SETTINGS_LEGEND, settingsTable, describeValue } from './settings.ts'
import { SHORTHANDS } from '#language/definition/shorthands/index.ts'
import type { Shorthand } from '#language/definition/shorthands/shorthand.ts'

export const KINDS = STEP_KINDS as readonly StepKind[]

const SHAPES: Readonly<Record<Shape, string>> = {
  scan: 'one task lists the sources and plans their chunks',
  assess: 'one task reads the survey of all chunks',
  rows: 'each chunk on its own, in one pass with its neighbours',
  exchange: 'rows meet across chunks, in one task',
  own: 'each chunk on its own, in a process of its own, and one task counts the rows of all chunks',
  sink: 'each chunk is written at the end of its pass, and one task publishes all chunks',
  control: 'one task that sees no rows',
  call: 'the machine calls the function, and one task reports it',
}

/** The page that describes the entries of a kind's list. */
const UNITS: Readonly<Record<string, string>> = {
  clean: 'Each entry of `rules` is one of the [cleaners](../cleaners.md).',
  transform: 'Each entry of `operations` is one of the [operations](../operations.md).',
  validate: 'Each entry of `rules` is one of the [rules](../rules.md).',
}

export function stepPage(kind: StepKind): string {
  const settings = settingsTable(jsonSchemaOf(kind.config))
  return page(
    `# ${kind.kind}`,
    generatedFrom(`lib/steps/${kind.kind}/spec.ts`),
    `**${kind.summary}**`,
    kind.description,
    `Execution: ${SHAPES[kind.shape]}.`,
    '## Settings',
    settings === '' ? 'None.' : `${settings}\n\n${SETTINGS_LEGEND}`,
    UNITS[kind.kind] ?? '',
    '## Result',
    `What \`{{ id.result.<name> }}\` can read in later steps:`,
    kind.openResult ? 'Every field that the function returns.' : '',
    Object.keys(kind.result).length === 0
      ? ''
      : table(
          ['Name', 'Value'],
          Object.entries(kind.result).map(([name, meaning]) => [code(name), meaning]),
        ),
    '## Examples',
    ...kind.examples.map(({ title, yaml, before = [] }) => `${title}:\n\n${yamlBlock([...before, yaml].map(listed).join('\n'))}`),
  )
}

export function shorthandPage({ kind, summary, description, config, examples }: Shorthand): string {
  return page(
    `# ${kind}`,
    generatedFrom(`lib/language/definition/shorthands/${kind}.ts`),
    `**${summary}**`,
    description,
    '## Settings',
    `${settingsTable(jsonSchemaOf(config))}\n\n${SETTINGS_LEGEND}`,
    '## Examples',
    ...examples.map(({ title, yaml }) => `${title}:\n\n${yamlBlock(listed(yaml))}`),
  )
}

/** A step as an entry of a list. */
const listed = (yaml: string) => `- ${yaml.trimEnd().replaceAll('\n', '\n  ')}`

export function stepIndex(): string {
  return page(
    '# Steps',
    generatedFrom('lib/steps'),
    'The steps of a pipeline. Settings that every step has (`depends_on`, `condition`, `retry` …) are in [definition.md](../definition.md).',
    table(
      ['Step', 'What it does'],
      KINDS.map((kind) => [`[${kind.kind}](${kind.kind}.md)`, kind.summary]),
    ),
    '## Several steps in one',
    'Each stands for ordinary steps, which `siftstep compile --plan` shows.',
    table(
      ['Step', 'What it does'],
      SHORTHANDS.map(({ kind, summary }) => [`[${kind}](${kind}.md)`, summary]),
    ),
  )
}

interface Unit {
  readonly name: string
  readonly summary: string
  readonly config: z.ZodType
  readonly examples: readonly string[]
}

/** A chapter per unit; `example` turns an example into YAML. */
function unitChapter(
  heading: '##' | '###',
  unit: Unit,
  example: (unit: Unit, text: string) => string,
  without: readonly string[] = [],
): string {
  const schema = jsonSchemaOf(unit.config)
  const settings = settingsTable(schema, without)
  const isMapping = schema.type === 'object' && schema.properties !== undefined
  return page(
    `${heading} ${unit.name}`,
    unit.summary,
    isMapping ? '' : `Value: ${describeValue(schema)}`,
    settings,
    yamlBlock(unit.examples.map((text) => example(unit, text)).join('\n')),
  ).trimEnd()
}

const oneKey = ({ name }: Unit, text: string) => `- ${name}: ${/^[{["]/.test(text) || !/[:#<>]/.test(text) ? text : JSON.stringify(text)}`

export function cleanersPage(): string {
  return page(
    '# Cleaners',
    generatedFrom('lib/steps/clean/cleaners'),
    'The rules of a [clean](steps/clean.md) step, in the order you write them. Every changed cell is counted by column and rule; a quarantined row keeps its source, line and reason.',
    ...CLEANERS.all.map((unit) => unitChapter('##', unit, oneKey)),
  )
}

export function operationsPage(): string {
  const chapters = (across: boolean) =>
    OPERATIONS.all.filter((unit) => unit.across === across).map((unit) => unitChapter('###', unit, oneKey))
  return page(
    '# Operations',
    generatedFrom('lib/steps/transform/operations'),
    'The operations of a [transform](steps/transform.md) step, in the order you write them. Expressions are in [expressions.md](expressions.md).',
    '## On single rows',
    ...chapters(false),
    '## Across rows',
    'These see the whole dataset, independent of chunks.',
    ...chapters(true),
  )
}

export function rulesPage(): string {
  const documented = [...Object.keys(rowCommon), 'rule_type']
  const example = ({ name }: Unit, text: string) => `- {rule_type: ${name}, ${text}}`
  const chapters = (level: 'row' | 'dataset') =>
    RULES.all.filter((rule) => rule.level === level).map((rule) => unitChapter('###', rule, example, documented))
  return page(
    '# Rules',
    generatedFrom('lib/steps/validate/rules'),
    'The rules of a [validate](steps/validate.md) step. Every rule has these settings; `when` applies only to rules about rows:',
    settingsTable(jsonSchemaOf(z.strictObject({ ...common, when: rowCommon.when }))),
    SETTINGS_LEGEND,
    '## About rows',
    'A missing cell breaks only `not_null`.',
    ...chapters('row'),
    '## About the whole output',
    'These are evaluated after all rows, before anything is published.',
    ...chapters('dataset'),
  )
}
