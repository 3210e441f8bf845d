/** Compares sources with each other and with the required schema. */
import { preview } from '#core/text/preview.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { nearest } from '#core/text/nearest.ts'
import type { AssessBehaviour, AssessInput } from '#steps/kind/behaviour.ts'
import { namedType } from '#steps/kind/fields.ts'
import { config } from './config.ts'
import { orphansIn } from './relationships.ts'
import { entryOf } from '#core/text/record.ts'
import { isAmong, named } from '#core/text/lookup.ts'

/** A sentence for each requirement that is not met. */
function breaches(settings: ReturnType<typeof config.parse>, { dataset }: AssessInput): string[] {
  const names = dataset.columns.map(({ name }) => name)
  const { checks = ['types', 'required'] } = settings
  const [typesToo, requiredToo] = [checks.includes('types'), checks.includes('required')]
  const required = (settings.required ?? []).flatMap((wanted) => {
    if (!isAmong(names, wanted)) {
      const near = nearest(wanted, names)
      return [
        `no source has the required column "${wanted}"${near === undefined ? '' : ` (did you mean "${near}"?)`}; the columns are ${preview(names, 12)}`,
      ]
    }
    const without = dataset.sources.filter(({ absent }) => isAmong(absent, wanted)).map(({ name }) => name)
    return without.length === 0 ? [] : [`required column "${wanted}" is missing in ${preview(without, 3)}`]
  })
  const typed = Object.entries(settings.columns ?? {}).flatMap(([wanted, spelling]) => {
    const type = namedType(spelling)
    const found = named(dataset.columns, wanted)
    if (found === undefined) return [`unknown column "${wanted}"; the columns are ${preview(names, 12)}`]
    return found.type === type ? [] : [`column "${wanted}" has type ${found.type}, expected ${type}`]
  })
  const drifting = dataset.columns.flatMap(({ name }) => {
    const without = dataset.sources.filter(({ absent }) => isAmong(absent, name)).map(({ name: source }) => source)
    if (without.length === 0) return []
    const most = without.length * 2 > dataset.sources.length
    const having = dataset.sources.filter(({ absent }) => !isAmong(absent, name)).map(({ name: source }) => source)
    // a column that most sources lack is new in the others; one that most sources have is missing in the others
    if (most) return settings.on_drift.new_column === 'fail' ? [`column "${name}" is new in ${preview(having, 3)}`] : []
    return requiredToo && settings.on_drift.missing_column === 'fail'
      ? [`column "${name}" is missing in ${preview(without, 3)}; expected the ${names.length} columns ${preview(names, 12)}`]
      : []
  })
  const retyped =
    typesToo && settings.on_drift.type_change === 'fail'
      ? retypedColumns(dataset).map(({ name, type, where }) => `column "${name}" has type ${type}, but ${where}`)
      : []
  return [...required, ...typed, ...drifting, ...retyped]
}

/** Columns that some sources hold as another type, described: `text in a.csv, date in b.csv`. */
function retypedColumns({ columns, sources }: AssessInput['dataset']) {
  return columns.flatMap(({ name, type }) => {
    const others = sources.flatMap(({ name: source, other_types }) =>
      entryOf(other_types, name) === undefined ? [] : [`${entryOf(other_types, name)} in ${source}`],
    )
    return others.length === 0 ? [] : [{ name, type, where: preview(others, 3) }]
  })
}

export const schemaBehaviour: AssessBehaviour = {
  summarize: async (settings, input) => {
    const parsed = config.parse(settings)
    const found = breaches(parsed, input)
    if (found.length > 0) {
      throw new TaskError('Data.SchemaMismatch', `the sources do not match the required schema: ${found.join('; ')}`, {
        hint: 'fix the source, or allow the difference in on_drift or required',
      })
    }
    const { columns, sources } = input.dataset
    const partial = columns.filter(({ name }) => sources.some(({ absent }) => isAmong(absent, name)))
    const retyped = retypedColumns(input.dataset)
    const differences = [
      ...(partial.length === 0 ? [] : [`${count(partial.length, 'column is', 'columns are')} not in every source`]),
      ...(retyped.length === 0 ? [] : [`${count(retyped.length, 'column is', 'columns are')} not of one type`]),
    ]
    const orphans = input.rows === undefined ? [] : await orphansIn(input.dataset, input.rows)
    const lost = orphans.reduce((sum, { rows }) => sum + rows, 0)
    const lines = [
      ...orphans.map(({ text }) => text),
      ...partial.map(
        ({ name }) => `${name}: in ${count(sources.filter(({ absent }) => !isAmong(absent, name)).length, 'source')} of ${sources.length}`,
      ),
      ...retyped.map(({ name, type, where }) => `${name}: read as ${type}; ${where}`),
    ]
    return {
      result: { columns: columns.length, drift: partial.length + retyped.length, orphans: lost },
      report: {
        level: lost > 0 ? 'warning' : 'ok',
        message:
          lost > 0
            ? `${count(lost, 'row refers', 'rows refer')} to what is in no source${differences.map((text) => `, ${text}`).join('')}`
            : differences.length === 0
              ? 'All schemas validated successfully'
              : `Schemas differ, ${count(columns.length, 'column')} together; ${differences.join(', ')}`,
        lines: lines.slice(0, Math.max(3, orphans.length)).map((text) => ({ level: 'warning' as const, text })),
      },
    }
  },
}
