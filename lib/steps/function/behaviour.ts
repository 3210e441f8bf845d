/** How the code of a function step is called, and what is reported of it. */
import { count } from '#core/text/numbers.ts'
import { pathOfAsset, textOfAsset } from '#steps/kind/assets.ts'
import type { OwnBehaviour } from '#steps/kind/behaviour.ts'
import { toBytes, toSeconds } from '#steps/kind/fields.ts'
import { config } from './config.ts'

export const functionBehaviour: OwnBehaviour = {
  call: (given) => {
    const { uses, settings, columns, secrets, batch_rows, call_timeout, memory } = config.parse(given)
    return {
      file: pathOfAsset(uses),
      bundle: textOfAsset(uses),
      settings: settings as never,
      secrets,
      // a column of the definition may have missing cells
      columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, `${type}?`])),
      rows: batch_rows,
      seconds: toSeconds(call_timeout),
      megabytes: Math.max(16, Math.floor(toBytes(memory) / 1_000_000)),
    }
  },
  summarize: (given, { rows_in, rows_out, quarantined, columns_before, columns_after }, metrics) => {
    const { uses } = config.parse(given)
    const added = columns_after.filter(({ name }) => !columns_before.some((column) => column.name === name)).map(({ name }) => name)
    const parts = [
      ...(added.length > 0 ? [`added ${added.join(', ')}`] : []),
      ...(quarantined > 0 ? [`rejected ${count(quarantined, 'row')}`] : []),
      ...(rows_out > rows_in - quarantined ? [`made ${count(rows_out, 'row')}`] : []),
    ]
    const lines = Object.entries(metrics).map(([name, value]) => ({ level: 'ok' as const, text: `${name}: ${value.toLocaleString('en')}` }))
    return {
      result: { rows: rows_out, rejected: quarantined, metrics },
      report: {
        level: quarantined > 0 ? 'warning' : 'ok',
        message: `Called ${pathOfAsset(uses)} with ${count(rows_in, 'row')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`,
        lines,
      },
    }
  },
}
