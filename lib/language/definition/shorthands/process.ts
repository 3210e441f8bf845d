/** process: everything about a set of files in one step. */
import * as z from 'zod'
import { config as cleanConfig } from '#steps/clean/config.ts'
import { columns } from '#steps/kind/fields.ts'
import { config as transformConfig } from '#steps/transform/config.ts'
import { config as validateConfig } from '#steps/validate/config.ts'
import type { DialectProblem } from '../dialects/dialect.ts'
import { constant, kept, mapping, type Part, partOf } from '../dialects/parts.ts'
import { finding, publishing, SOURCE, SOURCE_KEYS, TARGET, TARGET_KEYS } from './settings.ts'
import type { GeneratedStep, Shorthand } from './shorthand.ts'

const merge = z.strictObject({
  keys: columns.describe('The columns that identify a row.'),
  mode: z.literal('upsert').default('upsert').describe('upsert: a row with a key that is there takes its place, others are added.'),
})

const config = z.strictObject({
  ...SOURCE,
  source: SOURCE.source.optional().describe('What to read, as in a discover step. Without it, the rows of the step before.'),
  clean: cleanConfig.shape.rules.optional().describe('The rules of a clean step.'),
  quarantine: cleanConfig.shape.quarantine,
  operations: transformConfig.shape.operations.optional().describe('The operations of a transform step.'),
  columns: transformConfig.shape.columns.optional().describe('Columns to add or replace, with their expressions, after the operations.'),
  validate: validateConfig.shape.rules.optional().describe('The rules of a validate step.'),
  ...TARGET,
  to: TARGET.to.optional().describe('Where the rows go, as in an export step. Without it, nothing is published.'),
  archive_to: z
    .string()
    .min(1)
    .optional()
    .describe('Where the files go once the rows are published, as in an archive step: a folder, or an address with `{source.file}`.'),
  merge: merge.optional().describe('Merge the rows by their keys into what is there; short for `mode: merge` and `keys`.'),
})

export const process: Shorthand = {
  kind: 'process',
  summary: 'Read, clean, change, check and publish a set of rows in one step.',
  description: `Short for a discover, a clean, a transform, a validate and an export step, as far as there are settings for them. Their ids are that of the step with
\`_find\`, \`_clean\`, \`_columns\` and \`_check\` behind it; the last one, the export, has the id of the step itself, so that \`{{ id.result.rows }}\` and
\`{{ id.result.inputs }}\` read its result; \`_archive\` follows it. Later steps that depend on it read its rows. \`siftstep compile --plan\` shows the steps.
\`retry\`, \`timeout\` and \`resources\` hold for each of them. With \`continue_on_error\` sources that cannot be read are left out, and an export that fails is
skipped; a failure in between fails the run.`,
  config,
  examples: [
    {
      title: 'Sales of the day',
      yaml: `id: process_sales
type: process
with:
  source: data/daily_sales.csv
  require: {min_rows: 1, message: No sales today}
  clean: [{drop_missing: {columns: "*", to: quarantine}}]
  columns: {total: quantity * price}
  validate: [{rule_type: expression, expression: total > 0, on_fail: quarantine}]
  to: "out/sales_{{ ds_nodash }}.csv"
`,
    },
    {
      title: 'A file without a header',
      yaml: 'id: readings\ntype: process\nwith:\n  source: {path: data/readings.csv, skip_lines: 1, header: false, columns: [date, temperature]}\n  to: out/readings.csv\n',
    },
  ],
  steps: (settings, id) => {
    const [find, publish] = [finding(settings), publishing(settings, mergeOf(settings))]
    const steps = [...find, ...changing(settings), ...publish]
    const [first = { role: 'find', type: 'discover', with: mapping(settings, kept(settings, SOURCE_KEYS)) }, ...rest] = steps
    return [first, ...rest, ...archiving(settings, id)]
  },
  problems: problemsOf,
}

function changing(settings: Part): readonly GeneratedStep[] {
  const [clean, validate, quarantine] = [partOf(settings, 'clean'), partOf(settings, 'validate'), partOf(settings, 'quarantine')]
  const transform = kept(settings, ['operations', 'columns'])
  const steps: GeneratedStep[] = []
  if (clean !== undefined) {
    const rules = mapping(settings, [
      ['rules', clean],
      ['quarantine', quarantine],
    ])
    steps.push({ role: 'clean', type: 'clean', with: rules })
  }
  if (transform.length > 0) steps.push({ role: 'columns', type: 'transform', with: mapping(settings, transform) })
  if (validate !== undefined) {
    const rules = mapping(settings, [
      ['rules', validate],
      ['quarantine', quarantine],
    ])
    steps.push({ role: 'check', type: 'validate', with: rules })
  }
  return steps
}

function archiving(settings: Part, id: string): readonly GeneratedStep[] {
  const to = partOf(settings, 'archive_to')
  if (to === undefined) return []
  const files = constant(to, `{{ ${id}.result.inputs }}`)
  return [
    {
      role: 'archive',
      type: 'archive',
      after: true,
      with: mapping(to, [
        ['files', files],
        ['to', to],
      ]),
    },
  ]
}

const mergeOf = (settings: Part) => {
  const merge = partOf(settings, 'merge')
  if (merge === undefined) return []
  return [
    ['mode', constant(merge, 'merge')],
    ['keys', partOf(merge, 'keys')],
  ] as const
}

function problemsOf(settings: Part): readonly DialectProblem[] {
  const has = (key: string) => partOf(settings, key) !== undefined
  const without = (key: string, keys: readonly string[], hint: string): readonly DialectProblem[] =>
    has(key)
      ? []
      : keys.filter(has).map((other) => ({
          code: 'invalid-value',
          level: 'error',
          path: [...settings.path, other],
          what: `\`${other}\` has no effect without \`${key}\``,
          hint,
        }))
  const both = has('merge') ? ['mode', 'keys'].filter(has) : []
  return [
    ...without('source', SOURCE_KEYS, 'add `source`, or remove it: the rows come from the step before'),
    ...without('to', [...TARGET_KEYS, 'merge', 'archive_to'], 'add `to`, or remove it: nothing is published'),
    ...(has('quarantine') && !has('clean') && !has('validate')
      ? [
          {
            code: 'invalid-value' as const,
            level: 'error' as const,
            path: [...settings.path, 'quarantine'],
            what: '`quarantine` has no effect without `clean` or `validate`',
            hint: 'add one of them, or remove it',
          },
        ]
      : []),
    ...both.map((key) => ({
      code: 'invalid-value' as const,
      level: 'error' as const,
      path: [...settings.path, key],
      what: `\`${key}\` and \`merge\` say the same`,
      hint: `remove \`${key}\`, or write \`mode\` and \`keys\` without \`merge\``,
    })),
    ...(['source', 'clean', 'operations', 'columns', 'validate', 'to'].some(has)
      ? []
      : [
          {
            code: 'missing-key' as const,
            level: 'error' as const,
            path: settings.path,
            what: 'the process step does nothing',
            hint: 'add `source` and `to`, or what is to be done with the rows: `clean`, `columns`, `validate`',
          },
        ]),
  ]
}
