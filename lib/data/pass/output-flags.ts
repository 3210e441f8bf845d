/**
 * Flags on output rows for the quality after processing: cells that do not fit the meaning of their column, cells written unlike the rest
 * of their column.
 */
import type { Facts } from '#relational/measures/facts.ts'
import type { LoweredColumn, LoweredFlag } from '#relational/operations/lowered.ts'
import { cellOperation } from '#relational/cells/index.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { Probably } from '#relational/cells/column-plan.ts'
import { isUnfit } from '#relational/measures/probable.ts'
import { semanticRule } from '#relational/measures/semantic-rules.ts'
import { anyOf, isOneOf } from '#relational/types/sql.ts'
import { caseVariants } from '#relational/measures/variants.ts'
import { OUTPUT } from './outcome.ts'
import { entryOf } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'

/** What never happened before, according to the facts, cannot happen after, and is not checked. */
export function outputFlags(columns: readonly LoweredColumn[], facts: Facts | null): readonly LoweredFlag[] {
  const texts = columns.flatMap((column) => {
    const fact = named(facts?.columns, column.from[0] ?? '')
    return column.type === 'text' && !column.derived && column.from.length === 1 && fact !== undefined ? [{ column, fact }] : []
  })
  const doubtful = texts.flatMap(({ column, fact }): LoweredFlag[] => {
    const rule = semanticRule(fact.semantic)
    if (fact.doubtful === 0 || (rule === undefined && fact.probably === undefined)) return []
    const sql = rule !== undefined ? `(NOT ${rule(column.sql)})` : isUnfit(column.sql, fact.probably as Probably)
    return [{ ...common('doubtful'), column: column.name, counts: 'cells', sql }]
  })
  const unlike = texts.flatMap(({ column, fact }) => unlikeCells(column, fact))
  const inconsistent: LoweredFlag[] =
    unlike.length === 0 ? [] : [{ ...common('inconsistent'), column: '', counts: 'rows', sql: anyOf(unlike) }]
  return [...doubtful, ...inconsistent]
}

const common = (rule: string) => ({ origin: { step: OUTPUT, rule }, fate: 'keep' as const, reason: '', key_set: null })

function unlikeCells({ sql, values }: LoweredColumn, fact: Facts['columns'][number]): readonly string[] {
  const may = (be: (value: string) => boolean) => values === null || [...values].some(be)
  const happened = (rule: string) => (entryOf(fact.effects, rule)?.cells ?? 0) > 0
  const changes = (cell: string) => `COALESCE(${cellOperation(cell).changes?.(sql, {}, 'text')}, FALSE)`
  const variants = Object.keys(caseVariants(fact).values).filter((variant) => may((value) => value === variant))
  return [
    ...(happened('whitespace') && may((value) => trimmedText(value) !== value) ? [changes('trim')] : []),
    ...(variants.length > 0 ? [`COALESCE(${isOneOf(sql, variants)}, FALSE)`] : []),
  ]
}
