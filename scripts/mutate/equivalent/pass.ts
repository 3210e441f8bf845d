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
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: 'await writeJson(store, at_, { inspection, evidence: null, types: null, sample: { threshold: 0, numbers: [], ends: [] } })',
    changes: ['93: 0 → 1'],
    why: 'typed files are sampled as they are read',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "delimiter: '',",
    changes: ["12: '' → 'mutated'"],
    why: 'a Parquet file has no dialect',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "quote: '',",
    changes: ["8: '' → 'mutated'"],
    why: 'a Parquet file has no dialect',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "escape: '',",
    changes: ["9: '' → 'mutated'"],
    why: 'a Parquet file has no dialect',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "encoding: 'utf-8',",
    changes: ["11: 'utf-8' → ''"],
    why: 'it is asked of sources while they are inspected only',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "compression: 'none',",
    changes: ["14: 'none' → ''"],
    why: 'it is asked of sources while they are inspected only',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: "new_line: '\\n',",
    changes: ["11: '\\n' → ''"],
    why: 'a Parquet file has no lines',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: 'chunks: [{ start: 0, end: bytes, first: 1, line: 0, records: rows }],',
    changes: ['50: 0 → 1'],
    why: 'a Parquet file has no lines',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: 'longest_record: 0,',
    changes: ['17: 0 → 1'],
    why: 'a Parquet file is read in other pieces than records',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: 'direct: true,',
    changes: ['9: true → false'],
    why: 'a Parquet file is read as it is, or row group by row group',
  },
  {
    file: 'lib/data/pass/parts-dataset.ts',
    line: 'one_piece: true,',
    changes: ['12: true → false'],
    why: 'a Parquet file is read in other pieces than records',
  },
  {
    file: 'lib/data/pass/external.ts',
    line: '{ rows: 0, complete: false, threshold: 0 },',
    changes: ['9: 0 → 1', '22: false → true', '40: 0 → 1'],
    why: 'no sample is drawn of a file that is looked into',
  },
  {
    file: 'lib/data/pass/external.ts',
    line: '{ task_bytes: Number.MAX_SAFE_INTEGER, workers: 1, distributed: false },',
    changes: ['49: 1 → 2', '49: 1 → 0', '65: false → true'],
    why: 'one task opens the file, whatever its plan says of tasks',
  },
]
