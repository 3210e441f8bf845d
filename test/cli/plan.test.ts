/** plan: what a run on AWS takes and costs. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { quantity, sizeInBytes } from '#cli/arguments/quantities.ts'
import { template } from '#cli/templates/usual.ts'
import { gzipSync } from 'node:zlib'
import { inFolder } from './terminals.ts'

async function planned(files: { readonly [path: string]: string | Uint8Array }, ...argv: string[]) {
  const { folder, terminal } = await inFolder()
  for (const [path, content] of Object.entries({ 'p.yaml': template('Daily Sales'), ...files })) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  const code = await main(['plan', 'p.yaml', '--input', `source=${folder}/data/*`, '--input', 'output_path=out', ...argv], terminal)
  return { code, ...terminal.written }
}

const LARGE = ['--bytes', '3.2GB', '--rows', '3.6M', '--files', '12']
const SCHEDULED = template('Daily Sales').replace(
  '\ninputs:',
  '\nschedule: {cron: "0 8 * * *", inputs: {source: s3://lake/raw/, output_path: s3://lake/out}}\ninputs:',
)

describe('plan', () => {
  it('shows for a given size what it takes and costs', async () => {
    const { code, out, err } = await planned({}, '--on', 'aws', ...LARGE)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Daily Sales on AWS: estimate for us-east-1 with the prices of 2026-11\n/)
    expect(out).toContain('12 files, 3.2 GB, 3.6M rows: tier 2 of 3')
    expect(out).toContain('360 chunks in 12 batches, 4 at a time, inside the run')
    expect(out).toMatch(
      /One run +\d\d state transitions +\$0\.00\d+\n +Lambda \d+ GB-seconds in \d+ tasks +\$0\.0\d+\n +S3 [\d,]+ reads and \d+ writes +\$0\.0\d+\n +together, in about [\d.ms ]+ +\$0\.\d+\n/,
    )
    expect(out).toContain('no schedule: cost depends on the number of runs')
    expect(out).toMatch(/At rest +\$0\.30 a month: 3 alarms\n/)
    expect(out).toMatch(
      /history: [<\d]+% of 25,000 events\n.*payload: [<\d]+% of 256 KiB\n.*slowest task: [<\d]+% of 15m 0s\n.*\/tmp: \d+% of 10 GiB\n.*concurrent functions: <1% of 1000\n$/,
    )
  })

  it('shows for a schedule what it costs in a month', async () => {
    const { out } = await planned({ 'p.yaml': SCHEDULED }, ...LARGE)
    expect(out).toMatch(/A month +30\.4 runs \(cron 0 8 \* \* \* UTC\): \$0\.\d+, metrics \$0\.\d+, at rest \$0\.66\n +\$\d\.\d+ in all\n/)
  })

  it('looks at the files there are', async () => {
    const rows = Array.from({ length: 25_000 }, (_, at) => `${at},x`).join('\n')
    const { code, out } = await planned({ 'data/a.csv': `id,name\n${rows}\n` }, '--json')
    const { datasets } = JSON.parse(out) as { datasets: { records: number }[] }
    expect([code, datasets.length]).toEqual([0, 1])
    expect(datasets[0]).toMatchObject({ sources: 1, chunks: 3, batches: 1 })
    expect(datasets[0]?.records).toBeGreaterThan(24_000)
    expect(datasets[0]?.records).toBeLessThan(28_000)
  })

  it('says that what is compressed was only guessed', async () => {
    const { out } = await planned({ 'data/a.csv.gz': gzipSync('id\n1\n2\n') })
    expect(out).toMatch(
      /note: \w+: row counts and times of compressed files are estimates; give --bytes and --rows of the uncompressed data\n$/,
    )
  })

  it('is JSON for programs, of a processor that is chosen', async () => {
    const of = async (arch: string) =>
      JSON.parse((await planned({}, ...LARGE, '--json', '--arch', arch)).out) as { run: { dollars: { lambda: number } } }
    const [arm, x86] = [await of('arm64'), await of('x86_64')]
    expect(x86.run.dollars.lambda / arm.run.dollars.lambda).toBeCloseTo(1.25, 2)
  })

  it('says what is too much, and the fix', async () => {
    const { out } = await planned({}, '--bytes', '300GB', '--files', '1', '--rows', '1')
    expect(out).toContain('too much; reduce resources.task_bytes')
  })

  it.each([
    [['--on', 'mars'], 'unknown platform --on mars'],
    [['--rows', '5'], '--rows needs --bytes'],
    [['--bytes', 'lots'], 'invalid size --bytes lots'],
    [['--bytes', '1GB', '--rows', 'many'], 'invalid number --rows many'],
    [['--arch', 'z80'], '--arch z80: not a processor of Lambda'],
    [[], 'matches no file'],
  ])('%j: %s', async (argv, sentence) => {
    const { code, err } = await planned({}, ...argv)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(err).toMatch(/\n {2}hint: /)
  })

  it('prints the problems of a definition, and of the inputs', async () => {
    expect((await planned({ 'p.yaml': 'version: 1\n' })).code).toBe(2)
    expect((await planned({}, '--input', 'sorce=x')).err).toContain('unknown input `sorce`')
  })
})

describe('quantities', () => {
  it.each([
    ['3.6M', 3_600_000],
    ['12', 12],
    ['1,000,000', 1_000_000],
    ['2g', 2_000_000_000],
    ['0.5K', 500],
  ])('%s is %d', (text, value) => {
    expect(quantity(text, '--rows')).toBe(value)
  })

  it('are sizes with their units', () => {
    expect(sizeInBytes('3.2GB', '--bytes')).toBe(3.2e9)
    expect(sizeInBytes('1GiB', '--bytes')).toBe(2 ** 30)
  })
})

it('the example of the documentation takes fewer than 120 transitions', async () => {
  const { terminal } = await inFolder()
  const example = resolve(import.meta.dirname, '../../examples/data-processing/pipeline.yaml')
  const inputs = ['--input', 'source=s3://lake/raw/', '--input', 'output_path=s3://lake/out']
  await main(['plan', example, ...inputs, ...LARGE, '--json'], terminal)
  expect((JSON.parse(terminal.written.out) as { run: { transitions: number } }).run.transitions).toBeLessThan(120)
})
