/** What the embedded engine takes for tasks that do nothing, against awaiting the same function; and how much sleeping steps gain in parallel. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json } from '#core/json.ts'
import type { States } from '#asl/machine/asl.ts'
import { runCli } from '../test/kit/cli.ts'
import { engineWorld, outputOf, run } from '../test/kit/engine-world.ts'

const TASKS = 1_000
const ITEMS = 10_000
/** Milliseconds for a task of the chain, and for all items. */
const LIMITS = { task: 5, items: 2_000 }

const task = (next: string | undefined) => ({
  ...{ Type: 'Task' as const, Resource: 'arn:aws:states:::lambda:invoke' },
  Arguments: { FunctionName: 'nothing', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...(next === undefined ? { End: true as const } : { Next: next }),
})
const nothing = async (payload: Json) => payload

/** Sleeping steps: how many, for how many seconds, and the smallest gain from running them in parallel. */
const SLEEPS = [
  { steps: 3, seconds: 10, least: 2.8 },
  { steps: 10, seconds: 5, least: 9 },
] as const

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export async function engineBench(): Promise<void> {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}`)
  const late = [await chain(), await items(), ...(await sleeping())]
  if (late.includes(true)) process.exitCode = 1
}

async function chain(): Promise<boolean> {
  const names = Array.from({ length: TASKS }, (_, at) => `T${at}`)
  const states: States = Object.fromEntries(names.map((name, at) => [name, task(names[at + 1])]))
  const world = engineWorld({ nothing })
  const took = await timed(async () => outputOf(await run(states, { a: 1 }, world)))
  const floor = await timed(async () => {
    for (let at = 0; at < TASKS; at++) await nothing({ a: 1 })
  })
  if (world.calls.length !== TASKS) throw new Error(`${world.calls.length} tasks were called`)
  return line(`${TASKS} tasks in a chain`, took / TASKS, LIMITS.task, `ms a task; ${ratio(took, floor)} × a loop that awaits them`)
}

async function items(): Promise<boolean> {
  const world = engineWorld({ nothing })
  const list = Array.from({ length: ITEMS }, (_, at) => at)
  // an inline map has the service's limit of events: as the compiler does, many items go to a distributed one
  const Processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'T',
    States: { T: task(undefined) },
  } as const
  const states: States = { M: { Type: 'Map', ItemProcessor: Processor, End: true } }
  const took = await timed(async () => outputOf(await run(states, list as Json, world)))
  const floor = await timed(() => Promise.all(list.map((item) => nothing(item))))
  if (world.calls.length !== ITEMS) throw new Error(`${world.calls.length} items were called`)
  return line(`${ITEMS} items of a map`, took, LIMITS.items, `ms; ${ratio(took, floor)} × awaiting them all`)
}

/** Runs of the program: steps that sleep one after another, and in parallel. */
async function sleeping(): Promise<readonly boolean[]> {
  const late: boolean[] = []
  for (const { steps, seconds, least } of SLEEPS) {
    const after = await timed(() => slept(steps, seconds, false))
    const beside = await timed(() => slept(steps, seconds, true))
    const gain = after / beside
    console.log(
      `${steps} steps of ${seconds} s: ${(after / 1000).toFixed(1)} s one after another, ${(beside / 1000).toFixed(1)} s in parallel: ${gain.toFixed(1)} ×, at least ${least} ${gain < least ? '✗' : '✓'}`,
    )
    late.push(gain < least)
  }
  return late
}

async function slept(steps: number, seconds: number, parallel: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-sleep-'))
  const step = (at: number) => `{id: s${at}, type: shell, with: {run: "sleep ${seconds}"}${parallel ? ', depends_on: []' : ''}}`
  const all = Array.from({ length: steps }, (_, at) => `  - ${step(at)}`)
  writeFileSync(join(folder, 'pipeline.yaml'), ['version: 1', 'id: sleeping', 'steps:', ...all, ''].join('\n'))
  const { code, err } = await runCli(['run', 'pipeline.yaml', '--quiet', '--workers', String(steps)], { cwd: folder })
  rmSync(folder, { recursive: true, force: true })
  if (code !== 0) throw new Error(`a run of sleeping steps ended with ${code}: ${err}`)
}

const ratio = (took: number, floor: number) => (took / Math.max(floor, 0.001)).toFixed(0)

function line(what: string, found: number, most: number, unit: string): boolean {
  console.log(`${what}: ${found.toFixed(2)} ${unit}, at most ${most} ${found > most ? '✗' : '✓'}`)
  return found > most
}
