/** A backfill as text: what is to do, what became of each date, and one line for all. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { seconds } from '#core/text/numbers.ts'
import { isoIn } from '#core/time/zone.ts'
import { parseCause } from '#core/errors/failure.ts'
import { equation } from '#data/ledger/ledger.ts'
import type { Done } from '#run/backfill/backfill.ts'
import type { BackfillItem, Todo } from '#run/backfill/items.ts'
import { EXIT } from '#run/local/events.ts'
import { columnsOf } from '#cli/terminal/table.ts'

const PLANNED: { readonly [What in Todo]: string } = {
  start: 'run',
  resume: 'resume',
  good: 'skip: is good',
  running: 'skip: is running',
  queued: 'skip: waits in siftstep serve',
}

export const toJson = ({ date, todo, run }: BackfillItem, zone: string) => ({
  logical_date: isoIn(date, zone),
  todo,
  last_run: run?.record.id ?? null,
  last_status: run?.state ?? null,
})

export function planTable(items: readonly BackfillItem[], most: number, zone: string): string {
  const rows = items.map(({ date, todo, run }) => [isoIn(date, zone), PLANNED[todo], run?.record.id ?? '', run?.state ?? ''])
  const count = items.filter(({ todo }) => todo === 'start' || todo === 'resume').length
  const line = `${count} ${count === 1 ? 'run' : 'runs'}, ${most} at a time; ${items.length - count} skipped`
  return `${columnsOf(['date', 'to do', 'last run', 'was'], rows)}${line}\n`
}

export function backfillTable(done: readonly Done[], zone: string): string {
  const rows = done.map((one) => {
    const { item, record } = one
    const ended = record !== null && 'seconds' in record ? record : null
    return [
      isoIn(item.date, zone),
      statusOf(one),
      record?.id ?? '',
      ended === null || item.todo === 'good' ? '' : seconds(ended.seconds),
      ended?.rows == null || (ended.rows.in === 0 && ended.status === 'failed') ? '' : equation(ended.rows),
      whyOf(one),
    ]
  })
  const { succeeded, partial, failed, not_run, skipped } = summaryOf(done)
  const more = [
    ...(partial > 0 ? [`⚠ ${partial} in part`] : []),
    ...(failed > 0 ? [`✗ ${failed} failed`] : []),
    ...(not_run > 0 ? [`⟳ ${not_run} not finished`] : []),
    ...(skipped > 0 ? [`– ${skipped} skipped`] : []),
  ]
  return `${columnsOf(['date', 'status', 'run', 'time', 'rows', ''], rows)}${[`✓ ${succeeded}`, ...more].join('   ')}\n`
}

function statusOf({ item, record, error }: Done): string {
  if (error !== null) return 'not started'
  if (item.todo === 'good') return `good (${record?.status})`
  if (item.todo === 'running' || item.todo === 'queued') return item.todo
  return record?.status ?? 'not started'
}

function whyOf({ record, error }: Done): string {
  const failure = record !== null && 'failure' in record ? record.failure : null
  const why = error ?? (failure === null ? '' : (parseCause(failure.cause).message.split('\n')[0] ?? ''))
  return escapeControls(why, 160)
}

/** How many dates ended in which way. */
export function summaryOf(done: readonly Done[]) {
  const ran = done.filter(({ item }) => item.todo === 'start' || item.todo === 'resume')
  const count = (test: (one: Done) => boolean) => ran.filter(test).length
  const stopped = ({ record, error }: Done) => error === null && (record === null || record.status === 'interrupted')
  return {
    succeeded: count(({ record }) => record?.status === 'succeeded'),
    partial: count(({ record }) => record?.status === 'partial'),
    failed: count((one) => one.error !== null || one.record?.status === 'failed'),
    not_run: count(stopped) + done.filter(({ item }) => item.todo === 'running' || item.todo === 'queued').length,
    skipped: done.filter(({ item }) => item.todo === 'good').length,
  }
}

/** 0 if all dates are good. Otherwise the code of the dates that are not, if it is the same for all; 1 if not. */
export function exitCodeOfAll(done: readonly Done[]): number {
  const codes = new Set(done.map(({ exit_code }) => exit_code).filter((code) => code !== EXIT.ok))
  if (codes.has(EXIT.interrupted)) return EXIT.interrupted
  const [code, other] = [...codes]
  return other === undefined ? (code ?? EXIT.ok) : EXIT.failed
}
