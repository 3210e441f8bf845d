/** Equivalent mutants of the measuring kernel and what calls it. */
import type { Equivalent } from './equivalent.ts'

export const KERNEL: readonly Equivalent[] = [
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: "const formatRuleOf = (plan: ColumnPlan) => readingRules(plan, { raw: 'r', trimmed: 't', present: 'p' })[2]?.rule ?? null",
    changes: ["70: 'r' → ''", "84: 't' → ''", "98: 'p' → ''"],
    why: 'only the name of the rule is read, not its SQL',
  },
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: 'if (rule === null || row === undefined || (counted.effects.format.cells > 0 && counted.format_row < row)) return merged',
    changes: ['73: > → >=', '99: < → <='],
    why: 'without cells of its own the first of the others stands already, and no row is counted by both',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'const block = wasm.allocate(text.block_bytes + 32)',
    changes: ['48: 32 → 33'],
    why: 'the block has more room than it needs',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: "text.quote === '' ? -1 : text.quote.charCodeAt(0),",
    changes: ['22: 1 → 2'],
    why: 'no byte is below 0',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'if (column === undefined) wasm.addColumn(field, 0, 0, 0, 0, 0, 0, 0)',
    changes: ['52: 0 → 1', '58: 0 → 1', '61: 0 → 1', '64: 0 → 1', '67: 0 → 1'],
    why: 'a column of no kind is not looked at',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'let scratch = { at: 0, room: 0 }',
    changes: ['21: 0 → 1'],
    why: 'the first text has no room, so it gets another place',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'const next = wasm.read(block, block + length, last ? 1 : 0)',
    changes: ['54: 1 → 2'],
    why: 'any number but 0 is yes',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'if (bytes.length > scratch.room) scratch = { at: wasm.allocate(bytes.length * 2), room: bytes.length * 2 }',
    changes: ['5: bytes.length > scratch.room → true', '18: > → >=', '79: 2 → 3', '102: * → /', '104: 2 → 1'],
    why: 'a text gets a new place though the old one would do',
  },
  {
    file: 'lib/data/survey/listed.ts',
    line: "const { present, value } = measuredCells(plan, 'r0', 0, layers, 'n')",
    changes: ['54: 0 → 1'],
    why: 'the number only names columns of the query',
  },
  {
    file: 'lib/data/survey/engine.ts',
    line: "? semanticRule(column.semantic) === undefined || entryOf(FORM, column.semantic ?? '') !== undefined",
    changes: ["79:  ?? '' → ", "83: '' → 'mutated'"],
    why: 'a column without a meaning has no rule',
  },
  {
    file: 'lib/data/survey/engine.ts',
    line: "if (plan.type === 'text') return { ...common, kind: 'text', form: entryOf(FORM, plan.semantic ?? '') ?? 0 }",
    changes: ["94:  ?? '' → ", "98: '' → 'mutated'"],
    why: 'no form has that name',
  },
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: 'waiting.push({ plan, field, listed, inKeys: (asked[field]?.sets ?? 0) !== 0 })',
    changes: ['64:  ?? 0 → ', '68: 0 → 1'],
    why: 'every column of the file that is measured is asked for',
  },
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: 'const got = (await source.readInto?.(free.subarray(0, source.size - offset), offset)) ?? 0',
    changes: ['86:  ?? 0 → ', '90: 0 → 1'],
    why: 'a local file can be read into a buffer',
  },
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: "const first = rule === null ? null : (entryOf(others['effects'] as Effects, rule)?.first ?? null)",
    changes: ['89:  ?? null → '],
    why: 'no listed value is undefined',
  },
  {
    file: 'lib/data/survey/kernel-scan.ts',
    line: 'return { ...merged, effects: { ...effects, [rule]: { cells: entryOf(effects, rule)?.cells ?? 0, first } } }',
    changes: ['90:  ?? 0 → ', '94: 0 → 1'],
    why: 'both sides have counted the rule',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'const group = number.grouping.codePointAt(0) ?? 0',
    changes: ['45:  ?? 0 → '],
    why: 'WebAssembly takes undefined for 0',
  },
  {
    file: 'lib/data/survey/listed.ts',
    line: 'for (const [at, { field }] of group.entries()) found.set(field, states.get(at) ?? {})',
    changes: ['79:  ?? {} → '],
    why: 'there are states for each list',
  },
  {
    file: 'lib/data/survey/kernel.ts',
    line: 'if (column === undefined) wasm.addColumn(field, 0, 0, 0, 0, 0, 0, 0, 0)',
    changes: ['52: 0 → 1', '58: 0 → 1', '61: 0 → 1', '64: 0 → 1', '67: 0 → 1', '70: 0 → 1'],
    why: 'of a column that is not measured, only its kind and its key sets are looked at',
  },
]
