/** What a sql step asks for: one operation, carried out by the engine. */
import { count } from '#core/text/numbers.ts'
import { pathOfAsset, textOfAsset } from '#steps/kind/assets.ts'
import type { RowsBehaviour, Settings } from '#steps/kind/behaviour.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import type { SelectStatementOp } from '#relational/operations/ops.ts'
import { config } from './config.ts'

function operationOf(settings: Settings, { step }: Pick<LowerContext, 'step'>): SelectStatementOp {
  const { sql, file, inputs, parameters, keys, members, may_filter } = config.parse(settings)
  return {
    op: 'select_statement',
    origin: { step, rule: 'sql' },
    statement: sql ?? (file === undefined ? '' : textOfAsset(file)),
    written: file === undefined ? { path: ['with', 'sql'] } : { path: ['with', 'file'], file: pathOfAsset(file) },
    inputs,
    parameters,
    keys,
    ...(members === undefined ? {} : { members }),
    may_filter,
  }
}

export const sqlBehaviour: RowsBehaviour = {
  oneByOne: (settings) => [(context) => [operationOf(settings, context)]],
  lower: (settings, context) => [operationOf(settings, context)],
  reads: (settings) => Object.values(config.parse(settings).inputs),
  summarize: (settings, { step, rows_in, rows_out, filtered, columns_after }) => {
    const { members } = config.parse(settings)
    const made = members === undefined ? count(rows_out, 'row') : count(rows_out, 'group')
    const left = filtered === 0 ? '' : `, left out ${count(filtered, 'row')}`
    return {
      result: { rows: rows_out, filtered, columns: columns_after.length },
      report: {
        level: 'ok',
        message: `Selected ${made} from ${count(rows_in, 'row')}${left}`,
        lines: filtered === 0 ? [] : [listed(step)],
      },
    }
  },
}

const listed = (step: string) => ({
  level: 'ok' as const,
  text: `the rows left out are in left_out-${step}.csv in the folder of the run`,
})
