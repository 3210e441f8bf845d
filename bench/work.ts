/**
 * What each sort of task takes: processor time, memory, and requests to the store, one task after another in this process. What
 * `siftstep plan` says of a run on AWS is computed from these figures; they stand in lib/aws/cost/work.ts.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Json } from '#core/json.ts'
import { handle } from '#run/tasks/handler.ts'
import { requestCounter } from '../test/kit/request-counter.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { folderStore } from '#io/store/folder.ts'
import { csvFiles, makeSalesData } from './sales-data.ts'

export interface WorkOptions {
  readonly rows: number
  readonly folder: string
}

interface Task {
  readonly name: string
  readonly seconds: number
  readonly wall: number
  readonly gets: number
  readonly puts: number
  readonly lists: number
}

export async function workBench({ rows, folder }: WorkOptions): Promise<void> {
  const [model = { model: 'unknown' }] = cpus()
  console.log(
    `work bench: ${rows.toLocaleString('en')} rows; ${model.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
  )
  const data = join(folder, `sales-${rows}`)
  const bytes = await makeSalesData(data, rows)
  console.log(`data: ${csvFiles(data).length} files, ${(bytes / 1e6).toFixed(0)} MB`)
  const tasks = await runOnce(data, join(folder, 'work'))
  const line = (cells: readonly (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(10)).join(''))
  line(['task', 'count', 'cpu s', 'wall s', 'cpu s/GB', 's each', 'GET each', 'PUT each', 'LIST each'])
  for (const name of [...new Set(tasks.map((task) => task.name))]) {
    const own = tasks.filter((task) => task.name === name)
    const sum = (of: keyof Omit<Task, 'name'>) => own.reduce((all, task) => all + task[of], 0)
    const each = (of: keyof Omit<Task, 'name'>) => (sum(of) / own.length).toFixed(2)
    line([
      name,
      own.length,
      sum('seconds').toFixed(2),
      sum('wall').toFixed(2),
      (sum('seconds') / (bytes / 1e9)).toFixed(2),
      each('seconds'),
      each('gets'),
      each('puts'),
      each('lists'),
    ])
  }
  console.log(`memory of the process, at most: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`)
}

async function runOnce(data: string, work: string): Promise<readonly Task[]> {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const text = readFileSync(resolve(import.meta.dirname, '../examples/data-processing/pipeline.yaml'), 'utf8')
  const compiled = compile(text, { file: 'pipeline.yaml' })
  if (!compiled.ok) throw new Error('the example does not compile')
  const resolved = resolveInputs(compiled.definition, { source: `${data}/*.csv`, output_path: join(work, 'out') })
  if (!resolved.ok) throw new Error('the example has other inputs')
  const counter = requestCounter(folderStore(join(work, 'store')))
  const tasks: Task[] = []
  // one at a time, so that the time of the process is that of the task
  let turn: Promise<unknown> = Promise.resolve()
  const execution = await execute(compiled.machine, { inputs: resolved.inputs } as unknown as Json, {
    invoke: ({ payload }) => {
      const event = payload as unknown as TaskEvent
      const mine = turn.then(async () => {
        counter.reset()
        const began = performance.now()
        const before = process.cpuUsage()
        const result = await handle(event, { store: counter.store, memory: 1_000_000_000 })
        const { user, system } = process.cpuUsage(before)
        const { gets, puts, lists } = counter.counts()
        tasks.push({ name: event.task, seconds: (user + system) / 1e6, wall: (performance.now() - began) / 1000, gets, puts, lists })
        return result as Json
      })
      turn = mine.catch(() => undefined)
      return mine
    },
    objects: {
      get: async (_bucket, key) => (await counter.store.read(key)) ?? new Uint8Array(),
      put: (_bucket, key, content) => counter.store.write(key, content),
    },
    clock: systemClock,
    random: Math.random,
    execution: { id: 'bench', name: 'bench', startTime: new Date(), roleArn: 'role' },
    stateMachine: { id: 'machine', name: 'machine' },
  })
  if (execution.status !== 'SUCCEEDED')
    throw new Error(`the run ended ${execution.status}: ${JSON.stringify({ ...execution, history: null })}`)
  return tasks
}
