/** in_set: the cell is one of a list of values, written in the definition or in a file of the pipeline. */
import * as z from 'zod'
import { TaskError } from '#core/errors/errors.ts'
import { preview } from '#core/text/preview.ts'
import { isNaming } from '#relational/infer/semantics.ts'
import { nameInExpression } from '#relational/operations/expressions.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { fits } from '#relational/types/fits.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import { type AssetFile, type AssetProblem, assetFile, pathOfAsset, type RowsRead, readRows, textOfAsset } from '#steps/kind/assets.ts'
import { column, scalar } from '#steps/kind/fields.ts'
import { defineRowRule, rowCommon, ruleParameters } from '../rule.ts'

/** A column of text with at most this many different values, each of them in ten rows on average, is a list of categories. */
const LISTED = 30

/** Values that a list can have: each is a parameter of an expression. */
const MAX_VALUES = 10_000

const inFile = z.strictObject({
  file: assetFile.describe('A file with the values: .csv with a header, or .txt with one value a line.'),
  column: column.optional().describe('The column of a .csv file that holds the values; required if it has several.'),
})

type InFile = z.infer<typeof inFile>

export const inSet = defineRowRule({
  name: 'in_set',
  summary: 'Values are in a list.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('in_set'),
    column: column.describe('The column.'),
    values: z
      .union([z.array(scalar).min(1).max(MAX_VALUES), inFile])
      .describe('The values allowed: a list, or a file that belongs to the pipeline.'),
  }),
  assets: ({ values }) => {
    if (Array.isArray(values)) return []
    const { file } = values
    return [{ path: ['values', 'file'], check: (text) => problemIn(listIn(pathOfAsset(file), text, values)) }]
  },
  violations: ({ column: name, values }, context) => {
    const found = existingColumn(name, context)
    const wanted = Array.isArray(values) ? values : valuesOf(values.file, values, found, context.step)
    const { read, parameters } = ruleParameters(Object.fromEntries(wanted.map((value, at) => [`value ${at + 1}`, value])))
    const isTime = !Array.isArray(values) && (found.type === 'date' || found.type === 'timestamp')
    const list = wanted.map((_, at) => (isTime ? `timestamp(${read(`value ${at + 1}`)})` : read(`value ${at + 1}`))).join(', ')
    const reason = Array.isArray(values)
      ? `${found.name} is not one of ${preview(wanted.map(String), 6)}`
      : `${found.name} is not one of the ${wanted.length.toLocaleString('en')} values in ${pathOfAsset(values.file)}`
    return [{ column: found.name, test: { expression: `${nameInExpression(found.name)} NOT IN (${list})`, parameters }, reason }]
  },
  suggest: ({ facts: { type, values, rows, missing, null_values }, meaning }) => {
    const present = (values ?? []).flatMap(([value]) => (null_values.includes(value) ? [] : [value]))
    const isList = type === 'text' && !isNaming(meaning) && present.length > 0 && present.length <= LISTED
    if (!isList || rows - missing < 10 * present.length || present.some((value) => value.length > 60)) return null
    return { settings: { values: present.sort(), severity: 'warning' }, because: `${present.length} different values` }
  },
  examples: ['column: status, values: [open, shipped, returned]'],
})

const listIn = (path: string, text: string, { column: named }: InFile): RowsRead =>
  readRows(path, text, { count: 1, named: { column: named } })

function problemIn(found: RowsRead): AssetProblem | null {
  if ('problem' in found) return found.problem
  const empty = found.rows.find(({ cells }) => cells[0] === '')
  if (empty !== undefined)
    return { what: `line ${empty.line} has no value`, hint: 'remove the line: a missing value never breaks the rule' }
  if (found.rows.length <= MAX_VALUES) return null
  return {
    what: `it has ${found.rows.length.toLocaleString('en')} values, and at most ${MAX_VALUES.toLocaleString('en')} are allowed`,
    hint: 'use a references rule, which reads a file as data',
  }
}

/** The values of the file, in the type of the column. */
function valuesOf(
  file: AssetFile,
  settings: InFile,
  { name, type, untyped }: Column,
  step: string,
): readonly (string | number | boolean)[] {
  const path = pathOfAsset(file)
  const found = listIn(path, textOfAsset(file), settings)
  // the compiler has checked the same text
  if ('problem' in found) throw new Error(`${path}: ${found.problem.what}`)
  // a double holds every number of 15 digits
  const isExact = (value: string) =>
    type === 'integer' ? Number.isSafeInteger(Number(value)) : !isNumeric(type) || value.replace(/\D/g, '').length <= 15
  return found.rows.map(({ line, cells: [value = ''] }) => {
    if (untyped !== true && (!fits(value, type) || !isExact(value)))
      throw new TaskError('Definition.InvalidSetting', `line ${line} of ${path} has "${value}", but column "${name}" has type ${type}`, {
        step,
        hint: `use values of type ${type}, or read the column as text: \`types: {${name}: text}\` in the discover step`,
        path: 'values.file',
      })
    if (isNumeric(type)) return Number(value)
    return type === 'boolean' ? value === 'true' : value
  })
}
