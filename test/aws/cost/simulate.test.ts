/** A rehearsal against the real run of the same pipeline on the same data: what is counted must be the same. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'
import { simulate } from '#aws/cost/simulate.ts'
import type { SourceSize } from '#aws/cost/sized-dataset.ts'
import { transitionCounter } from '#aws/cost/transitions.ts'
import { requestsOf } from '#aws/cost/work.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { requestCounter } from '../../kit/request-counter.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { smallSales } from '../../kit/small-sales.ts'

const root = resolve(import.meta.dirname, '../../..')
const place = workplace()
afterAll(() => place.clear())

const NINE_STEPS = readFileSync(join(root, 'examples/data-processing/pipeline.yaml'), 'utf8')
const INPUT = smallSales(join(place.folder, 'in'))

interface Real {
  readonly transitions: number
  readonly events: number
  readonly tasks: readonly string[]
  readonly requests: { readonly gets: number; readonly puts: number }
  readonly sizes: readonly SourceSize[]
}

let runs = 0

/** What a run really takes. */
async function realRun(text: string, inputs: { readonly [name: string]: string }): Promise<Real> {
  const counter = transitionCounter()
  let events = 0
  let counted = requestCounter({} as never)
  const run = await runDefinition(text, {
    inputs,
    store: join(place.folder, `store-${++runs}`),
    onEvent: (event, child) => {
      counter.take(event, child?.name)
      if (child === undefined) events++
    },
    through: (folder) => {
      counted = requestCounter(folder)
      return counted.store
    },
  })
  expect([run.status, run.error, run.cause]).toEqual(['SUCCEEDED', undefined, undefined])
  const { gets, puts, lists } = counted.counts()
  const sources = run.results.filter(({ event }) => event.task === 'inspect').sort((a, b) => Number(a.event.item) - Number(b.event.item))
  const files = run.object<{ files: { bytes: number }[] }>(`data/${sources[0]?.event.step}/sources.json`).files
  return {
    transitions: counter.transitions(),
    events,
    tasks: run.results.map(({ event }) => event.task).sort(),
    requests: { gets, puts: puts + lists },
    sizes: files.map(({ bytes }, at) => ({ bytes, records: Number(sources[at]?.result['records']) })),
  }
}

async function simulation(text: string, inputs: { readonly [name: string]: string }, sizes: readonly SourceSize[]) {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  const resolved = resolveInputs(compiled.definition, inputs)
  if (!resolved.ok) throw new Error(resolved.problems.map(({ what }) => what).join())
  return simulate(compiled.machine, typesOf(compiled.plan).keys(), resolved.inputs, async () => sizes)
}

/** The example's input, and everything that changes the shape of a machine. */
const spread = (text: string) =>
  text.replace(/ {2}tiers:[\s\S]*?\n\n/, '  tiers:\n    - {workers: 3, distributed: true}\n  task_bytes: 20KB\n\n')
const inOnePiece = (text: string) => text.replace(/ {2}tiers:[\s\S]*?\n\n/, '  task_bytes: 20KB\n\n')

const BRANCHES = `version: 1
id: branches
inputs: {source: {type: string, required: true}, out: {type: string, required: true}, trace: {type: boolean, default: false}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - parallel:
      - {id: look, type: profile}
      - {id: shape, type: schema}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: trace_off, type: lineage, condition: "{{ trace }}", depends_on: [tidy]}
  - {id: trace_on, type: lineage, condition: "{{ find.result.records }} > 0", depends_on: [tidy]}
  - {id: regions, type: lineage, loop: {foreach: [north, south, west], as: region, parallel: true}, with: {namespace: "{{ region }}"}, depends_on: [tidy]}
  - {id: publish, type: export, depends_on: [tidy, trace_off, trace_on, regions], with: {to: "{{ out }}"}}
`

