/** The command line on AWS: start, follow, runs, show, logs, stop, redrive, destroy. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { compile } from '#language/compiler/compile.ts'
import { TaskError } from '#core/errors/errors.ts'
import { startAws, type TestAws } from '../kit/aws-server.ts'
import { smallSales } from '../kit/small-sales.ts'
import { testTerminal } from './terminals.ts'

const root = resolve(import.meta.dirname, '../..')
const NINE_STEPS = readFileSync(join(root, 'examples/data-processing/pipeline.yaml'), 'utf8')
const SMALL = `version: 1
id: small
name: Small sales
inputs:
  source: {type: string, required: true, description: Files to read}
  rows: {type: integer, default: 1000}
  out: {type: string, required: true}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: "{{ rows }}"}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "{{ out }}/{{ ds }}", format: csv}}
`

/** Against a test that hangs, not a limit of time: a busy machine takes as long as it takes. */
const PATIENCE = 900_000

const built = (text: string) => {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  return compiled
}

let aws: TestAws
let folder: string
/** The sources of the nine steps. */
let sales: string
beforeAll(async () => {
  aws = await startAws()
  folder = mkdtempSync(join(tmpdir(), 'siftstep-aws-'))
  writeFileSync(join(folder, 'sales.csv'), 'id,name\n1, Ana\n2,Ben \n3,Cy\n')
  writeFileSync(join(folder, 'small.yaml'), SMALL)
  sales = smallSales(join(folder, 'sales'))
  aws.deploy(built(SMALL))
  aws.deploy(built(NINE_STEPS))
})
afterAll(async () => {
  await aws.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  aws.beforeTask = () => {}
})

function terminal(env: { readonly [name: string]: string } = aws.env) {
  const made = testTerminal({ env: { ...env } })
  made.enter(folder)
  return made
}

async function cli(...argv: string[]) {
  const made = terminal()
  const code = await main(argv, made)
  return { code, ...made.written }
}

const given = (out = 'out') => ['--input', `source=${folder}/sales.csv`, '--input', `out=${folder}/${out}`]
const idIn = (text: string) => /small-\d{8}T\d{6}Z-[0-9a-f]{12}(-\d+)?/.exec(text)?.[0] ?? ''

const idOfRunning = () => [...aws.executions.values()].find(({ status }) => status === 'RUNNING')?.name ?? ''

/** A run that has ended, well or not. */
async function ended(...more: string[]): Promise<string> {
  const { out } = await cli('start', 'small', ...given(), ...more)
  const id = idIn(out)
  const execution = [...aws.executions.values()].find(({ name }) => name === id)
  await execution?.over
  return id
}

