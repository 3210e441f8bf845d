/** A whole run by the bundles that are deployed: the compiled machine in the embedded engine, every task in a function's bundle, on S3. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { s3Store } from '#io/store/s3.ts'
import { AWS_EXAMPLES, type AwsExample, definitionOnAws, inputsOnAws, isOwn } from '../../emulator/examples.ts'
import { ARCHITECTURE, type Bundles, openBundles } from '../../kit/bundle-hosts.ts'
import { runCli, runsIn } from '../../kit/cli.ts'
import { copyExample, runOf } from '../../kit/example-copy.ts'
import { filesBelow } from '../../kit/run-outcome.ts'
import { runDefinition } from '../../kit/run-pipeline.ts'
import { smallSales } from '../../kit/small-sales.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

/** Keys of the store that the machine itself read and wrote. */
interface Asked {
  readonly read: string[]
  readonly written: string[]
}

const root = resolve(import.meta.dirname, '../../..')
/** The example, with every map distributed, so that lists of items and results go through the store. */
const definition = readFileSync(join(root, 'examples/data-processing/pipeline.yaml'), 'utf8').replace(
  /tiers:[\s\S]*?\n\n/,
  'tiers: [{workers: 2, distributed: true}]\n  task_bytes: 50KB\n\n',
)

describe.skipIf(ARCHITECTURE === undefined)('the bundles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-whole-'))
  const input = join(folder, 'in')
  const source = smallSales(input)
  let bundles: Bundles
  let place: S3Place

  beforeAll(async () => {
    place = await openS3Place({ own: true })
    bundles = await openBundles(place.server?.env ?? {}, place.bucket)
  })
  afterAll(async () => {
    bundles.close()
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const runByBundles = (machine: Machine, inputs: { readonly [name: string]: string }, name: string, asked: Asked) => {
    const store = s3Store({ bucket: place.bucket })
    return execute(
      machine,
      { inputs },
      {
        invoke: ({ functionName, payload }) => bundles.call(/Data/.test(functionName) ? 'data' : 'control', payload),
        objects: {
          get: async (_bucket, key) => {
            asked.read.push(key)
            return (await store.read(key)) ?? Promise.reject(new Error(`there is no ${key}`))
          },
          put: (_bucket, key, bytes) => {
            asked.written.push(key)
            return store.write(key, bytes)
          },
        },
        clock: systemClock,
        onEvent: () => {},
        random: () => 0,
        execution: { id: name, name, startTime: new Date('2026-01-02T03:04:05Z'), roleArn: 'role' },
        stateMachine: { id: 'machine', name: 'machine' },
      },
    )
  }

  it.each(['customer-orders', 'reports-in-stages'])('run the example %s as it runs on a laptop', async (name) => {
    const example = AWS_EXAMPLES.find((one) => one.name === name) as AwsExample
    const here = copyExample(name, join(folder, name))
    const store = s3Store({ bucket: place.bucket })
    for (const path of filesBelow(here).filter((path) => !isOwn(path))) await store.write(`${name}/${path}`, readFileSync(join(here, path)))
    const compiled = compile(definitionOnAws(example, place.bucket, {}), { file: 'pipeline.yaml' })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const ran = await runByBundles(compiled.machine, inputsOnAws(example, place.bucket), `r-${name}`, { read: [], written: [] })
    expect({ ...ran, history: [] }).toMatchObject({ status: 'SUCCEEDED' })
    expect((await runCli(runOf(name), { cwd: here })).code).toBe(0)
    const [run = ''] = runsIn(here)
    const ledger: unknown = JSON.parse(Buffer.from((await store.read(`runs/r-${name}/ledger.json`)) ?? []).toString('utf8'))
    expect(ledger).toEqual(JSON.parse(readFileSync(join(here, '.siftstep/runs', run, 'ledger.json'), 'utf8')))
    const found = (await store.list(`${name}/`)).map(({ key }) => key.slice(name.length + 1))
    expect(found.sort()).toEqual(filesBelow(here).filter((path) => !isOwn(path)))
  })

  it('publish the bytes, and keep the books, of a run on a laptop', async () => {
    const store = s3Store({ bucket: place.bucket })
    for (const name of readdirSync(input)) await store.write(`incoming/${name}`, readFileSync(join(input, name)))
    const compiled = compile(definition, { file: 'pipeline.yaml' })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const inputs = { source: `s3://${place.bucket}/incoming/*.csv`, output_path: `s3://${place.bucket}/processed/` }
    const asked = { read: [] as string[], written: [] as string[] }
    place.server?.calls.splice(0)
    const execution = await runByBundles(compiled.machine, inputs, 'r-test', asked)
    const calls = [...(place.server?.calls ?? [])]
    // what other systems see of a run: the output of the execution, which the event of its end carries too
    const { rows } = JSON.parse(Buffer.from((await store.read('runs/r-test/ledger.json')) ?? []).toString('utf8')) as { rows: object }
    const [to, report] = ['processed/', 'runs/r-test/quality-report.html'].map((key) => `s3://${place.bucket}/${key}`)
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        run: 'r-test',
        status: expect.stringMatching(/^(succeeded|partial)$/),
        rows,
        score: expect.any(Number),
        output: { to, manifest: `${to}_manifest.json` },
        report,
      },
    })
    expect(await store.read('runs/r-test/quality-report.html')).toBeDefined()
    const laptop = await runDefinition(definition, {
      inputs: { source, output_path: join(folder, 'out') },
      store: join(folder, 'store'),
    })
    expect(laptop.status).toBe('SUCCEEDED')
    const text = async (key: string) => Buffer.from((await store.read(key)) ?? []).toString('utf8')
    expect(await text('processed/_manifest.json')).toBe(readFileSync(join(folder, 'out', '_manifest.json'), 'utf8'))
    const { files } = JSON.parse(await text('processed/_manifest.json')) as { files: { name: string }[] }
    expect(files.length).toBeGreaterThan(1)
    for (const { name } of files)
      expect(Buffer.compare((await store.read(`processed/${name}`)) ?? Buffer.of(), readFileSync(join(folder, 'out', name)))).toBe(0)
    expect(JSON.parse(await text('runs/r-test/ledger.json'))).toEqual(laptop.ledger)
    expect(await text('runs/r-test/quarantine/quarantine.csv')).toBe(laptop.text('quarantine/quarantine.csv'))
    // what the machine and its tasks touch is what their roles may touch (lib/aws/cloud/permissions.ts)
    expect(asked.read.length).toBeGreaterThan(0)
    for (const key of asked.read) expect(key).toMatch(/^runs\/.+\/data\/.+\/items-.*\.json$/)
    expect(asked.written.length).toBeGreaterThan(0)
    for (const key of asked.written) expect(key).toMatch(/^runs\/.+\/data\/.+\/results-/)
    for (const { name, key } of calls) {
      if (/^(Put|Copy|Delete|Create|Upload|Complete|Abort)/.test(name)) expect(key, name).toMatch(/^(runs|state|processed)\//)
      else expect(key, name).toMatch(name === 'ListObjectsV2' ? /^$/ : /^(runs|state|processed|incoming)\//)
    }
  })
})
