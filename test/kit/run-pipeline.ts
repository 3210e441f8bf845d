/** Runs a definition in this process: the compiled machine in the embedded engine, every task through the real handler. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { Ledger } from '#data/ledger/ledger.ts'
import { systemClock, type VirtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { World } from '#asl/engine/world.ts'
import type { Json } from '#core/json.ts'
import type { QualityReport } from '#data/report/model.ts'
import { TaskError } from '#core/errors/errors.ts'
import { formatCause, parseCause } from '#core/errors/failure.ts'
import { handle } from '#run/tasks/handler.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import type { AssetReader } from '#language/definition/asset-reader.ts'
import { entryOf } from '#core/text/record.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { bundleStep } from '#run/runs/bundle-step.ts'
import { folderStore } from '#io/store/folder.ts'
import type { PostOffice } from '#io/channels/channel.ts'
import { environmentSecrets } from '#core/secrets/secrets.ts'
import type { Store } from '#io/store/store.ts'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'

export interface Workplace {
  readonly folder: string
  /** Writes a file below the folder and gives its path. */
  write(name: string, content: string | Uint8Array): string
  clear(): void
}

/** A temporary folder for the files of a test. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-test-'))
  return {
    folder,
    write: (name, content) => {
      const path = join(folder, name)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export type Files = Readonly<Record<string, string | Uint8Array>>

/** Reads the files of a pipeline from memory. */
export const assetsIn =
  (files: Files): AssetReader =>
  (path, form) => {
    const content = entryOf(files, path)
    if (content !== undefined && form === 'bundle') return bundled(path, String(content))
    return content === undefined ? { refused: 'missing' } : { content: typeof content === 'string' ? Buffer.from(content) : content }
  }

/** The bundle of code that imports nothing. */
const bundled = (path: string, code: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-code-'))
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, code)
  const found = bundleStep(realpathSync(file), realpathSync(folder))
  rmSync(folder, { recursive: true })
  return found
}

/** The program of the processes of function steps, as it is built. */
const FUNCTION_HOST = join(import.meta.dirname, '../../dist/function-host.js')

export interface TestRun {
  readonly status: string
  readonly error: string | undefined
  /** The step that the cause names. */
  readonly step: string | null
  /** The message of the cause. */
  readonly cause: string | undefined
  /** The hint of the last task that failed. */
  readonly hint: string | undefined
  /** How the run went, event by event. */
  readonly history: readonly HistoryEvent[]
  readonly results: readonly { readonly event: TaskEvent; readonly result: TaskResult }[]
  /** A JSON object of the run's folder, such as `ledger.json`. */
  object<T = Json>(name: string): T
  text(name: string): string
  readonly ledger: Ledger
  readonly report: QualityReport
}

export interface TestRunOptions {
  readonly inputs?: { readonly [name: string]: string }
  readonly store: string
  /** The folder that relative paths are relative to; none if absent, as on AWS. */
  readonly folder?: string
  /** Files of the pipeline, by path. */
  readonly assets?: Files
  readonly run?: string
  /** Called before each task; what it throws is the task's failure. */
  readonly beforeTask?: (event: TaskEvent, attempt: number) => void
  readonly afterTask?: (event: TaskEvent, result: TaskResult) => void
  /** Receives every event of the history. */
  readonly onEvent?: NonNullable<World['onEvent']>
  /** The store of the run in place of the folder. */
  readonly through?: (folder: Store) => Store
  /** Functions that lambda steps call, by name. */
  readonly functions?: { readonly [name: string]: (event: Json) => Json | Promise<Json> }

  /** What there is for mail; nothing when absent. */
  readonly post?: PostOffice
  /** Where secrets are looked up (default: the environment). */
  readonly secrets?: { readonly [name: string]: string }
  /** Virtual time, for the machine and its tasks; real time when absent. */
  readonly clock?: VirtualClock
}