describe('start', () => {
  it('starts a run, and says how to see it', async () => {
    const { code, out, err } = await cli('start', 'small', ...given('plain'))
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^small-\d{8}T\d{6}Z-[0-9a-f]{12} started\nsiftstep show small-\S+ --on aws\n$/)
  })

  it('shows the run with --follow as a run here is shown', async () => {
    const { code, out } = await cli('start', 'small', ...given('followed'), '--date', '2026-11-20', '--follow', '--ascii')
    expect(code).toBe(0)
    expect(out).toMatch(/^Small sales +\(engine: AWS, eu-west-1\)\n=+\n\[ok\] find: Found 1 data file \(27 bytes total\)/)
    expect(out).toContain('[ok] publish: Exported to csv')
    expect(out).toContain('Pipeline completed successfully in')
    expect(out).toContain(`Output: ${folder}/followed/2026-11-20/`)
    expect(out).toMatch(/Rows: 3 in = 3 out/)
    expect(out).toMatch(/report +s3:\/\/siftstep-data\/runs\/small-\S+\/quality-report\.html/)
    expect(out).toMatch(/show +siftstep show small-\S+ --on aws\n$/)
  })

  it('shows every one of the nine steps', async () => {
    const inputs = ['--input', `source=${sales}`]
    const { code, out } = await cli(
      'start',
      'data_processing_workflow',
      ...inputs,
      '--input',
      `output_path=${folder}/nine`,
      '--follow',
      '--ascii',
    )
    expect(code).toBe(0)
    for (const step of [
      'discover_sources',
      'validate_schema',
      'profile_data',
      'clean_data',
      'enrich_data',
      'validate_output',
      'export_data',
      'track_lineage',
      'monitor_pipeline',
    ])
      expect(out).toMatch(new RegExp(`^\\[(ok|!!)\\] ${step}: .* \\([\\d.ms ]+(, fused)?\\)$`, 'm'))
    expect(out).toContain('[..] discover_sources: Reading 3 sources in parallel...')
  })

  it('shows the same for a history that leaves out what the machine defines', async () => {
    const inputs = ['--input', `source=${sales}`]
    const reported = async (name: string) => {
      const { code, out } = await cli(
        'start',
        'data_processing_workflow',
        ...inputs,
        '--input',
        `output_path=${folder}/${name}`,
        '--follow',
        '--ascii',
      )
      const steps = out.split('\n').filter((line) => /^ *\[(ok|!!|--)\]/.test(line) && !/in [\d.]+s$/.test(line))
      return { code, steps: steps.map((line) => line.replace(/ \([\d.ms ]+(, fused)?\)$/, '')) }
    }
    const whole = await reported('whole')
    aws.sparse = true
    try {
      expect(await reported('sparse')).toEqual(whole)
      const { out } = await cli('show', 'last', '--on', 'aws', '--pipeline', 'data_processing_workflow')
      expect(out).toMatch(/^Cost\n {2}\d+ state transitions/m)
    } finally {
      aws.sparse = false
    }
    expect(whole.steps.length).toBeGreaterThan(9)
  })

  it('is JSON events for programs', async () => {
    const { out } = await cli('start', 'small', ...given('json'), '--follow', '--json')
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; exit_code?: number })
    expect(events[0]).toMatchObject({ event: 'run_started', pipeline: { id: 'small' } })
    expect(events.at(-1)).toMatchObject({ event: 'run_finished', exit_code: 0, record: { status: 'succeeded', rows: { in: 3, out: 3 } } })
  })

  it('checks the inputs against what is deployed, before anything starts', async () => {
    const before = aws.executions.size
    const { code, err } = await cli('start', 'small', '--input', 'source=a', '--input', 'rows=many', '--input', 'oot=x')
    expect(code).toBe(2)
    expect(err).toContain("the value is 'many', not of type integer")
    expect(err).toContain('the input `out` is missing')
    expect(err).toContain('did you mean `out`?')
    expect(aws.executions.size).toBe(before)
  })

  it('refuses inputs that are longer than a run can carry', async () => {
    // letters of two bytes: it is bytes that count
    const { code, err } = await cli('start', 'small', '--input', `source=${'é'.repeat(135_000)}`, '--input', 'out=b')
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^siftstep: the inputs are 270,\d{3} bytes of JSON; the maximum is 262,144\n {2}hint: move the longest input into a file/,
      ),
    ])
  })

  it('takes the name of a folder for that of a pipeline', async () => {
    mkdirSync(join(folder, 'small'), { recursive: true })
    expect((await cli('start', 'small', ...given('beside'))).code).toBe(0)
  })

  it('takes a file for its pipeline, and says when something else is deployed', async () => {
    const same = await cli('start', 'small.yaml', ...given('file'))
    expect([same.code, same.err]).toEqual([0, ''])
    writeFileSync(join(folder, 'changed.yaml'), SMALL.replace('[whitespace]', '[whitespace, case]'))
    const changed = await cli('start', 'changed.yaml', ...given('file'))
    expect(changed.code).toBe(0)
    expect(changed.err).toMatch(
      /^note: the deployed machine differs from what changed\.yaml compiles to \(deployed: [0-9a-f]{12}, compiled: [0-9a-f]{12}\)\n$/,
    )
  })

  it('ends watching, not the run, on Control-C', async () => {
    let release: () => void = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    aws.beforeTask = ({ task }) => (task === 'segment' ? held : undefined)
    const made = terminal()
    const watching = main(['start', 'small', ...given('left'), '--follow', '--ascii'], made)
    await expect.poll(() => made.written.out, { timeout: PATIENCE }).toContain('find: Found')
    expect((await cli('show', idOfRunning(), '--on', 'aws')).out).toMatch(
      /^Small sales {2}small-\S+ {2}running\n[\s\S]*Running: \d+ tasks finished\./,
    )
    made.interrupt()
    expect(await watching).toBe(130)
    expect(made.written.out).toMatch(
      /The run continues\. See it: siftstep show small-\S+ --on aws; stop it: siftstep stop small-\S+ --on aws/,
    )
    release()
    const execution = [...aws.executions.values()].find(({ name }) => name === idIn(made.written.out))
    await execution?.over
    expect(execution?.status).toBe('SUCCEEDED')
  })

  it.each([
    [
      ['start', 'smal', '--input', 'source=a'],
      'no pipeline smal is deployed in eu-west-1',
      'did you mean small? deployed: data_processing_workflow, small',
    ],
    [
      ['start', 'small', '--env', 'staging'],
      'no pipeline is deployed to the environment staging in eu-west-1',
      'deployed: some without an environment',
    ],
    [['start', 'small', '--date', 'tomorrow'], 'invalid --date tomorrow', 'use a date'],
    [['start', 'small', '--on', 'mars'], '--on mars: start works only on AWS', 'use --on aws'],
    [['runs', '--on', 'mars'], 'unknown platform --on mars', 'use --on aws'],
    [['show', 'nothing-like-it', '--on', 'aws', '--pipeline', 'small'], 'no run nothing-like-it in eu-west-1', 'newest runs: small-'],
    [['runs', '--on', 'aws', '--limit', '1000'], 'invalid --limit 1000', 'use a number from 1 to 100'],
  ])('%j: a sentence, and the fix', async (argv, sentence, fix) => {
    const { code, err } = await cli(...argv)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(err).toContain(fix)
  })
})

