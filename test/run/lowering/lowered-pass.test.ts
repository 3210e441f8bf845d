/** The passes of all examples are plain data: they survive JSON unchanged, hold no SQL, and a copy of one becomes the same statement. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { folderStore } from '#io/store/folder.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { LoweredPass } from '#relational/operations/lowered-pass.ts'
import { lineageOf, lower, lookupKey } from '#relational/operations/to-sql.ts'
import { lowerPass } from '#run/lowering/lower-pass.ts'
import type { SegmentSettings } from '#run/tasks/segment.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { EXAMPLES } from '../../../scripts/examples.ts'
import { filesBelow } from '../../kit/run-outcome.ts'
import { runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

/** The first pass of an example. The run ends where it would be carried out. */
async function passOf({ name, folder, text }: (typeof EXAMPLES)[number]): Promise<LoweredPass> {
  const home = join(place.folder, name)
  mkdirSync(home, { recursive: true })
  if (existsSync(join(folder, 'input'))) cpSync(join(folder, 'input'), join(home, 'input'), { recursive: true })
  const root = join(home, 'store')
  const inputs: Record<string, string> = name === 'data-processing' ? { source: `${home}/input/*`, output_path: `${home}/out` } : {}
  let found: TaskEvent | undefined
  const beforeTask = (event: TaskEvent) => {
    if (event.task !== 'segment') return
    found ??= event
    throw new TaskError('Definition.InvalidSetting', 'the pass is all that is needed')
  }
  // a definition names its files with or without ./
  const assets = Object.fromEntries(
    filesBelow(folder).flatMap((file) => ['', './'].map((start) => [`${start}${file}`, readFileSync(join(folder, file))] as const)),
  )
  const { cause } = await runDefinition(text, { store: root, folder: home, inputs, assets, beforeTask })
  if (found === undefined) throw new Error(cause)
  const store = folderStore(root)
  const context = { store, workspace: workspace(found.run.id), step: found.step } as unknown as TaskContext
  const settings = found.settings as unknown as SegmentSettings
  return (await lowerPass(await readJson<DatasetPlan>(store, settings.dataset), settings, context)).pass
}

/** All SQL that DuckDB makes of a pass. */
function sqlOf(pass: LoweredPass) {
  const lookups = new Map(
    pass.operations.flatMap((operation) =>
      operation.op === 'check' && operation.test.is === 'absent'
        ? [[lookupKey(operation.test.source, operation.test.source_column), { table: 'other', type: 'text' as const }]]
        : [],
    ),
  )
  return lower({ ...pass, columns: pass.columns.map((plan, at) => ({ plan, sql: `r${at}` })), lookups })
}

it.each(EXAMPLES.map((example) => [example.name, example] as const))('%s', async (_name, example) => {
  const pass = await passOf(example)
  const copy = JSON.parse(JSON.stringify(pass)) as LoweredPass
  expect(copy).toEqual(pass)
  expect(sqlOf(copy)).toEqual(sqlOf(pass))
  expect(lineageOf(copy)).toEqual(lineageOf(pass))
  expect(pass.columns.length).toBeGreaterThan(0)
  expect(JSON.stringify(pass.operations)).not.toMatch(/\b(?:SELECT|TRY_CAST|CASE WHEN|CAST\()/)
})
