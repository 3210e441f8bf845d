/**
 * `npm run e2e:aws`: the whole way on AWS, on an emulator: bootstrap, deploy, deploy again, a run by hand, by upload and by the clock,
 * outputs compared byte by byte with a run on this machine, a run that fails, an alarm, the deployed machine in our own engine, its
 * resumption, and the end of it all.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deepStrictEqual, equal, match, ok } from 'node:assert/strict'
import { runDeployed } from '../test/emulator/deployed-engine.ts'
import { openEmulator } from '../test/emulator/ministack.ts'
import { cdk, root, siftstep } from '../test/emulator/run-program.ts'
import { eventually, openServices } from '../test/emulator/services.ts'

const PIPELINE = 'test/emulator/pipelines/story.yaml'
const STACK = 'siftstep-emulator-story'
const [INBOX, OUTBOX] = ['siftstep-inbox', 'siftstep-outbox']
const SOURCE = join(root, 'examples', 'data-processing', 'input', 'sales_2024_q1.csv')

const emulator = await openEmulator()
if ('missing' in emulator) {
  console.log(`skipped: no emulator (${emulator.missing})`)
  console.log('0 passed, 0 failed, 1 skipped')
  process.exit(0)
}
const { env } = emulator
const services = openServices(env)
const folder = mkdtempSync(join(tmpdir(), 'siftstep-story-'))
console.log(`the way on AWS, on ${emulator.name}`)

let [passed, failed] = [0, 0]
/** One chapter; the story goes on when one fails, as far as it can. */
async function chapter(title: string, tell: () => Promise<string | undefined>): Promise<void> {
  const began = performance.now()
  try {
    const more = await tell()
    passed++
    console.log(`✓ ${title}${typeof more === 'string' ? `: ${more}` : ''} (${((performance.now() - began) / 1000).toFixed(1)}s)`)
  } catch (error) {
    failed++
    console.log(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const arch = process.arch === 'arm64' ? 'arm64' : 'x86_64'
const context = ['-c', `arch=${arch}`, '-c', 'versions=false', '-c', `pipelines=${PIPELINE}`, '--output', join(folder, 'cdk.out')]
const deploy = (...more: string[]) =>
  cdk(
    [
      'deploy',
      '--all',
      '--require-approval',
      'never',
      '--progress',
      'events',
      '--outputs-file',
      join(folder, 'outputs.json'),
      ...context,
      ...more,
    ],
    env,
  )
const outputs = () =>
  (JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8')) as Record<string, Record<string, string>>)[STACK] ?? {}
const json = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>
const object = async (bucket: string, key: string) => json(await services.get(bucket, key))

interface Result {
  readonly manifest: Buffer
  readonly ledger: Record<string, unknown>
}

/** What two runs of the same pipeline on the same bytes must have in common, wherever they ran. */
const resultOnAws = async (run: string, prefix: string): Promise<Result> => ({
  manifest: Buffer.from(await services.get(OUTBOX, `${prefix}_manifest.json`)),
  ledger: await object(outputs()['DataBucket'] ?? '', `runs/${run}/ledger.json`),
})

async function resultHere(): Promise<Result> {
  const source = join(folder, 'here', 'sales_2024_q1.csv')
  cpSync(SOURCE, source)
  const store = join(folder, 'store')
  const out = join(folder, 'out')
  const told = await siftstep(['run', PIPELINE, '--input', `source=${source}`, '--input', `output_path=${out}`, '--store', store], {})
  match(told, /balanced/)
  const [run = ''] = readdirSync(join(store, 'runs'))
  return { manifest: readFileSync(join(out, '_manifest.json')), ledger: json(readFileSync(join(store, 'runs', run, 'ledger.json'))) }
}

let here: Result | undefined
const sameAsHere = (found: Result) => {
  ok(here !== undefined, 'the run on this machine did not end well')
  equal(found.manifest.toString('utf8'), here.manifest.toString('utf8'))
  deepStrictEqual(found.ledger, here.ledger)
}

await chapter('bootstrap', async () => {
  await cdk(['bootstrap', 'aws://000000000000/us-east-1', ...context.slice(0, -2)], env)
  return undefined
})
await chapter('deploy', async () => {
  await deploy()
  const hash = (await siftstep(['compile', PIPELINE, '--hash'], {})).trim()
  equal(outputs()['DefinitionHash'], hash)
  return `definition ${hash.slice(0, 12)}, as on this machine`
})
await chapter('deploy again, with a change', async () => {
  await deploy('-c', 'emails=team@example.com')
  return undefined
})
await chapter('a run on this machine', async () => {
  here = await resultHere()
  return undefined
})

const machine = () => outputs()['StateMachine'] ?? ''
const done = async (run: string, arn: string) => {
  const { status, error, cause } = await services.ended(arn)
  equal(status, 'SUCCEEDED', `${run} is ${status}: ${error} ${cause}`)
}

await chapter('a run started by hand, followed to its end, its result byte for byte that of this machine', async () => {
  await services.createBucket(INBOX)
  await services.createBucket(OUTBOX)
  await services.put(INBOX, 'by-hand/sales_2024_q1.csv', readFileSync(SOURCE))
  const run = 'r-by-hand'
  await done(
    run,
    await services.start(machine(), run, {
      inputs: { source: `s3://${INBOX}/by-hand/sales_2024_q1.csv`, output_path: `s3://${OUTBOX}/by-hand/` },
    }),
  )
  sameAsHere(await resultOnAws(run, 'by-hand/'))
  return undefined
})

const startedAfter = (known: ReadonlySet<string>, what: string, seconds: number) =>
  eventually(what, seconds, async () => (await services.executions(machine())).find(({ name = '' }) => !known.has(name)))
const names = async () => new Set((await services.executions(machine())).map(({ name = '' }) => name))

await chapter('a run started by an upload', async () => {
  const known = await names()
  await services.put(INBOX, 'incoming/sales_2024_q1.csv', readFileSync(SOURCE))
  const found = await eventually('a run for the upload', 90, async () =>
    (await services.executions(machine())).find(({ name = '' }) => !known.has(name) && !/schedule|moment|\d{8}-\d{6}$/.test(name)),
  )
  await done(found.name ?? '', found.executionArn ?? '')
  sameAsHere(await resultOnAws(found.name ?? '', 'orders/'))
  return found.name ?? ''
})
await chapter('a run started by the schedule', async () => {
  await services.put(INBOX, 'scheduled/sales_2024_q1.csv', readFileSync(SOURCE))
  const known = await names()
  const told = await services.strike(STACK, `${new Date().toISOString().slice(0, 16)}:00Z`)
  const found = await startedAfter(known, 'a run for a moment of the schedule', 90)
  await done(found.name ?? '', found.executionArn ?? '')
  return `${found.name}; ${told}, and the story fills in the moment, which the emulator does not`
})
await chapter('a run that fails: the error has its way through Catch, the report is written, nothing is published', async () => {
  const run = 'r-fails'
  await services.put(INBOX, 'empty/nothing.csv', 'a,b\n')
  const { status, cause = '' } = await services.ended(
    await services.start(machine(), run, { inputs: { source: `s3://${INBOX}/empty/nothing.csv`, output_path: `s3://${OUTBOX}/fails/` } }),
  )
  equal(status, 'FAILED')
  match(cause, /nothing\.csv holds a header and no rows/)
  deepStrictEqual(await services.keys(OUTBOX, 'fails/'), [])
  ok((await services.keys(outputs()['DataBucket'] ?? '', `runs/${run}/`)).some((key) => key.endsWith('ledger.json')))
  return undefined
})
await chapter('an alarm reaches those who listen to the topic', async () => {
  const alarms = await services.alarms(STACK)
  const [alarm] = alarms.filter(({ actions }) => actions.length > 0)
  ok(alarm !== undefined, 'no alarm tells a topic')
  const heard = await services.listen(alarm.actions[0] ?? '', 'story-listens')
  await services.ring(alarm.name)
  await heard(alarm.name)
  return `${alarms.length} alarms`
})

const deployed = (run: string, failAt?: string) =>
  services
    .definition(machine())
    .then((definition) =>
      runDeployed(
        services,
        definition,
        run,
        { inputs: { source: `s3://${INBOX}/by-hand/sales_2024_q1.csv`, output_path: `s3://${OUTBOX}/${run}/` } },
        failAt,
      ),
    )
await chapter('the deployed machine in our engine, with the deployed functions and bucket', async () => {
  const { execution, calls } = await deployed('r-engine')
  equal(execution.status, 'SUCCEEDED', JSON.stringify(execution).slice(0, 500))
  sameAsHere(await resultOnAws('r-engine', 'r-engine/'))
  return `${[...calls.values()].reduce((sum, count) => sum + count, 0)} tasks on Lambda, every state here`
})
await chapter('a run that broke off is taken up again: what is finished is not done anew', async () => {
  const bucket = outputs()['DataBucket'] ?? ''
  const broken = await deployed('r-again', 'commit')
  equal(broken.execution.status, 'FAILED')
  const parts = await services.keys(bucket, 'runs/r-again/tasks/')
  const times = await Promise.all(parts.filter((key) => /segment|survey|inspect/.test(key)).map((key) => services.changedAt(bucket, key)))
  const again = await deployed('r-again')
  equal(again.execution.status, 'SUCCEEDED', JSON.stringify(again.execution).slice(0, 500))
  const after = await Promise.all(parts.filter((key) => /segment|survey|inspect/.test(key)).map((key) => services.changedAt(bucket, key)))
  deepStrictEqual(after, times)
  sameAsHere(await resultOnAws('r-again', 'r-again/'))
  return `${times.length} finished tasks untouched`
})
await chapter('destroy', async () => {
  await cdk(['destroy', '--all', '--force', ...context], env)
  return undefined
})

await emulator.stop()
rmSync(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