describe('a run that failed', () => {
  const fail = () => {
    aws.beforeTask = ({ task, step }) => {
      if (task === 'segment' && step === 'tidy') throw new TaskError('Data.Unreadable', 'the disk is gone', { hint: 'find it' })
    }
  }

  it('is shown like a run here, with the next step', async () => {
    fail()
    const { code, out, err } = await cli('start', 'small', ...given('failed'), '--follow', '--ascii')
    expect(code).toBe(1)
    expect(out).toContain('[xx] tidy: failed')
    expect(err).toMatch(/Pipeline failed in [\d.]+s: tidy: the disk is gone/)
    expect(err).toMatch(/redrive +siftstep redrive small-\S+ --on aws {3}\(finished work is kept\)/)
  })

  it('goes on when it is redriven, under its old name and dates, and does not do again what is finished', async () => {
    fail()
    const id = await ended('--date', '2026-11-19')
    aws.beforeTask = () => {}
    const before = aws.calls.length
    const { code, out } = await cli('redrive', id, '--follow', '--ascii')
    expect(code).toBe(0)
    expect(out).toContain(`(engine: AWS, eu-west-1; ${id} resumed)`)
    expect(out).toContain(`Output: ${folder}/out/2026-11-19/`)
    expect(aws.calls.slice(before)).toContain('StartExecution')
    const next = [...aws.executions.values()].find(({ name }) => name === `${id}-2`)
    expect(JSON.parse(next?.input ?? '{}')).toMatchObject({ run_id: id, logical_date: '2026-11-19', start: { type: 'redrive', of: id } })
    expect((await cli('redrive', `${id}-2`)).out).toContain('has succeeded; nothing to do')
  })

  it('is not gone on with twice at a time', async () => {
    fail()
    const id = await ended()
    let release: () => void = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    aws.beforeTask = () => held
    expect((await cli('redrive', id)).out).toContain(`${id}-2 continues ${id}; finished work is kept`)
    const { code, err } = await cli('redrive', id)
    expect([code, err]).toEqual([2, expect.stringContaining(`the run ${id} is already being redriven as ${id}-2`)])
    expect((await cli('redrive', `${id}-2`)).err).toContain('is still running')
    release()
  })

  it('is shown with what failed', async () => {
    fail()
    const id = await ended()
    const { code, out } = await cli('show', id, '--on', 'aws')
    expect(code).toBe(0)
    expect(out).toContain(`Small sales  ${id}  failed`)
    expect(out).toContain('tidy failed (Data.Unreadable)')
    expect(out).toContain('the disk is gone')
    expect(out).toMatch(/\d finished tasks kept\. Nothing was published\./)
    expect(out).toContain(`siftstep redrive ${id} --on aws`)
  })
})

