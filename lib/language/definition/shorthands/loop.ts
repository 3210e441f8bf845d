/** A loop over files: they become the sources of one dataset, and each has an output of its own. */
import * as z from 'zod'
import type { Json, JsonObject } from '#core/json.ts'
import { reference } from '#steps/kind/fields.ts'
import { name } from '../atoms.ts'
import { isMapping } from '../build-values.ts'
import { type CheckContext, checkShape } from '../check-shape.ts'
import { type Part, partOf } from '../dialects/parts.ts'
import { report } from '../parse-context.ts'

const fileLoop = z
  .strictObject({
    foreach: z
      .union([z.array(z.string()).min(1), reference])
      .describe('The files: those that a sensor found, those that an export read, or a list of addresses.'),
    as: name.default('item').describe('The name of the file in `{{ … }}`.'),
    parallel: z.boolean().optional().describe('Whether files are read side by side; how many at a time is up to the workers of the step.'),
    on_item_error: z.enum(['fail', 'continue']).default('fail').describe('continue: files that cannot be read are named and left out.'),
    min_success: z.int().min(1).optional().describe('How many files must be readable; with fewer the run fails.'),
  })
  .meta({ title: 'loop over files', unsupported: ['max_concurrency', 'max_items', 'while', 'until'] })

/** What the loop of a step makes of it. */
export interface Looped {
  readonly settings: Part
  /** Whether files that cannot be read are left out. */
  readonly tolerant: boolean
  /** A condition that must be true for there to be files; absent: none. */
  readonly condition?: string
}

/** The settings of a step for all files of its loop; undefined without a loop. Problems are reported. */
export function looped(step: Part, settings: Part, context: CheckContext): Looped | undefined {
  const loop = partOf(step, 'loop')
  if (loop === undefined) return undefined
  const fields = checkShape(fileLoop, loop.value, loop.path, { subject: 'the loop', keys: 'key' }, context)
  if (!isMapping(settings.value)) return { settings, tolerant: false }
  // what is wrong with the loop is reported; what reads its file is then not wrong as well
  const written = isMapping(loop.value) ? loop.value : {}
  const as = typeof written['as'] === 'string' ? written['as'] : 'item'
  const { foreach = written['foreach'] ?? '', on_item_error, min_success } = fields ?? {}
  const item = new RegExp(`^\\s*\\{\\{\\s*(${as}|item)(\\.uri)?\\s*\\}\\}\\s*$`)
  const file = new RegExp(`\\{\\{\\s*(${as}|item)\\.name\\s*\\}\\}`, 'g')
  const given = settings.value
  const problem = (key: string, what: string, hint: string) =>
    report(context, 'invalid-value', Object.hasOwn(given, key) ? [...settings.path, key] : loop.path, { what, hint })
  if (typeof given['source'] !== 'string' || !item.test(given['source']))
    problem('source', 'the loop needs its file as the whole `source`', `write \`source: "{{ ${as}.uri }}"\``)
  const named = Object.fromEntries(
    ['to', 'archive_to'].flatMap((key) => {
      const value = given[key]
      return typeof value === 'string' ? [[key, value.replace(file, '{source.file}')] as const] : []
    }),
  )
  if (typeof given['to'] === 'string' && named['to'] === given['to'])
    problem('to', 'each file of the loop would replace the output of the one before', `use {{ ${as}.name }} in \`to\``)
  const own = { ...given, ...named, source: foreach as Json }
  const beyond = readingItem({ ...given, ...named, source: null }, new RegExp(`\\{\\{\\s*(${as}|item)\\b`))
  for (const key of beyond)
    report(context, 'reference-out-of-place', [...settings.path, key], {
      what: `\`${key}\` reads the file of the loop, whose rows are processed together with those of the others`,
      hint: `use {{ ${as}.uri }} as the source, and {{ ${as}.name }} in \`to\` and \`archive_to\``,
    })
  const required = isMapping(given['require']) ? given['require'] : {}
  const sensor = typeof foreach === 'string' ? /^\s*\{\{\s*([\w-]+)\.result\.files\s*\}\}\s*$/.exec(foreach)?.[1] : undefined
  return {
    settings: {
      path: settings.path,
      value: {
        ...Object.fromEntries(Object.entries(own).filter(([key]) => !beyond.includes(key))),
        ...(min_success === undefined ? {} : { require: { ...required, min_sources: min_success } }),
      },
    },
    tolerant: on_item_error === 'continue',
    ...(sensor === undefined ? {} : { condition: `{{ ${sensor}.result.found }} == true` }),
  }
}

/** Settings with a value of the item: it would be the same for all rows, whichever file they come from. */
const readingItem = (given: JsonObject, item: RegExp): readonly string[] =>
  Object.entries(given).flatMap(([key, value]) => (item.test(JSON.stringify(value)) ? [key] : []))
