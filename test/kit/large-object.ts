/** A run over one large object of S3, by the bundles that are deployed; what memory its functions took. */
import { compile } from '#language/compiler/compile.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Execution } from '#asl/engine/world.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { s3Store } from '#io/store/s3.ts'
import { openBundles } from './bundle-hosts.ts'
import { generateCsv } from './generated-csv.ts'
import type { S3Place } from './s3-place.ts'

export interface LargeRun {
  readonly execution: Execution
  /** About the size of the object. */
  readonly bytes: number
  readonly rows: number
  readonly tasks: number
  /** The one that took longest. */
  readonly slowest: { readonly task: string; readonly seconds: number }
  /** Bytes. */
  readonly memory: { readonly control: number; readonly data: number }
  readonly published: { readonly rows: number; readonly bytes: number }
}

/** `memory` is that of the functions, in megabytes; `task` about the bytes one task takes. */
export async function runLarge(
  place: S3Place,
  { bytes, memory, task }: { bytes: number; memory: number; task: string },
): Promise<LargeRun> {
  const { bucket, server } = place
  if (server === undefined) throw new Error('only the small server can make an object as it is read')
  const name = `large-${bytes}`
  const rows = generateCsv(server.objects, bucket, `${name}/rows.csv`, bytes)
  const compiled = compile(
    `version: 1
id: large
resources: {tiers: [{workers: 1, distributed: true}], task_bytes: ${task}}
inputs: {source: {type: string, required: true}, to: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "{{ to }}"}}
`,
    { file: 'large.yaml' },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const bundles = await openBundles(server.env, bucket, memory)
  const store = s3Store({ bucket })
  let tasks = 0
  let slowest = { task: '', seconds: 0 }
  try {
    const execution = await execute(
      compiled.machine,
      { inputs: { source: `s3://${bucket}/${name}/*.csv`, to: `s3://${bucket}/${name}/out/` } },
      {
        invoke: async ({ functionName, payload }) => {
          tasks++
          const began = performance.now()
          const answer = await bundles.call(/Data/.test(functionName) ? 'data' : 'control', payload)
          const seconds = (performance.now() - began) / 1000
          if (seconds > slowest.seconds) slowest = { task: (payload as unknown as TaskEvent).task, seconds }
          return answer
        },
        objects: {
          get: async (_bucket, key) => (await store.read(key)) ?? new Uint8Array(),
          put: (_bucket, key, content) => store.write(key, content),
        },
        clock: systemClock,
        random: () => 0,
        execution: { id: name, name, startTime: new Date('2026-01-02T03:04:05Z'), roleArn: 'role' },
        stateMachine: { id: 'machine', name: 'machine' },
      },
    )
    const text = Buffer.from((await store.read(`${name}/out/_manifest.json`)) ?? '{}').toString('utf8')
    const published = JSON.parse(text) as LargeRun['published']
    return { execution, bytes, rows, tasks, slowest, memory: { control: bundles.peak('control'), data: bundles.peak('data') }, published }
  } finally {
    bundles.close()
  }
}