describe('show', () => {
  it('shows what happened, and the cost next to the estimate', async () => {
    const id = await ended()
    const { code, out } = await cli('show', id.slice(0, -3), '--on', 'aws', '--pipeline', 'small')
    expect(code).toBe(0)
    expect(out).toContain(`Small sales  ${id}  succeeded`)
    expect(out).toContain('definition  siftstep-small (sha256 ')
    expect(out).toMatch(/Rows\n {2}3 in = 3 out/)
    expect(out).toMatch(/Cost\n {2}(\d+) state transitions +estimated \1\n {2}[\d.e-]+ GB-seconds in (\d+) tasks +estimated [\d.]+ in \2\n/)
    expect(out).toMatch(/report +s3:\/\/siftstep-data\/runs\/small-\S+\/quality-report\.html/)
  })

  it('counts the children of distributed maps, and follows them', async () => {
    const spread = NINE_STEPS.replace('id: data_processing_workflow', 'id: spread').replace(
      / {2}tiers:[\s\S]*?\n\n/,
      '  tiers:\n    - {workers: 3, distributed: true}\n  task_bytes: 20KB\n\n',
    )
    aws.deploy(built(spread))
    const inputs = ['--input', `source=${sales}`, '--input', `output_path=${folder}/spread`]
    const followed = await cli('start', 'spread', ...inputs, '--follow', '--ascii')
    expect(followed.code).toBe(0)
    expect(followed.out).toMatch(/^\[ok\] export_data: /m)
    const { out } = await cli('show', 'last', '--on', 'aws', '--pipeline', 'spread')
    expect(out).toMatch(/Cost\n {2}(\d{2,3}) state transitions +estimated \1\n/)
    expect(Number(/(\d+) state transitions/.exec(out)?.[1])).toBeGreaterThan(30)
  })

  it('counts the memory a step asks for, at the price of the processor that is deployed', async () => {
    const reported = async (id: string) => {
      await cli('start', id, ...given(id), '--follow')
      const { out } = await cli('show', 'last', '--on', 'aws', '--pipeline', id)
      const [, seconds, dollars] = /estimated ([\d.]+) in \d+\n[\s\S]*estimated \$([\d.]+)\n/.exec(out) ?? []
      return { seconds: Number(seconds), dollars: Number(dollars) }
    }
    const big = SMALL.replace('id: small', 'id: big').replace('  - {id: tidy,', '  - {id: tidy, fuse: false, resources: {memory: 10GB},')
    aws.deploy(built(big))
    aws.deploy(built(SMALL.replace('id: small', 'id: usual').replace('  - {id: tidy,', '  - {id: tidy, fuse: false,')))
    const [usual, more] = [await reported('usual'), await reported('big')]
    expect(more.seconds).toBeGreaterThan(usual.seconds * 1.5)
    expect(more.dollars).toBeGreaterThan(usual.dollars)
  })

  it('is JSON for programs', async () => {
    const id = await ended()
    expect(JSON.parse((await cli('show', id, '--on', 'aws', '--json')).out)).toMatchObject({
      state: 'succeeded',
      record: { id, rows: { in: 3 } },
      published: true,
    })
  })
})

describe('runs', () => {
  it('are listed, the newest first, with what started them', async () => {
    const first = await ended()
    const second = await ended()
    const { code, out } = await cli('runs', '--on', 'aws', '--pipeline', 'small', '--limit', '2')
    expect(code).toBe(0)
    const [head = '', ...lines] = out.trimEnd().split('\n')
    expect(head).toMatch(/^run +pipeline +version +started +by +status +time +rows/)
    expect(lines.map(idIn)).toEqual([second, first])
    expect(lines[0]).toMatch(/small +\d{4}-\d\d-\d\d [\d:]{8} +hand +succeeded +[\d.]+s +3 in = 3 out/)
    const listed = JSON.parse((await cli('runs', '--on', 'aws', '--json')).out) as { run: string; started_by: string }[]
    expect(listed[0]).toMatchObject({
      run: second,
      pipeline: 'small',
      state: 'succeeded',
      rows: expect.stringMatching(/^3 in/),
      figures: { rows_in: 3, rows_out: 3 },
    })
  })
})

describe('logs', () => {
  it('are the lines of one run, of one step when asked', async () => {
    const id = await ended()
    const { code, out } = await cli('logs', id, '--on', 'aws')
    expect(code).toBe(0)
    expect(out).toMatch(/^[\d:.]{12} INFO {2}run prepare {2}task done \(0\.1 s\)\n/)
    expect(out).toContain('find inspect')
    const own = await cli('logs', id, '--on', 'aws', '--step', 'tidy', '--json')
    expect(
      own.out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { step: string }).step),
    ).toEqual(expect.arrayContaining(['tidy']))
    expect(own.out).not.toContain('"step":"find"')
    aws.lines.push({ group: 'log-small', at: 0, message: JSON.stringify({ _aws: {}, run: id, step: 'tidy', TaskSeconds: 1 }) })
    aws.sparse = true
    expect((await cli('logs', id, '--on', 'aws')).out).toBe(out)
    expect((await cli('logs', id, '--on', 'aws', '--step', 'tidy', '--json')).out).toBe(own.out)
    aws.sparse = false
    expect((await cli('logs', id, '--on', 'aws', '--step', 'nothing')).err).toBe(
      'note: the tasks of the run logged nothing for that step\n',
    )
  })
})

