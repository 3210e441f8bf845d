/** Publishing to addresses of files: all rows in one file, or those of each source in a file of its own. */
import { dirname } from 'node:path'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Outcome, Part } from '#data/pass/outcome.ts'
import { copyTo, type Destination, extensionOf, type SinkTarget } from '#data/pass/pass.ts'
import { TaskError } from '#core/errors/errors.ts'
import { fileConnectorOf } from '#io/connectors/index.ts'
import { writerByName } from '#io/formats/writers/index.ts'
import { conflict, type Manifest } from '#io/publish/manifest.ts'
import { addressFor, lastName, namesSource } from '#io/publish/file-addresses.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { noRows, text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { describePart } from './segment.ts'

/** Consecutive rows of a part, from 0; `end` is behind the last one. */
interface Slice {
  readonly part: number
  readonly start: number
  readonly end: number
}

interface PlannedFile {
  readonly uri: string
  readonly slices: readonly Slice[]
}

/** Writes the files one after another, each in one step. Files of an earlier run that are not written again stay. */
export async function publishFiles(
  { to, file: form, by_name, shown }: Destination & { readonly file: SinkTarget },
  dataset: DatasetPlan,
  outcomes: readonly Outcome[],
  parts: readonly Part[],
  columns: readonly Column[],
  context: TaskContext,
): Promise<Manifest> {
  const whole = parts.map(({ rows }, part): Slice => ({ part, start: 0, end: rows }))
  const files = namesSource(to) ? filesOfSources(to, dataset, outcomes, context) : [{ uri: to, slices: whole }]
  const planned = files.map((one) => ({ ...one, form: by_name === true ? formOf(one.uri, context) : form }))
  const written = await writeFiles(planned, parts, columns, context)
  const { store } = context
  const connector = await fileConnectorOf(to, context.run.folder)
  for (const { uri, key, ...file } of written) {
    const content = { ...file, name: lastName(uri), uri: store.address(key), open: () => store.openLocal(key) }
    await connector.writeFile(uri, content)
  }
  return {
    siftstep: 1,
    pipeline: context.pipeline.id,
    format: shown,
    rows: sum(written.map(({ rows }) => rows)),
    bytes: sum(written.map(({ bytes }) => bytes)),
    columns,
    files: written.map(({ uri, rows, bytes, sha256 }) => ({ name: lastName(uri), rows, bytes, sha256 })),
  }
}

/** Writes the planned files into the run's store. */
async function writeFiles(
  planned: readonly (PlannedFile & { readonly form: SinkTarget })[],
  parts: readonly Part[],
  columns: readonly Column[],
  context: TaskContext,
): Promise<readonly (Part & { readonly uri: string })[]> {
  const { store, workspace, step } = context
  const keys = planned.map(({ form }, at) => workspace.outputFile(step, at, extensionOf(form)))
  const drafts = await Promise.all(keys.map((key) => store.createLocal(key)))
  const opened = await Promise.all(parts.map(({ key }) => store.openLocal(key)))
  try {
    const paths = opened.map(({ path }) => path)
    const session = await context.openSession([...new Set([...paths, ...drafts.map(({ path }) => path)].map((path) => dirname(path)))])
    const files: (Part & { readonly uri: string })[] = []
    for (const [at, { uri, slices, form }] of planned.entries()) {
      const [key = '', draft] = [keys[at], drafts[at]]
      if (draft === undefined) throw new Error(`there is no draft ${at}`)
      await session.run(copyTo(rowsOf(slices, paths, columns), draft.path, form, columns.length))
      const { part } = await describePart(session, draft.path, key, form, sum(slices.map(({ start, end }) => end - start)))
      await draft.publish()
      files.push({ ...part, uri })
    }
    return files
  } finally {
    for (const file of opened) await file.release()
    for (const draft of drafts) await draft.discard()
  }
}

const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)

/** The format that the name of a file says. */
function formOf(uri: string, { step }: TaskContext): SinkTarget {
  const named = writerByName(uri)
  if (named !== undefined) return { format: named.writer.name, compression: named.compression ?? named.writer.compressions[0] }
  throw new TaskError('Definition.InvalidSetting', `the name ${uri} does not say in which format the file is written`, {
    step,
    hint: 'add `format`, such as format: csv',
    path: 'with.format',
  })
}

/** For each source a file of the rows that stay of it, as the account of its chunks says: rows keep the order of the sources. */
function filesOfSources(
  to: string,
  { sources, batches }: DatasetPlan,
  outcomes: readonly Outcome[],
  { workspace, step }: TaskContext,
): PlannedFile[] {
  if (sources.some(({ uri }) => uri.startsWith(workspace.data(null))))
    throw new TaskError('Definition.InvalidSetting', `rows cannot be written by source (${to}): a step before it wrote them together`, {
      step,
      hint: 'write to one file or a folder, or put the export behind steps that work row by row',
      path: 'with.to',
    })
  const slices = sources.map((): Slice[] => [])
  let part = 0
  for (const at of batches.keys()) {
    const outcome = outcomes[at]
    if (outcome === undefined || outcome.part === null) continue
    let start = 0
    for (const { source, out } of outcome.chunks) {
      if (out > 0) slices[source]?.push({ part, start, end: start + out })
      start += out
    }
    if (start !== outcome.part.rows) throw new Error(`the chunks of batch ${at} have ${start} rows, and its part ${outcome.part.rows}`)
    part++
  }
  const taken = new Map<string, string>()
  return sources.map(({ name }, at) => {
    const uri = addressFor(to, name)
    const other = taken.get(uri)
    if (other !== undefined) throw conflict(uri, `it would be the file of both ${other} and ${name}`)
    taken.set(uri, name)
    return { uri, slices: slices[at] ?? [] }
  })
}

/** The rows of the slices, in order; of none, none with their columns. */
function rowsOf(slices: readonly Slice[], paths: readonly string[], columns: readonly Column[]): string {
  const joined: Slice[] = []
  for (const slice of slices) {
    const last = joined.at(-1)
    if (last !== undefined && last.part === slice.part && last.end === slice.start) joined[joined.length - 1] = { ...last, end: slice.end }
    else joined.push(slice)
  }
  const selected = joined.map(
    ({ part, start, end }) => `(SELECT * FROM read_parquet(${text(paths[part] ?? '')}) LIMIT ${end - start} OFFSET ${start})`,
  )
  return selected.length === 0 ? noRows(columns) : selected.join(' UNION ALL ')
}
