/** The figures of a run that a stats step can show: free of I/O. */
import { bytes, count, seconds } from '#core/text/numbers.ts'
import type { RowAccount } from '#data/ledger/ledger.ts'

/** What was measured when the step runs. Seconds and bytes. */
export interface Measured {
  readonly elapsed: number
  /** The sum of the times of all finished tasks. */
  readonly worked: number
  readonly rows: RowAccount
  readonly bytes_in: number
  readonly bytes_out: number
  /** What the run keeps in the store. */
  readonly stored: number
  readonly memory: number
  readonly retries: number
}

interface Figure {
  /** What it is, in a few words. */
  readonly is: string
  readonly text: (measured: Measured) => string
}

/** By their names in `show`. */
export const FIGURES: { readonly [name: string]: Figure } = {
  duration: { is: 'time since the run started', text: ({ elapsed }) => `Duration: ${seconds(elapsed)}` },
  rows: {
    is: 'rows read, written, quarantined, removed and filtered',
    text: ({ rows }) =>
      `Rows: ${rows.in.toLocaleString('en')} read, ${rows.out.toLocaleString('en')} written, ${rows.quarantined.toLocaleString('en')} quarantined, ${count(rows.deduplicated, 'duplicate')} removed, ${rows.filtered.toLocaleString('en')} filtered`,
  },
  speedup: {
    is: 'time of all tasks, compared with the duration',
    text: ({ elapsed, worked }) =>
      `Speedup: ${speedup(elapsed, worked).toFixed(1)}× (tasks took ${seconds(worked)} in all, in ${seconds(elapsed)})`,
  },
  disk_usage: {
    is: 'bytes read, published and kept with the run',
    text: ({ bytes_in, bytes_out, stored }) =>
      `Disk usage: ${bytes(bytes_in)} read, ${bytes(bytes_out)} published, ${bytes(stored)} kept with the run`,
  },
  memory: { is: 'largest memory of a task', text: ({ memory }) => `Memory: ${bytes(memory)} at most` },
  retries: { is: 'tasks and calls that were tried again', text: ({ retries }) => `Retries: ${retries.toLocaleString('en')}` },
}

/** How many seconds of work were done in a second; 0 before any time has passed. */
export const speedup = (elapsed: number, worked: number): number => (elapsed > 0 ? worked / elapsed : 0)
