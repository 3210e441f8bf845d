/** What detect_anomalies does: one pass to learn what is usual, one to find the rows that are not. */
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import type { Json } from '#core/json.ts'
import type { AssessBehaviour } from '#steps/kind/behaviour.ts'
import { config, type Method, type Settings } from './config.ts'
import { type Baseline, baselineOf, driftOf } from './drift.ts'
import { findRows } from './row-findings.ts'
import { chosenColumns, distributionsOf, learn } from './usual.ts'

const SHOWN = 5

const DEFAULTS = {
  unusual_patterns: ['robust_z', 'rare_categories'],
  fraud: ['bursts'],
  drift: ['psi'],
} as const satisfies { readonly [what: string]: readonly Method[] }
const METHODS_OF = {
  unusual_patterns: ['robust_z', 'rare_categories', 'isolation_forest'],
  fraud: ['bursts'],
  drift: ['psi'],
} as const satisfies { readonly [what: string]: readonly Method[] }

function methodsOf({ detect, method }: Settings): ReadonlySet<Method> {
  const given = method === undefined ? [] : typeof method === 'string' ? [method] : method
  return new Set(
    detect.flatMap((what): readonly Method[] => {
      const own = METHODS_OF[what].filter((one) => given.includes(one))
      return own.length > 0 ? own : DEFAULTS[what]
    }),
  )
}

const HEADER = ['_row', '_source', '_line', 'method', 'column', 'value', 'score', 'reason']

export const detectAnomaliesBehaviour: AssessBehaviour = {
  summarize: async (given, input) => {
    const settings = config.parse(given)
    const { rows, left } = input
    if (rows === undefined) throw new Error('detect_anomalies has no rows')
    const methods = methodsOf(settings)
    const chosen = chosenColumns(settings, input)
    if (chosen.numbers.length + chosen.texts.length === 0)
      throw new TaskError('Definition.InvalidSetting', 'no column can be looked at: all are ids, codes, names or dates', {
        step: input.step,
        hint: 'name some in `columns`',
        path: 'with.columns',
      })
    const learned = await learn(chosen, rows, Number(settings.seed))
    const found = [...(await findRows(chosen, learned, settings, methods, rows))].sort((a, b) => b.score - a.score || a.row - b.row)
    const listed = found.slice(0, Number(settings.max_rows))
    const places = await rows.locate([...new Set(listed.map(({ row }) => row))])
    const baseline = baselineOf(left[0])
    const now = distributionsOf(chosen, learned, baseline)
    const drifts = methods.has('psi') && baseline !== null ? driftsIn(now, baseline) : []
    const drifted = drifts.filter(({ psi }) => psi > settings.drift)
    const reasonOf = (reason: string) => (settings.explain ? reason : '')
    const placeOf = (row: number) => {
      const place = places.get(row)
      return place === undefined || place.line === 0 ? `row ${row + 1}` : `${place.source} line ${place.line}`
    }
    const driftText = ({ column, psi, reasons }: (typeof drifts)[number]) =>
      `${column} has drifted: PSI ${psi.toFixed(2)}${settings.explain && reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`
    const lines = [
      ...drifted.map((one) => ({ level: 'warning' as const, text: driftText(one) })),
      ...listed.slice(0, SHOWN).map(({ row, column, value, reason }) => ({
        level: 'warning' as const,
        text: `${placeOf(row)}: ${settings.explain ? reason : `${column} ${value}`}`,
      })),
      ...(found.length > SHOWN
        ? [{ level: 'ok' as const, text: `and ${count(found.length - SHOWN, 'more finding')}, in the table of the run` }]
        : []),
      ...(methods.has('psi') && baseline === null
        ? [{ level: 'ok' as const, text: 'drift: no earlier run to compare with; this one is kept for the next' }]
        : []),
    ]
    const unusual = new Set(found.map(({ row }) => row)).size
    return {
      result: { anomalies: found.length + drifted.length, rows: unusual, drifted: drifted.length, compared: drifts.length },
      leave: now as unknown as Json,
      table: {
        name: 'anomalies',
        header: HEADER,
        to: settings.to,
        rows: [
          ...drifted.map(({ column, psi, reasons }) => [
            null,
            '',
            null,
            'psi',
            column,
            '',
            Number(psi.toFixed(4)),
            reasonOf(reasons.join('; ')),
          ]),
          ...listed.map(({ row, method, column, value, score, reason }) => {
            const place = places.get(row)
            const isFile = place !== undefined && place.line > 0
            return [
              row + 1,
              isFile ? place.source : '',
              isFile ? place.line : null,
              method,
              column,
              value,
              Number(score.toFixed(4)),
              reasonOf(reason),
            ]
          }),
        ],
      },
      report: {
        level: found.length + drifted.length > 0 ? 'warning' : 'ok',
        message:
          found.length + drifted.length === 0
            ? `Nothing unusual in ${count(learned.rows, 'row')}`
            : [
                ...(found.length > 0 ? [`${count(found.length, 'anomaly', 'anomalies')} in ${count(unusual, 'row')}`] : []),
                ...(drifted.length > 0 ? [`${count(drifted.length, 'column')} drifted`] : []),
              ].join(', '),
        lines,
      },
    }
  },
}

/** The index of each column that both runs have, the largest first. */
function driftsIn(now: Baseline, then: Baseline) {
  const before = new Map(Object.entries(then))
  return Object.entries(now)
    .flatMap(([column, own]) => {
      const earlier = before.get(column)
      // a column that was a number and is a text has no bins in common
      return earlier === undefined || (earlier.edges === null) !== (own.edges === null) ? [] : [{ column, ...driftOf(own, earlier) }]
    })
    .sort((a, b) => b.psi - a.psi)
}