/** Runs a definition until it succeeds or fails. Throws if it does not compile. */
export async function runDefinition(
  definition: string,
  {
    inputs = {},
    store: root,
    folder,
    assets = {},
    run = 'r-test',
    beforeTask,
    afterTask,
    onEvent = () => {},
    through = (folder) => folder,
    clock,
    functions = {},
    post,
    secrets,
  }: TestRunOptions,
): Promise<TestRun> {
  const compiled = compile(definition, { file: 'pipeline.yaml', readAsset: assetsIn(assets) })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what, hint }) => `${what} (${hint})`).join('\n'))
  const resolved = resolveInputs(compiled.definition, inputs)
  if (!resolved.ok) throw new Error(resolved.problems.map(({ what }) => what).join('\n'))
  const store = through(folderStore(root))
  for (const { sha256, content } of compiled.assets) await store.write(workspace(run).asset(sha256), content)
  let hint: string | undefined
  const results: { event: TaskEvent; result: TaskResult }[] = []
  const execution = await execute(compiled.machine, { inputs: resolved.inputs } as unknown as Json, {
    invoke: async ({ payload, attempt, functionName }) => {
      const own = entryOf(functions, functionName)
      if (own !== undefined) return own(payload)
      const given = payload as unknown as TaskEvent
      const event = folder === undefined ? given : { ...given, run: { ...given.run, folder } }
      const release = clock?.hold()
      const result = await (async () => {
        beforeTask?.(event, attempt)
        return handle(event, {
          store,
          memory: 500_000_000,
          functionHost: FUNCTION_HOST,
          ...(clock === undefined ? {} : { now: clock.now }),
          ...(post === undefined ? {} : { post }),
          ...(secrets === undefined ? {} : { secrets: environmentSecrets(secrets) }),
        })
      })()
        .catch((error: unknown) => {
          hint = (error as TaskError).hint
          throw error instanceof TaskError ? Object.assign(new Error(formatCause(error)), { name: error.name }) : error
        })
        .finally(release)
      results.push({ event, result })
      afterTask?.(event, result)
      return result as Json
    },
    objects: {
      get: async (_bucket, key) => (await store.read(key)) ?? new Uint8Array(),
      put: (_bucket, key, bytes) => store.write(key, bytes),
    },
    clock: clock ?? systemClock,
    onEvent,
    random: () => 0,
    execution: { id: run, name: run, startTime: new Date('2026-01-02T03:04:05Z'), roleArn: 'role' },
    stateMachine: { id: 'machine', name: 'machine' },
  })
  const read = (name: string) => readFileSync(join(root, 'runs', run, name), 'utf8')
  const failed = execution as { error?: string; cause?: string }
  return {
    status: execution.status,
    error: failed.error,
    step: parseCause(failed.cause ?? '').step,
    cause: failed.cause === undefined ? undefined : parseCause(failed.cause).message,
    hint,
    history: execution.history,
    results,
    text: read,
    object: <T>(name: string) => JSON.parse(read(name)) as T,
    get ledger() {
      return JSON.parse(read('ledger.json')) as Ledger
    },
    get report() {
      return JSON.parse(read('quality-report.json')) as QualityReport
    },
  }
}

let reading: Promise<Session> | undefined

/** One session for all that a process of tests reads: opening one takes longer than most reads. It sees the temporary folders of tests only. */
function reader(): Promise<Session> {
  reading ??= openSession({ memory: 500_000_000, scratch: mkdtempSync(join(tmpdir(), 'siftstep-read-')), folders: [tmpdir()] })
  return reading
}

/** All rows of the published files of a folder, in their order, as DuckDB reads them. */
export async function publishedRows(folder: string, columns = '*'): Promise<Record<string, Json>[]> {
  const manifest = JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8')) as { format: string; files: { name: string }[] }
  const files = `[${manifest.files.map(({ name }) => text(join(folder, name))).join(', ')}]`
  const source =
    manifest.format === 'parquet'
      ? `read_parquet(${files})`
      : manifest.format === 'csv'
        ? `read_csv(${files}, all_varchar = true, header = true)`
        : `read_json(${files})`
  return (await reader()).rows(`SELECT ${columns} FROM ${source}`)
}

/** Names of the files of a folder that are not hidden, sorted. */
export const filesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()

/** All rows of a Parquet file. */
export async function parquetRows(path: string): Promise<Record<string, Json>[]> {
  return (await reader()).rows(`SELECT * FROM read_parquet(${text(path)})`)
}
