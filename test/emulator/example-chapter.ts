/** An example on AWS and on this machine: the same exit code, ledger and files, its inputs moved or kept alike. */
import { deepStrictEqual, equal, match, ok } from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyExample, runOf } from '../kit/example-copy.ts'
import { filesBelow } from '../kit/run-outcome.ts'
import type { Chapter } from './chapters.ts'
import { runDeployed } from './deployed-engine.ts'
import type { Limits } from './emulator.ts'
import { AWS_EXAMPLES, type AwsExample, definitionOnAws, inputsOnAws, isOwn } from './examples.ts'
import { siftstep, trySiftstep } from './run-program.ts'
import type { Services } from './services.ts'

/** Where the files of the examples lie. */
export const BUCKET = 'siftstep-examples'

interface World {
  readonly env: { readonly [name: string]: string }
  readonly services: Services
  /** For the copies of the examples. */
  readonly folder: string
  readonly limits: Limits
  /** Counts the states of a run, by what runs them. */
  note(place: 'emulator' | 'our engine', event: unknown): void
}

interface Outcome {
  readonly code: number | null
  readonly ledger: unknown
  readonly files: ReadonlyMap<string, Buffer>
}

export const exampleChapters = (world: World): readonly Chapter[] =>
  AWS_EXAMPLES.map((example) => ({
    title: example.name,
    run: async () => (example.refused === undefined ? onBoth(example, world) : refusal(example, example.refused, world)),
  }))

async function onBoth(example: AwsExample, world: World): Promise<string> {
  const { env, services, folder, limits } = world
  const here = await outcomeHere(example, join(folder, 'here', example.name))
  const there = copyExample(example.name, join(folder, 'there', example.name))
  const text = definitionOnAws(example, BUCKET, limits)
  writeFileSync(join(there, 'pipeline.yaml'), text)
  for (const path of filesBelow(there).filter((path) => !isOwn(path)))
    await services.put(BUCKET, `${example.name}/${path}`, readFileSync(join(there, path)))

  match(await siftstep(['deploy', 'pipeline.yaml'], env, there), /matches the one built here/)
  const id = /^id: (\w+)/m.exec(text)?.[1] ?? ''
  const outputs = await services.outputs(`siftstep-${id.replaceAll('_', '-')}`)
  const deployed = { machine: outputs['StateMachine'] ?? '', bucket: outputs['DataBucket'] ?? '' }
  const lacks = example.needs !== undefined && limits[example.needs] !== undefined
  const { run, code } = lacks ? await inOurEngine(example, deployed, world) : await started(example, id, there, deployed, world)

  equal(code, here.code, `it ends with code ${code} there and ${here.code} here`)
  const ledger: unknown = JSON.parse(Buffer.from(await services.get(deployed.bucket, `runs/${run}/ledger.json`)).toString('utf8'))
  deepStrictEqual(ledger, here.ledger, 'the ledgers differ')
  const keys = (await services.keys(BUCKET, `${example.name}/`)).map((key) => key.slice(example.name.length + 1)).sort()
  deepStrictEqual(keys, [...here.files.keys()].sort(), 'the files differ')
  for (const [path, bytes] of here.files)
    if (example.timed?.test(path) !== true)
      ok(bytes.equals(await services.get(BUCKET, `${example.name}/${path}`)), `the bytes of ${path} differ`)
  await siftstep(['destroy', id, '--yes'], env, there)
  const where = lacks ? ', in our engine with the deployed machine, functions and bucket' : ''
  return `exit code ${code}, same ledger, same ${keys.length} files${where}`
}

interface Deployed {
  readonly machine: string
  readonly bucket: string
}

interface Ran {
  readonly run: string
  readonly code: number | null
}

/** A run as the README starts it, in the interpreter of the emulator. */
async function started(
  example: AwsExample,
  id: string,
  there: string,
  { machine, bucket }: Deployed,
  { env, services, note }: World,
): Promise<Ran> {
  const inputs = Object.entries(inputsOnAws(example, BUCKET)).flatMap(([name, value]) => ['--input', `${name}=${value}`])
  const { code, output } = await trySiftstep(['start', id, ...inputs, '--follow'], env, there)
  const [run = ''] = new RegExp(`${id}-\\d{8}T\\d{6}Z-[0-9a-f]{12}`).exec(output) ?? []
  ok(run !== '' && (code === 0 || code === 4), await failureOf(run, output, bucket, services))
  for (const event of await services.history(`${machine.replace(':stateMachine:', ':execution:')}:${run}`)) note('emulator', event)
  return { run, code }
}

async function inOurEngine(example: AwsExample, { machine, bucket }: Deployed, { services, note }: World): Promise<Ran> {
  const run = `r-${example.name}`
  const inputs = inputsOnAws(example, BUCKET)
  const ran = await runDeployed(services, await services.definition(machine), run, { inputs }, (event) => note('our engine', event))
  equal(
    ran.status,
    'SUCCEEDED',
    ran.status === 'SUCCEEDED' ? '' : await failureOf(run, JSON.stringify({ ...ran, history: null }), bucket, services),
  )
  return { run, code: 0 }
}

/** The cause of a failure, and what the tasks of the run logged. */
async function failureOf(run: string, cause: string, bucket: string, services: Services): Promise<string> {
  const logs = await services.keys(bucket, `runs/${run}/logs/`)
  const texts = await Promise.all(logs.map((key) => services.get(bucket, key)))
  return [cause, ...texts.map((bytes) => Buffer.from(bytes).toString('utf8'))].join('\n')
}

async function outcomeHere(example: AwsExample, folder: string): Promise<Outcome> {
  copyExample(example.name, folder)
  const { code, output } = await trySiftstep(runOf(example.name), {}, folder)
  ok(code === 0 || code === 4, output)
  const runs = join(folder, '.siftstep', 'runs')
  const [run = ''] = readdirSync(runs)
  const files = filesBelow(folder).filter((path) => !isOwn(path))
  return {
    code,
    ledger: JSON.parse(readFileSync(join(runs, run, 'ledger.json'), 'utf8')),
    files: new Map(files.map((path) => [path, readFileSync(join(folder, path))])),
  }
}

async function refusal(example: AwsExample, expected: RegExp, { env, folder, limits }: World): Promise<string> {
  const there = copyExample(example.name, join(folder, 'there', example.name))
  writeFileSync(join(there, 'pipeline.yaml'), definitionOnAws(example, BUCKET, limits))
  const { code, output } = await trySiftstep(['deploy', 'pipeline.yaml'], env, there)
  equal(code, 2, output)
  match(output, expected)
  return `is refused: ${output.trim().split('\n')[0] ?? ''}`
}
