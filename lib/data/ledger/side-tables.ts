/** Writes the CSV files for readers that list removed rows: quarantine and duplicates. */
import { createHash } from 'node:crypto'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { csvWriter } from '#io/formats/writers/csv.ts'
import { locate } from '#io/formats/locate.ts'
import { publish } from '#io/connectors/publish.ts'
import { readBytes } from '#io/workspace/json-store.ts'
import { type FlaggedRow, type Outcome, sourceNameOf } from '#data/pass/outcome.ts'
import { repeatsIn } from '#data/pass/repeats-in.ts'
import type { RunArtifacts } from './artifacts.ts'
import { type QuarantineRow, type QuarantineTally, startQuarantineTally } from './quarantine-tally.ts'
import type { SegmentFile } from './segment-file.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { inspectionOf, sourceOf } from '#data/dataset/inspections.ts'
import { readLines, writeText } from '#io/workspace/lines.ts'

/** What `writeCsv` writes. */
const QUARANTINE_FORMAT = csvWriter.name
const QUARANTINE = ['_source', '_record', '_line', '_byte', '_step', '_rule', '_column', '_value', '_reason', '_raw']

/** Every quarantined row, in the order of the sources: first records that could not be read, then rows found by rules. */
export async function writeQuarantine(artifacts: RunArtifacts, context: TaskContext): Promise<QuarantineTally> {
  const { tally, add } = startQuarantineTally()
  async function* rows() {
    for (const { step, plan } of artifacts.scans) yield* badRecords(step, plan, context)
    yield* quarantinedRows(artifacts, context)
  }
  async function* counted() {
    for await (const row of rows()) {
      add(row)
      yield row
    }
  }
  await writeCsv(context, context.workspace.quarantine, QUARANTINE, counted())
  return tally
}

/** Publishes the quarantined rows of steps to the folders set in the definition. Throws Output.Conflict if a folder holds other files. */
export async function publishQuarantines(artifacts: RunArtifacts, context: TaskContext): Promise<void> {
  for (const { id, quarantine } of artifacts.segments.flatMap(({ file }) => file.steps)) {
    if (quarantine === null) continue
    const key = context.workspace.quarantineOf(id)
    const rows = await writeCsv(
      context,
      key,
      QUARANTINE,
      only(quarantinedRows(artifacts, context), ([, , , , step]) => step === id),
    )
    await publishTable(quarantine, 'quarantine', { key, rows, header: QUARANTINE }, { ...context, step: id })
  }
}

/** Writes the table of a step to the run, and publishes it where it has an address. Output.Conflict if the folder holds other files. */
export async function writeSideTable({ name, header, rows, to }: SideTable, context: TaskContext): Promise<void> {
  const key = context.workspace.sideTable(context.step, name)
  async function* each() {
    yield* rows
  }
  const count = await writeCsv(context, key, header, each())
  if (to !== undefined) await publishTable(to, name, { key, rows: count, header }, context)
}

async function publishTable(
  to: string,
  name: string,
  { key, rows, header }: { readonly key: string; readonly rows: number; readonly header: readonly string[] },
  context: TaskContext,
): Promise<void> {
  const bytes = await readBytes(context.store, key)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const part = { key, name: `${name}-${sha256.slice(0, 12)}.csv`, rows, bytes: bytes.length, sha256 }
  const columns = header.map((column) => ({ name: column, type: 'text' as const }))
  const facts = { pipeline: context.pipeline.id, format: QUARANTINE_FORMAT, rows, bytes: bytes.length, columns }
  await publish(to, [part], facts, { mode: 'replace', keys: [] }, context)
}

/** A table beside the output, with what a step found. */
export interface SideTable {
  readonly name: string
  readonly header: readonly string[]
  readonly rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>
  /** A folder to publish it to, besides the file in the run. */
  readonly to?: string | undefined
}

async function* only<Item>(items: AsyncIterable<Item>, test: (item: Item) => boolean) {
  for await (const item of items) if (test(item)) yield item
}

async function* quarantinedRows({ segments }: RunArtifacts, context: TaskContext): AsyncGenerator<QuarantineRow> {
  for (const { plan, outcomes } of segments) {
    for await (const row of listedRows(outcomes, context)) {
      const { fate, record, line, byte, step, rule, column, value, reason, raw } = row
      if (fate === 'quarantine') yield [sourceNameOf(row, plan.sources), record, line, byte, step, rule, column, value, reason, raw]
    }
  }
}

/** The listed rows of the passes, batch by batch. */
async function* listedRows(outcomes: readonly Outcome[], { store }: TaskContext): AsyncGenerator<FlaggedRow & { readonly batch: number }> {
  for (const [batch, { rows_key }] of outcomes.entries()) {
    if (rows_key === null) continue
    const file = await store.openLocal(rows_key)
    for await (const rows of readLines<FlaggedRow>(file.path)) for (const row of rows) yield { ...row, batch }
    await file.release()
  }
}

