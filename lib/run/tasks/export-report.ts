/** What an export did, in a sentence. */
import type { StepReport } from '#core/task/task.ts'
import { equation, type RowAccount } from '#data/ledger/ledger.ts'
import type { Check } from '#data/pass/pass.ts'
import { type CataloguedTable, shownTable } from '#io/catalog/table.ts'
import type { Manifest } from '#io/publish/manifest.ts'

/** No output from a non-empty input is hardly intended. */
export function exportReport(
  { format, rows, merged = [] }: Manifest,
  account: RowAccount,
  verified: readonly Check[],
  catalog: CataloguedTable | null,
): Pick<StepReport, 'level' | 'message' | 'lines'> {
  const shown = verified.length === 0 ? '' : `, verified by ${verified.join(' and ').replaceAll('_', ' ')}`
  const [merge] = merged
  const counts =
    merge === undefined
      ? ''
      : `: ${merge.inserted.toLocaleString('en')} inserted, ${merge.updated.toLocaleString('en')} updated, ${merge.unchanged.toLocaleString('en')} unchanged`
  const lines = catalog === null ? [] : [{ level: 'ok' as const, text: shownTable(catalog) }]
  if (rows > 0 || account.in === 0) return { level: 'ok', message: `Exported to ${format}${counts}${shown}`, lines }
  return { level: 'warning', message: `Exported to ${format}, but no rows: ${equation(account)}`, lines }
}