describe.each([
  ['the nine steps, in the run itself', NINE_STEPS, 'output_path'],
  ['the nine steps, in many batches', inOnePiece(NINE_STEPS), 'output_path'],
  ['the nine steps, distributed', spread(NINE_STEPS), 'output_path'],
  ['branches, conditions and loops', BRANCHES, 'out'],
])('%s', (_name, text, output) => {
  it('counts the transitions, events and tasks of the real run, and about its requests', async () => {
    const inputs = { source: INPUT, [output]: join(place.folder, `out-${runs}`) }
    const real = await realRun(text, inputs)
    const simulated = await simulation(text, inputs, real.sizes)
    expect(simulated.tasks.map(({ task }) => task).sort()).toEqual(real.tasks)
    expect(simulated.transitions).toBe(real.transitions)
    expect(simulated.events).toBe(real.events)
    const sum = (of: 'gets' | 'puts') => simulated.tasks.reduce((all, task) => all + requestsOf(task.task, task)[of], 0)
    for (const of of ['gets', 'puts'] as const) {
      expect(sum(of) / real.requests[of], `${of}: ${sum(of)} estimated, ${real.requests[of]} real`).toBeGreaterThan(0.6)
      expect(sum(of) / real.requests[of], `${of}: ${sum(of)} estimated, ${real.requests[of]} real`).toBeLessThan(1.6)
    }
  })
})

describe('a rehearsal', () => {
  const inputs = { source: 's3://lake/raw/', output_path: 's3://lake/out' }
  const equal = (bytes: number, records: number, files: number) =>
    Array.from({ length: files }, () => ({ bytes: bytes / files, records: records / files }))

  it('of the nine steps on twelve sources takes fewer than 120 transitions', async () => {
    const { transitions, datasets } = await simulation(NINE_STEPS, inputs, equal(3.2e9, 3.6e6, 12))
    expect(datasets).toMatchObject([{ sources: 12, chunks: 360, batches: 12, workers: 4, distributed: false }])
    expect(transitions).toBeLessThan(120)
  })

  it('has no more tasks at a time than the machine lets, and so takes longer with fewer', async () => {
    const workers = async (parallel_workers: string) => simulation(NINE_STEPS, { ...inputs, parallel_workers }, equal(3.2e9, 3.6e6, 12))
    const [one, four] = [await workers('1'), await workers('4')]
    expect([one.concurrency, four.concurrency]).toEqual([1, 4])
    expect(one.seconds).toBeGreaterThan(2 * four.seconds)
    expect(one.transitions).toBe(four.transitions)
  })

  it('spreads what is large over executions of their own, whose events are not the run’s', async () => {
    const { datasets, events, transitions } = await simulation(NINE_STEPS, inputs, equal(50e9, 50e6, 12))
    expect(datasets[0]?.distributed).toBe(true)
    expect(transitions).toBeGreaterThan(2 * 2 * (datasets[0]?.batches ?? 0))
    expect(events).toBeLessThan(400)
  })

  it('spreads batches that are too many for one run, however few bytes they are', async () => {
    const text = NINE_STEPS.replace('resources:\n', 'resources:\n  task_bytes: 100KB\n')
    const { datasets } = await simulation(text, { ...inputs, chunk_size: '10' }, equal(90e6, 900_000, 1))
    expect(datasets[0]?.batches).toBeGreaterThan(400)
    expect(datasets[0]?.distributed).toBe(true)
  })

  it('is the same each time, and takes what is too long for a Lambda for what it is', async () => {
    const sizes = equal(200e9, 1e6, 1)
    const first = await simulation(NINE_STEPS, inputs, sizes)
    expect(await simulation(NINE_STEPS, inputs, sizes)).toEqual(first)
    expect(Math.max(...first.tasks.map(({ seconds }) => seconds))).toBeGreaterThan(900)
  })

  it('fails with what finding the sources fails with', async () => {
    const compiled = compile(NINE_STEPS, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the example has problems')
    const resolved = resolveInputs(compiled.definition, inputs)
    if (!resolved.ok) throw new Error('the inputs do not fit')
    await expect(
      simulate(compiled.machine, typesOf(compiled.plan).keys(), resolved.inputs, async () => Promise.reject(new Error('no such place'))),
    ).rejects.toThrow('no such place')
  })
})
