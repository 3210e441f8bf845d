/** load: bring rows into a table or a folder. */
import * as z from 'zod'
import { isMapping } from '../build-values.ts'
import { type Arranged, constant, mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { finding, publishing, SOURCE, TARGET, TARGET_KEYS } from './settings.ts'
import type { Shorthand } from './shorthand.ts'

export const load: Shorthand = {
  kind: 'load',
  summary: 'Bring the rows of the steps before, or of a source, into a table.',
  description: `Short for an export step, with a discover step \`<id>_find\` before it if there is a \`source\`. \`to\` and \`table\` together are the address of the table.
Loading is always atomic: readers see the table as it was before, or as it is after.`,
  config: z.strictObject({
    ...SOURCE,
    source: SOURCE.source.optional().describe('What to read, as in a discover step. Without it, the rows of the step before.'),
    ...TARGET,
    to: TARGET.to.describe(
      'The database, such as sqlite://data/warehouse.db or `{connection: warehouse}`; or any target of an export step.',
    ),
    table: z.string().min(1).optional().describe('The table; it can also be the last part of `to`.'),
    atomic: z.literal(true).default(true).describe('Whether all rows become visible together; they always do.'),
  }),
  examples: [
    {
      title: 'A table of a SQLite database',
      yaml: 'id: load_products\ntype: load\nwith: {source: data/products.csv, to: "sqlite://data/warehouse.db", table: products, mode: replace}\n',
    },
  ],
  steps: (settings) => {
    const steps = [...finding(settings), ...publishing(settings, [['to', targetOf(settings)]])]
    const [first = { role: 'publish', type: 'export', with: mapping(settings, others(settings, [])) }, ...rest] = steps
    return [first, ...rest]
  },
  problems: (settings) => {
    const unread = partOf(settings, 'source') === undefined ? Object.keys(SOURCE).filter((key) => !TARGET_KEYS.includes(key)) : []
    return unread.flatMap((key) => {
      const part = partOf(settings, key)
      return part === undefined
        ? []
        : [
            {
              code: 'invalid-value' as const,
              level: 'error' as const,
              path: part.path,
              what: `\`${key}\` has no effect without \`source\``,
              hint: 'add `source`, or remove it: the rows come from the step before',
            },
          ]
    })
  },
}

function targetOf(settings: Part): Arranged | undefined {
  const [to, table] = [partOf(settings, 'to'), partOf(settings, 'table')]
  if (to === undefined || table === undefined) return to
  if (isMapping(to.value)) return mapping(to, [...others(to, ['table']), ['table', table]])
  return constant(to, `${String(to.value).replace(/\/$/, '')}/${String(table.value)}`)
}
