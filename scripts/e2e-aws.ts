/**
 * `npm run e2e:aws [-- ministack | localstack]`: all commands for AWS on an emulator, as a person runs them: bootstrap, deploy, deploy again,
 * runs by hand, by upload and by schedule, a run that fails, one that is stopped and redriven, one that waits for an object, an alarm, destroy. A run there must have the
 * same definition hash, ledger and output bytes as a run on this machine. A chapter expects what AWS does; where an emulator does something
 * else, its limits say so, and the chapter or the check is skipped there.
 */
import { deepStrictEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { catalogChapter } from '../test/emulator/catalog-chapter.ts'
import { runDeployed } from '../test/emulator/deployed-engine.ts'
import { type Deployment, assertSame, resultHere, resultOnAws } from '../test/emulator/results.ts'
import { cdk, must, root, siftstep, trySiftstep } from '../test/emulator/run-program.ts'
import { eventually } from '../test/emulator/services.ts'
import { waitingChapter } from '../test/emulator/waiting-chapter.ts'
import { openWalk, walkThrough } from '../test/emulator/walk.ts'
import { installPackage } from '../test/kit/installed-package.ts'

const PIPELINE = 'test/emulator/pipelines/tour.yaml'
const [ID, STACK] = ['emulator_tour', 'siftstep-emulator-tour']
const [INBOX, OUTBOX] = ['siftstep-inbox', 'siftstep-outbox']
const QUARTERS = ['q1', 'q2', 'q3'].map((quarter) => join(root, 'examples', 'data-processing', 'input', `sales_2024_${quarter}.csv`))
const [FIRST = ''] = QUARTERS

const walk = await openWalk(process.argv[2], 'the commands for AWS', console.log)
const { env, services, folder, where } = walk
const { name, limits } = walk.emulator

// while the first deployment goes on
const here = resultHere(PIPELINE, [FIRST], join(folder, 'one')).then(async (one) => ({
  one,
  all: await resultHere(PIPELINE, QUARTERS, join(folder, 'all')),
}))
here.catch(() => {})

let deployed: Deployment & { readonly machine: string } = { hash: '', bucket: '', machine: '' }
const put = (key: string, file = FIRST) => services.put(INBOX, key, readFileSync(file))
const putAll = async () => {
  for (const file of QUARTERS) await put(`all/${basename(file)}`, file)
}
const inputs = (source: string, to: string) => ['--input', `source=s3://${INBOX}/${source}`, '--input', `output_path=s3://${OUTBOX}/${to}`]
const arnOf = (run: string) => `${deployed.machine.replace(':stateMachine:', ':execution:')}:${run}`
/** The run that a screen of the command line names. */
const runIn = (screen: string) => /emulator_tour-\d{8}T\d{6}Z-[0-9a-f]{12}(-\d+)?/.exec(screen)?.[0] ?? ''

async function sameAs(which: 'one' | 'all', run: string, prefix: string): Promise<string> {
  return assertSame(await resultOnAws(services, deployed, run, { bucket: OUTBOX, prefix }), (await here)[which])
}

/** The run something starts, once it has succeeded. */
async function runStartedBy(start: () => Promise<unknown>): Promise<string> {
  const known = new Set((await services.executions(deployed.machine)).map(({ name }) => name))
  await start()
  const { name: run = '' } = await eventually('a run', 90, async () =>
    (await services.executions(deployed.machine)).find((one) => !known.has(one.name)),
  )
  const { status, error, cause } = await services.ended(arnOf(run))
  equal(status, 'SUCCEEDED', `${run} is ${status}: ${error} ${cause}`)
  await note(run)
  return run
}

async function note(run: string): Promise<void> {
  for (const event of await services.history(arnOf(run))) where.take(name, event as Parameters<typeof where.take>[1])
}

let [byHand, failing, failure] = ['', '', '']
await walkThrough(walk, [
  {
    title: 'bootstrap',
    essential: true,
    run: async () => {
      await cdk(['bootstrap', 'aws://000000000000/us-east-1'], env, folder)
      return undefined
    },
  },
  {
    title: 'siftstep deploy: what pipelines share, before there is one',
    essential: true,
    run: async () => {
      match(await siftstep(['deploy', '--emails', 'team@example.com'], env), /✓ siftstep-platform: data and runs in s3:/)
      return undefined
    },
  },
  {
    title: 'siftstep deploy: a pipeline',
    essential: true,
    run: async () => {
      const screen = await siftstep(['deploy', PIPELINE], env)
      match(screen, /✓ siftstep-emulator-tour: definition \w+, matches the one built here; starts by every 1 min and 1 trigger/)
      const outputs = await services.outputs(STACK)
      deployed = { hash: outputs['DefinitionHash'] ?? '', bucket: outputs['DataBucket'] ?? '', machine: outputs['StateMachine'] ?? '' }
      return undefined
    },
  },
  {
    title: 'siftstep deploy: the pipeline again with a change, from an empty folder with the package of npm pack',
    run: async () => {
      const elsewhere = join(folder, 'elsewhere')
      const program = join(installPackage(elsewhere), 'bin', 'siftstep.js')
      writeFileSync(join(elsewhere, 'changed.yaml'), readFileSync(join(root, PIPELINE), 'utf8').replace('sla: 15m', 'sla: 20m'))
      match(await must(process.execPath, [program, 'deploy', 'changed.yaml'], env, elsewhere), /matches the one built here/)
      equal((await services.outputs(STACK))['StateMachine'], deployed.machine)
      equal((await services.outputs('siftstep-platform'))['Emails'], 'team@example.com')
      return undefined
    },
  },
  {
    title: 'the change reaches the alarm',
    needs: 'updates of alarms',
    run: async () => {
      const late = (await services.alarms(STACK)).find(({ name: alarm }) => /Late/.test(alarm))
      equal(late?.threshold, 20 * 60_000, 'the alarm has its previous threshold')
      return undefined
    },
  },
  {
    title: 'siftstep start --follow, and the same run on this machine',
    run: async () => {
      await services.createBucket(INBOX)
      await services.createBucket(OUTBOX)
      await put('by-hand/sales_2024_q1.csv')
      const run = await runStartedBy(async () => {
        const screen = await siftstep(['start', ID, ...inputs('by-hand/*.csv', 'by-hand/'), '--follow'], env)
        byHand = runIn(screen)
        for (const step of ['find', 'look', 'tidy', 'check', 'publish', 'trace']) match(screen, new RegExp(`^[✓⚠] ${step}: `, 'm'))
        match(screen, /balanced ✓/)
      })
      equal(run, byHand)
      return sameAs('one', run, 'by-hand/')
    },
  },
  {
    title: 'siftstep runs, show and logs',
    run: async () => {
      match(await siftstep(['runs', '--on', 'aws'], env), new RegExp(`^${byHand} .* hand +succeeded .* in = .* out`, 'm'))
      const shown = await siftstep(['show', byHand, '--on', 'aws'], env)
      for (const part of [/succeeded in/, /^Cost\n.*state transitions/m, /balanced/]) match(shown, part)
      match(await siftstep(['logs', byHand, '--on', 'aws', '--step', 'tidy'], env), /INFO {2}tidy segment 0 {2}task done/)
      return undefined
    },
  },
  {
    title: 'a run started by an upload',
    run: async () => sameAs('one', await runStartedBy(() => put('incoming/sales_2024_q1.csv')), 'orders/'),
  },
  {
    // no emulator does what EventBridge Scheduler does at a moment of a schedule, so its message is sent here
    title: 'a run started by the message of the schedule',
    run: async () => {
      await put('scheduled/sales_2024_q1.csv')
      const run = await runStartedBy(() => services.strike(STACK, `${new Date().toISOString().slice(0, 16)}:00Z`))
      return sameAs('one', run, 'scheduled/')
    },
  },
  {
    title: 'a run that fails goes through Catch, writes its report, publishes nothing, and says how to go on',
    run: async () => {
      await services.put(INBOX, 'empty/nothing.csv', 'a,b\n')
      const { code, output } = await trySiftstep(['start', ID, ...inputs('empty/*.csv', 'fails/'), '--follow'], env)
      equal(code, 1, output)
      failing = runIn(output)
      failure = output
      match(output, /nothing\.csv has a header and no rows\n +hint: /)
      deepStrictEqual(await services.keys(OUTBOX, 'fails/'), [])
      await note(failing)
      const kept = await services.keys(deployed.bucket, `runs/${failing}/`)
      for (const file of ['ledger.json', 'quality-report.html'])
        ok(
          kept.some((key) => key.endsWith(file)),
          `the run has no ${file}`,
        )
      return undefined
    },
  },
  {
    title: 'the failed execution has the error that its task threw, which decides what the command line suggests',
    needs: 'names of errors',
    run: async () => {
      const { status, error } = await services.ended(arnOf(failing))
      deepStrictEqual([status, error], ['FAILED', 'Data.NoRows'])
      match(failure, /next +fix this, then siftstep deploy FILE and siftstep start emulator_tour/)
      return error
    },
  },
  {
    title: 'siftstep stop and redrive: what is finished is not done again',
    run: async () => {
      const run = runIn(await siftstep(['start', ID, ...inputs('by-hand/*.csv', 'again/')], env))
      const tasks = () => services.keys(deployed.bucket, `runs/${run}/tasks/`)
      await eventually('a finished task', 60, async () => ((await tasks()).length > 0 ? true : undefined))
      await siftstep(['stop', run, '--on', 'aws'], env)
      const { status } = await services.ended(arnOf(run))
      if (limits['stops in maps'] === undefined) equal(status, 'ABORTED', 'the run was over before it could be stopped')
      else notEqual(status, 'SUCCEEDED', 'the run was over before it could be stopped')
      // the task that was under way ends with nobody listening
      const finished = await services.settled(deployed.bucket, `runs/${run}/tasks/`)
      match(await siftstep(['redrive', run, '--follow'], env), /publish: Exported to parquet/)
      await note(`${run}-2`)
      for (const [key, at] of finished) equal(await services.changedAt(deployed.bucket, key), at, `${key} was done again`)
      const more = (await tasks()).length - finished.size
      ok(more > 0, 'nothing was left to do')
      return `${finished.size} tasks kept, ${more} done; ${await sameAs('one', run, 'again/')}`
    },
  },
  waitingChapter({
    env,
    services,
    folder,
    file: FIRST,
    inbox: INBOX,
    outbox: OUTBOX,
    note: (event) => where.take(name, event as Parameters<typeof where.take>[1]),
  }),
  {
    title: 'a run with distributed maps, in the interpreter of the emulator',
    needs: 'distributed maps',
    run: async () => {
      await putAll()
      const run = await runStartedBy(() => siftstep(['start', ID, ...inputs('all/*.csv', 'distributed/')], env))
      return sameAs('all', run, 'distributed/')
    },
  },
  {
    title: 'a run with distributed maps, in our engine with the deployed machine, functions and bucket',
    run: async () => {
      await putAll()
      const definition = await services.definition(deployed.machine)
      const given = { inputs: { source: `s3://${INBOX}/all/*.csv`, output_path: `s3://${OUTBOX}/all/` } }
      const ran = await runDeployed(services, definition, 'r-engine', given, (event) => where.take('our engine', event))
      equal(ran.status, 'SUCCEEDED', JSON.stringify(ran).slice(0, 500))
      return sameAs('all', 'r-engine', 'all/')
    },
  },
  {
    title: 'an alarm reaches those who listen to the topic',
    run: async () => {
      const alarms = await services.alarms(STACK)
      const [alarm] = alarms.filter(({ actions }) => actions.length > 0)
      ok(alarm !== undefined, 'no alarm notifies a topic')
      const received = await services.listen(alarm.actions[0] ?? '', 'tour-listens')
      await services.ring(alarm.name)
      await received(alarm.name)
      return `${alarms.length} alarms`
    },
  },
  {
    title: 'siftstep validate --on aws: Step Functions takes the machine, and evaluates its states',
    run: async () => {
      const { code, output } = await trySiftstep(['validate', PIPELINE, '--on', 'aws'], env)
      match(output, /Step Functions takes the machine of emulator_tour/)
      const [, states = ''] = /(\d+) states tested by Step Functions: Init, Prepare, /.exec(output) ?? []
      ok(Number(states) > 5, output)
      const limit = limits['variables of a tested state']
      if (limit === undefined) equal(code, 0, output)
      return `${states} states${limit === undefined ? '' : `; the exit code is not looked at: ${limit}`}`
    },
  },
  catalogChapter({ env, services, folder, outbox: OUTBOX }),
  {
    title: 'siftstep destroy',
    run: async () => {
      await siftstep(['destroy', ID, '--yes'], env)
      const app = ['--app', `node ${join(root, 'dist', 'app.js')}`, '-c', 'pipelines=none', '-c', 'settings={}']
      await cdk(['destroy', 'siftstep-platform', '--force', ...app], env, folder)
      deepStrictEqual(await services.stacks(), ['CDKToolkit'])
      return undefined
    },
  },
])
