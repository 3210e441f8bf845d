/** Functions of the author on this machine, through the command line: files that stand for Lambda functions. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const cli = (...args: string[]) => runCli(args, { cwd: place })
const said = ({ out, err }: { readonly out: string; readonly err: string }) => `${out}${err}`

const PIPELINE = (more = '', last = '') => `version: 1
id: etl
inputs: {source: {type: string, default: shop}}
defaults: {retry: {errors: [States.TaskFailed], interval: 1s, max_attempts: 1}}
steps:
  - {id: extract, type: lambda, with: {function_name: extract-fn}${more}}
  - {id: load, type: lambda, with: {function_name: load-fn}${last}}
`
const WITH_FILES = `${PIPELINE()}functions: {extract-fn: ./steps/extract.ts, load-fn: ./steps/load.js}\n`

/** Counts its calls in a file, and writes down what it is given. */
const COUNTING = `import { appendFileSync } from 'node:fs'
import { rowsOf } from './rows.ts'
interface Event { readonly source: string }
export const handler = async ({ source }: Event, context: { functionName: string }) => {
  console.log('called as', context.functionName)
  appendFileSync('calls.txt', 'x')
  return { rows: rowsOf(source) }
}
`

function writeFunctions(extract = COUNTING, load = 'export const handler = async (event) => ({ loaded: event.rows })\n') {
  write('own/steps/extract.ts', extract)
  write('own/steps/rows.ts', 'export const rowsOf = (source: string): number => source.length\n')
  write('own/steps/load.js', load)
}

it('run in a process of their own with what the step before returned, and are printed to the log of their step', async () => {
  write('own/pipeline.yaml', WITH_FILES)
  writeFunctions(
    COUNTING,
    "import { writeFileSync } from 'node:fs'\nexport default (event) => writeFileSync('loaded.json', JSON.stringify(event))\n",
  )
  const ended = await cli('run', 'own/pipeline.yaml')
  expect(ended.code, said(ended)).toBe(0)
  expect(ended.out).toContain('extract: Called extract-fn')
  expect(JSON.parse(readFileSync(at('loaded.json'), 'utf8'))).toEqual({ rows: 4 })
  const [run = ''] = runsIn(place)
  expect(readFileSync(at(`.siftstep/runs/${run}/logs/extract/invoke-0.log`), 'utf8')).toContain('called as extract-fn')
})

it('are called once each, also by a resume, with the files that the run started with', async () => {
  write('own/pipeline.yaml', WITH_FILES)
  writeFunctions(
    COUNTING,
    "import { existsSync } from 'node:fs'\nexport const handler = () => { if (!existsSync('ready')) throw new RangeError('not ready') }\n",
  )
  const failed = await cli('run', 'own/pipeline.yaml')
  expect(failed.code).toBe(1)
  expect(said(failed)).toContain('not ready')
  write('ready', '')
  writeFunctions('this does not compile', 'this neither')
  const resumed = await cli('resume', 'last')
  expect(resumed.code, said(resumed)).toBe(0)
  expect(readFileSync(at('calls.txt'), 'utf8')).toBe('x')
})

it('can stand in a file beside, for a definition that names none', async () => {
  write('own/pipeline.yaml', PIPELINE())
  writeFunctions()
  const without = await cli('run', 'own/pipeline.yaml')
  expect(without.code).toBe(2)
  expect(said(without)).toContain('no file for the functions extract-fn, load-fn')
  expect(runsIn(place)).toEqual([])
  write('own/here.yaml', 'extract-fn: steps/extract.ts\nload-fn: steps/load.js\n')
  const ended = await cli('run', 'own/pipeline.yaml', '--functions', 'own/here.yaml')
  expect(ended.code, said(ended)).toBe(0)
})

describe('a function that', () => {
  const ending = async (extract: string, more = '') => {
    write('own/pipeline.yaml', `${PIPELINE(more)}functions: {extract-fn: ./steps/extract.ts, load-fn: ./steps/load.js}\n`)
    writeFunctions(extract, "import { writeFileSync } from 'node:fs'\nexport const handler = () => writeFileSync('loaded.txt', '')\n")
    const ended = await cli('run', 'own/pipeline.yaml')
    expect(existsSync(at('loaded.txt'))).toBe(false)
    return [ended.code, said(ended)] as const
  }

  it('throws fails its step with its error', async () => {
    const [code, text] = await ending("export const handler = async () => { throw new RangeError('too far') }\n")
    expect([code, text]).toEqual([1, expect.stringContaining('too far')])
    expect(text).toContain('RangeError')
  })

  it('ends its process fails its step', async () => {
    const [code, text] = await ending('export const handler = () => process.exit(7)\n')
    expect([code, text]).toEqual([1, expect.stringContaining('ended its process with code 7')])
  })

  it('throws beside its promise fails its step', async () => {
    const beside = "export const handler = () => { setTimeout(() => { throw new RangeError('late') }); return new Promise(() => {}) }\n"
    expect(await ending(beside)).toEqual([1, expect.stringContaining('late')])
  })

  it('never ends is ended by the timeout of its step', async () => {
    const [code, text] = await ending('export const handler = () => { for (;;) {} }\n', ', timeout: 2s, retry: {max_attempts: 0}')
    expect([code, text]).toEqual([1, expect.stringContaining('took longer than its timeout allows')])
  })

  it('returns what is no JSON fails its step', async () => {
    expect(await ending('export const handler = () => ({ rows: 12n })\n')).toEqual([1, expect.stringContaining('BigInt')])
  })

  it('returns more than a run can pass on fails its step', async () => {
    expect(await ending("export const handler = () => 'x'.repeat(300_000)\n")).toEqual([
      1,
      // the result and what the invocation adds to it
      expect.stringMatching(/It has 300\d{3} bytes, 262144 are allowed/),
    ])
  })

  it('does not exist, exports nothing or does not compile does not start or says so', async () => {
    expect(await ending('export const handle = () => 1\n')).toEqual([1, expect.stringContaining('exports no function `handler`')])
    expect(await ending("import { x } from './missing.ts'\nexport const handler = () => x\n")).toEqual([
      2,
      expect.stringMatching(/extract-fn does not compile: .*extract\.ts:1:\d+: Could not resolve/),
    ])
    write('own/pipeline.yaml', `${PIPELINE()}functions: {extract-fn: ./steps/nowhere.ts, load-fn: ./steps/load.js}\n`)
    expect(said(await cli('run', 'own/pipeline.yaml'))).toMatch(/the file of the function extract-fn does not exist: .*nowhere\.ts/)
  })
})
