/**
 * How long a Lambda takes to be ready: from the start of importing its bundle in a fresh `node` to the handler being there, as Lambda
 * does before its first event. For functions with the native engine that includes loading it.
 */
import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { lambdaFolder } from '#aws/lambda/artifacts.ts'
import { buildLambda, LAMBDA_NAMES } from '../scripts/build-lambdas.ts'

const root = resolve(import.meta.dirname, '..')

/** Milliseconds; the most each may take. */
const LIMITS: { readonly [name: string]: number } = { data: 600 }
const LIMIT = 150

const PROGRAM = `
  const [began, before] = [performance.now(), process.cpuUsage()]
  const { handler } = await import(process.argv[1])
  const ready = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  if (typeof handler !== 'function') throw new Error('the bundle has no handler')
  process.stdout.write(JSON.stringify({ ready, cpu: (user + system) / 1000 }))
`

export async function coldBench(runs: number): Promise<void> {
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, ${runs} starts each`,
  )
  let late = false
  for (const name of LAMBDA_NAMES) {
    const bytes = await buildLambda(name)
    const starts = Array.from({ length: runs }, () => coldStart(name))
    const [times, cpu] = [sorted(starts.map(({ ready }) => ready)), sorted(starts.map((start) => start.cpu))]
    const median = middle(times)
    const limit = LIMITS[name] ?? LIMIT
    late ||= median > limit
    console.log(
      `${name.padEnd(8)} ${(bytes / 1000).toFixed(0).padStart(5)} kB   ready in ${median.toFixed(0)} ms (${times[0]?.toFixed(0)}–${times.at(-1)?.toFixed(0)}; processor ${middle(cpu).toFixed(0)} ms), at most ${limit} ${median > limit ? '✗' : '✓'}`,
    )
  }
  if (late) process.exitCode = 1
  if ((loadavg()[0] ?? 0) > cpus().length)
    console.log('other work kept the machine busy: the times are longer than they would be, the processor times less so')
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const middle = (numbers: readonly number[]) => numbers[Math.floor(numbers.length / 2)] ?? 0

function coldStart(name: string): { readonly ready: number; readonly cpu: number } {
  const bundle = pathToFileURL(join(lambdaFolder(root, name), 'index.mjs')).href
  const env = {
    PATH: process.env['PATH'] ?? '',
    // where the layer would be found
    NODE_PATH: resolve(root, 'node_modules'),
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...LAMBDA_ENVIRONMENT,
  }
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM, bundle], { env, encoding: 'utf8' })) as {
    ready: number
    cpu: number
  }
}

/** What the deployment sets. */
const LAMBDA_ENVIRONMENT = {
  SIFTSTEP_BUCKET: 'bucket',
  SIFTSTEP_SERVICE: 'bench',
  SIFTSTEP_STATE_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:bench',
  SIFTSTEP_STARTS: JSON.stringify({ id: 'bench', name: 'Bench', triggers: [] }),
}
