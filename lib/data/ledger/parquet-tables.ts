/** Small tables of a run as Parquet, written without the native engine: violations that were only flagged, and examples of changes. */
import { sourceNameOf } from '#data/pass/outcome.ts'
import type { RunArtifacts } from './artifacts.ts'
import { type Schema, writeParquet } from './parquet-file.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { entryOf } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'

const TEXT = { type: 'UTF8', optional: true } as const
const NUMBER = { type: 'INT64', optional: true } as const

const VIOLATIONS: Schema = {
  source: TEXT,
  record: NUMBER,
  line: NUMBER,
  step: TEXT,
  rule: TEXT,
  column: TEXT,
  value: TEXT,
  reason: TEXT,
  quarantined: { type: 'BOOLEAN' },
}

/** Examples of rows that a rule flagged but left in the output: a limited number per rule and batch. */
export async function writeViolations({ segments }: RunArtifacts, context: TaskContext): Promise<void> {
  const rows = segments.flatMap(({ plan, outcomes }) =>
    outcomes.flatMap(({ violations }) =>
      violations.map(({ record, line, step, rule, column, value, reason, ...place }) => ({
        source: sourceNameOf(place, plan.sources),
        record,
        line,
        step,
        rule,
        column,
        ...(value === null ? {} : { value }),
        reason,
        quarantined: false,
      })),
    ),
  )
  await writeParquet(context.store, context.workspace.violations, VIOLATIONS, rows)
}

const CHANGES: Schema = { step: TEXT, rule: TEXT, column: TEXT, cells: NUMBER, before: TEXT, after: TEXT }

/** Every change of a rule, by column, with the number of cells and examples of before and after. */
export async function writeChanges({ segments, exchanges, facts }: RunArtifacts, context: TaskContext): Promise<void> {
  const examples = segments.flatMap(({ file }) => file.examples)
  const steps = [...segments.flatMap(({ file }) => file.steps), ...exchanges.map(({ file }) => ({ id: file.step, counts: file.counts }))]
  const rows = steps.flatMap(({ id, counts }) =>
    counts.flatMap(({ rule, column, cells }) => {
      if (cells === 0) return []
      const own = examples.filter((example) => example.step === id && example.rule === rule && example.column === column)
      // changes done by reading are only in the facts
      const read = entryOf(named(facts?.columns, column)?.effects, rule)?.example
      const shown = own.length > 0 ? own : [read ?? { before: null, after: null }]
      return shown.map(({ before, after }) => ({
        step: id,
        rule,
        column,
        cells,
        ...(before === null ? {} : { before }),
        ...(after === null ? {} : { after }),
      }))
    }),
  )
  await writeParquet(context.store, context.workspace.changes, CHANGES, rows)
}