describe('stop', () => {
  it('stops a run that goes on; it can be redriven', async () => {
    let release: () => void = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    aws.beforeTask = ({ task }) => (task === 'commit' ? held : undefined)
    const { out: started } = await cli('start', 'small', ...given('stopped'))
    const id = idIn(started)
    const execution = [...aws.executions.values()].find(({ name }) => name === id)
    await expect
      .poll(() => execution?.events.some(({ stateEnteredEventDetails: entered }) => entered?.name === 'tidy.commit'), { timeout: PATIENCE })
      .toBe(true)
    expect((await cli('stop', id, '--on', 'aws')).out).toBe(
      `${id} stopped; unfinished output was not published\nsiftstep redrive ${id} --on aws\n`,
    )
    await execution?.over
    release()
    aws.beforeTask = () => {}
    expect((await cli('show', id, '--on', 'aws')).out).toContain(`The run was interrupted.`)
    expect((await cli('stop', id, '--on', 'aws')).out).toBe(`The run ${id} has already ended: stopped.\n`)
    expect((await cli('redrive', id, '--follow', '--quiet')).code).toBe(0)
  })
})

describe('destroy', () => {
  it('asks, and then takes the stack away', async () => {
    aws.deploy(built(SMALL.replace('id: small', 'id: gone')), 'staging')
    const asked = await cli('destroy', 'gone', '--env', 'staging')
    expect([asked.code, asked.err]).toEqual([
      2,
      expect.stringMatching(/this removes the pipeline gone from eu-west-1.*\n.*confirm with --yes; data and runs stay in siftstep-data/),
    ])
    const { code, out } = await cli('destroy', 'gone', '--env', 'staging', '--yes')
    expect([code, out]).toEqual([0, 'gone destroyed; data and runs stay in siftstep-data\n'])
    expect(aws.stacks.map(({ name }) => name)).not.toContain('siftstep-gone-staging')
  })

  it('says why a stack stays', async () => {
    aws.deploy(built(SMALL.replace('id: small', 'id: stuck')))
    const reason = 'The following resource(s) failed to delete: [PipelineAlarmTopic].'
    aws.stacks.splice(0, aws.stacks.length, ...aws.stacks.map((one) => (one.name === 'siftstep-stuck' ? { ...one, stays: reason } : one)))
    const { code, out, err } = await cli('destroy', 'stuck', '--yes')
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `siftstep: siftstep-stuck was not destroyed (DELETE_FAILED: ${reason})\n  hint: aws cloudformation describe-stack-events --stack-name siftstep-stuck shows what blocks it; then run destroy again\n`,
    )
  })
})

describe('what AWS refuses', () => {
  const refusals = [
    [
      'AccessDenied',
      403,
      'User: x is not authorized to perform: cloudformation:DescribeStacks',
      'AWS denied access, listing the stacks: User: x is not authorized',
    ],
    ['ExpiredToken', 403, 'The security token included in the request is expired', 'the AWS credentials have expired'],
    ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.', 'AWS rejected the credentials'],
    ['Throttling', 400, 'Rate exceeded', 'AWS throttled the request, listing the stacks'],
    ['InternalFailure', 500, 'it broke', 'AWS had an internal error, listing the stacks: it broke'],
  ] as const

  it.each(refusals)('%s is a sentence', async (type, status, message, sentence) => {
    const own = await startAws()
    try {
      own.refuse('DescribeStacks', status, type, message)
      const made = terminal(own.env)
      expect(await main(['runs', '--on', 'aws'], made)).toBe(2)
      expect(made.written.err).toContain(sentence)
      expect(made.written.err).toMatch(/\n {2}hint: /)
    } finally {
      await own.close()
    }
  })

  it('no answer, and nothing deployed, are sentences too', async () => {
    const own = await startAws()
    const made = terminal(own.env)
    expect(await main(['runs', '--on', 'aws'], made)).toBe(2)
    expect(made.written.err).toContain('no pipeline is deployed to eu-west-1')
    expect(made.written.err).toContain('siftstep deploy FILE deploys one; --region names another region')
    await own.close()
    const gone = terminal(own.env)
    expect(await main(['runs', '--on', 'aws'], gone)).toBe(2)
    expect(gone.written.err).toContain('no response from AWS in eu-west-1, listing the stacks')
  })
})