async function* badRecords(step: string, plan: DatasetPlan, context: TaskContext): AsyncGenerator<QuarantineRow> {
  for (const [source, { name, bad }] of plan.sources.entries()) {
    if (bad === 0) continue
    const inspection = await inspectionOf(plan, source, context)
    const reasons = new Map(inspection.bad.map(({ record, reason }) => [record, reason]))
    const located = locate(inspection, [...reasons.keys()], {
      source: sourceOf(inspection),
      store: context.store,
      scratch: context.scratch,
    })
    for await (const { record, line, byte, raw } of located)
      yield [name, record, line, byte, step, 'record', '', null, reasons.get(record) ?? '', raw]
  }
}

const DUPLICATES = ['_source', '_record', '_line', '_step', '_rule', '_kept_source', '_kept_record', '_kept_line', '_raw']

/** The place of a row in its source. */
type Place = Pick<FlaggedRow, 'source' | 'name' | 'record' | 'line'>

/** Every removed duplicate, with the row that stayed instead. */
export async function writeDuplicates({ segments }: RunArtifacts, context: TaskContext): Promise<void> {
  async function* rows() {
    for (const { file, plan, outcomes } of segments) {
      if (!outcomes.some(({ flags }) => flags.some(({ flag, counts }) => flag.fate === 'deduplicate' && counts.some((count) => count > 0))))
        continue
      const stood = new Map<string, Place>()
      for await (const { fate, batch, row, ...place } of listedRows(outcomes, context))
        if (fate !== 'quarantine') stood.set(`${batch} ${row}`, place)
      let [at, kept] = [-1, new Map<string, string>()]
      for await (const { fate, batch, row, step, rule, raw, ...place } of listedRows(outcomes, context)) {
        if (fate !== 'deduplicate') continue
        if (at !== batch) [at, kept] = [batch, await keptOf(outcomes[batch] as Outcome, batch, file, context)]
        const stays = stood.get(kept.get(`${step} ${rule} ${row}`) ?? '')
        if (stays === undefined) throw new Error(`no outcome lists the row that stays in place of row ${row} of batch ${batch}`)
        const name = (one: Place) => sourceNameOf(one, plan.sources)
        yield [name(place), place.record, place.line, step, rule, name(stays), stays.record, stays.line, raw]
      }
    }
  }
  await writeCsv(context, context.workspace.duplicates, DUPLICATES, rows())
}

/** For each duplicate of a batch, by step, rule and row: the batch and row that stay in its place. */
async function keptOf({ flags }: Outcome, batch: number, { step, round }: SegmentFile, context: TaskContext): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  const listed = flags.flatMap(({ flag }) => (flag.key_set === null ? [] : [{ ...flag, key: flag.key_set }]))
  for (const [number, { origin, fate, key }] of listed.entries()) {
    if (fate !== 'deduplicate') continue
    for (const [row, keptBatch, keptRow] of await repeatsIn(key, number, batch, round, { ...context, step })) {
      const name = `${origin.step} ${origin.rule} ${row}`
      // of two rules with the same name the first one counts, as in the pass
      if (!kept.has(name)) kept.set(name, `${keptBatch} ${keptRow}`)
    }
  }
  return kept
}

type Cell = string | number | null

/** Writes a CSV file; returns the number of rows. */
async function writeCsv(
  { store }: TaskContext,
  key: string,
  header: readonly string[],
  rows: AsyncIterable<readonly Cell[]>,
): Promise<number> {
  const draft = await store.createLocal(key)
  let count = 0
  async function* lines() {
    yield `${header.map(csvCell).join(',')}\n`
    for await (const row of rows) {
      count++
      yield `${row.map(csvCell).join(',')}\n`
    }
  }
  await writeText(draft.path, lines())
  await draft.publish()
  return count
}

/** What spreadsheets read as the start of a formula, and the apostrophe itself, so that the escape can be undone. */
const FORMULA = /^['=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/u
/** Control characters that act on a terminal: all of C0 except tab and line ends, DEL, and all of C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]/g

/**
 * Escapes a text so that any program can open it: a formula gets a leading apostrophe, a control character is written as `\\x1b`, and a
 * backslash is doubled in cells with control characters. To undo: drop one leading apostrophe, then, if there was a control character,
 * unescape backslashes. Numbers stay unchanged.
 */
export function harmless(value: string): string {
  const escaped =
    value.search(CONTROL) < 0
      ? value
      : value.replaceAll('\\', '\\\\').replace(CONTROL, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return FORMULA.test(escaped) && !isNumber(escaped) ? `'${escaped}` : escaped
}

const isNumber = (text: string) => /^[-+]?\d+([.,]\d+)*([eE][-+]?\d+)?$/.test(text)

/** Escaped, and quoted if required (RFC 4180). */
function csvCell(value: Cell): string {
  const shown = value === null ? '' : typeof value === 'string' ? harmless(value) : `${value}`
  return /[",\r\n]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown
}
