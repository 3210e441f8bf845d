/** The contract every task of the registry is held to, and that nothing names a task it does not have. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { AssetReader } from '#language/definition/asset-reader.ts'
import { assetsBelow } from '#run/runs/asset-files.ts'
import { functionsOf, TASKS, type TaskSpec, taskSpec } from '#core/task/tasks.ts'
import type { TaskEvent } from '#core/task/task.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { simulatedTasks } from '#aws/cost/simulated-tasks.ts'
import { requestsOf, secondsOf } from '#aws/cost/work.ts'
import { codeOf } from '#run/tasks/index.ts'

const ALL: readonly TaskSpec[] = TASKS
const examples = resolve(import.meta.dirname, '../../examples')

/** Every call of a task in a machine: its name, its function, whether it stands in a map. */
function callsIn(value: Json, inMap = false): { readonly task: string; readonly function: string; readonly inMap: boolean }[] {
  if (value === null || typeof value !== 'object') return []
  const { FunctionName, Payload } = value as { FunctionName?: Json; Payload?: JsonObject }
  const own = typeof FunctionName === 'string' ? [{ task: String(Payload?.['task']), function: FunctionName, inMap }] : []
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => callsIn(inner as Json, inMap || key === 'ItemProcessor'))]
}

const MORE = `version: 1
id: more
steps:
  - {id: wait, type: sensor, with: {for: a.csv}}
  - {id: find, type: discover, with: {source: a.csv}}
  - {id: sums, type: transform, with: {operations: [{aggregate: {by: [id], columns: {n: count(*)}}}]}}
  - {id: mine, type: function, with: {uses: own.js}}
  - {id: publish, type: export, with: {to: out}}
`

const MACHINES = [
  ...readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ folder: join(examples, name), text: readFileSync(join(examples, name, 'pipeline.yaml'), 'utf8') })),
  { folder: '', text: MORE },
].map(({ folder, text }) => {
  const readAsset: AssetReader = folder === '' ? () => ({ content: Buffer.from('export default {}') }) : assetsBelow(folder)
  const compiled = compile(text, { file: 'pipeline.yaml', readAsset })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('\n'))
  return compiled.machine as unknown as Json
})

const CALLS = MACHINES.flatMap((machine) => callsIn(machine))

describe.each(ALL)('the task $name', (task) => {
  it('has code, which is loaded when it is run', async () => {
    expect(await codeOf(task.name)?.()).toBeTypeOf('function')
  })

  it('is called by machines, in the function that has what it needs', () => {
    const own = CALLS.filter((call) => call.task === task.name)
    expect(own.length).toBeGreaterThan(0)
    const called = new Set(own.map((call) => (call.function.startsWith('${Data') ? 'data' : 'control')))
    expect([...called].sort()).toEqual([...functionsOf(task)].sort())
  })

  it('is run by maps when it says so, and by nothing else', () => {
    const own = CALLS.filter((call) => call.task === task.name)
    if (task.mapped !== undefined) expect(own.filter(({ inMap }) => !inMap)).toEqual([])
    expect(task.mapped?.title(2) ?? '2 in parallel...').toMatch(/2 .*in parallel\.\.\.$/)
  })

  it('has a simulation that answers, and that says it is done where it may ask to be called again', async () => {
    const event = {
      task: task.name,
      step: 's',
      settings: { type: 'sensor', with: {}, resources: { workers: 1, tiers: [{ workers: 1 }], task_bytes: 1000 }, steps: [], sink: null },
    } as unknown as TaskEvent
    const stand = simulatedTasks(async () => [{ bytes: 100, records: 10 }])
    const answer = (await stand.answer(event)) as JsonObject
    expect(Object.hasOwn(answer, 'again')).toBe(task.again === true)
    expect(answer['again'] ?? null).toBeNull()
    if (task.reports === 'step') expect(answer['report']).toBeTypeOf('object')
    if (task.reports === 'steps') expect(answer['reports']).toBeInstanceOf(Array)
    expect(stand.load(event, 3)).toEqual({ bytes: expect.any(Number), items: expect.any(Number) })
  })

  it('costs time and requests, more of them for more data', () => {
    const [little, much] = [
      { bytes: 1e6, items: 1 },
      { bytes: 1e9, items: 100 },
    ]
    expect(secondsOf(task.name, little, 1769)).toBeGreaterThan(0)
    expect(secondsOf(task.name, much, 1769)).toBeGreaterThanOrEqual(secondsOf(task.name, little, 1769))
    expect(requestsOf(task.name, little).puts).toBeGreaterThan(0)
  })
})

describe('the registry of tasks', () => {
  it('has each name once, and every task that a machine calls', () => {
    const names = ALL.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect([...new Set(CALLS.map(({ task }) => task))].sort()).toEqual([...names].sort())
  })

  it('has no task of another name, not even of one that every object inherits', () => {
    expect([taskSpec('constructor'), taskSpec('measure'), codeOf('toString')]).toEqual([undefined, undefined, undefined])
  })
})
