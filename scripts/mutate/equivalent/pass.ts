/** Equivalent mutants of the pass. */
import type { Equivalent } from './equivalent.ts'

export const PASS: readonly Equivalent[] = [
  {
    file: 'lib/data/pass/settle.ts',
    line: 'const at = found === undefined ? -1 : position(found.rows, row)',
    changes: ['35: 1 → 2', '35: 1 → 0'],
    why: 'the next line fails where nothing was found, whatever the position',
  },
  {
    file: 'lib/data/pass/settle.ts',
    line: 'if (kept === undefined) continue',
    changes: ['5: kept === undefined → false', '25: continue → ;'],
    why: 'every group of equal keys has a first member',
  },
  {
    file: 'lib/data/pass/tally.ts',
    line: 'const masks = new Int32Array(wordsFor(flags.length) - 1)',
    changes: ['53: - → +', '55: 1 → 0'],
    why: 'only the words of flags are read',
  },
  {
    file: 'lib/data/pass/open-batch.ts',
    line: 'const whole = Math.max(0, ...files.map(({ spool: { one_piece, bytes } }) => (one_piece ? bytes + 64 : 0)))',
    changes: ['24: 0 → 1', '98: 64 → 65', '103: 0 → 1'],
    why: 'buffers are at least a million bytes, and may be larger than the file',
  },
  {
    file: 'lib/data/pass/open-batch.ts',
    line: 'const at = layout === undefined ? -1 : fieldOf(layout.columns, plan.name)',
    changes: ['12: layout === undefined → false', '36: 1 → 2', '36: 1 → 0'],
    why: 'a batch without a layout is refused before',
  },
  {
    file: 'lib/data/pass/open-sample.ts',
    line: 'inspections.set(source, found)',
    changes: ['1: inspections.set(source, found) → ;'],
    why: 'the inspection is read again, and says the same',
  },
  {
    file: 'lib/data/pass/open-sample.ts',
    line: 'whole: inspection.one_piece ? text.length + 64 : 0,',
    changes: ['45: 64 → 65', '50: 0 → 1'],
    why: 'buffers are at least a million bytes, and may be larger than the file',
  },
  {
    file: 'lib/data/pass/open-sample.ts',
    line: 'const parts = rows.map((row) => text.subarray(ends[row - 1] ?? 0, ends[row]))',
    changes: ['60:  ?? 0 → '],
    why: 'a part from undefined begins at 0',
  },
  {
    file: 'lib/data/pass/flagged-rows.ts',
    line: 'const at = layout === undefined ? -1 : fieldOf(layout.columns, column)',
    changes: ['12: layout === undefined → false', '36: 1 → 2', '36: 1 → 0'],
    why: 'every source has a layout',
  },
  {
    file: 'lib/data/pass/across.ts',
    line: `\`SELECT DISTINCT \${heading} AS value FROM \${table.name} ORDER BY value = \${text(MISSING)}, value LIMIT \${MAX_PIVOT_COLUMNS + 1}\`,`,
    changes: ['126: 1 → 2'],
    why: 'one value too many is enough',
  },
]
