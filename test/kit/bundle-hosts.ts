/** The bundles of the functions as Lambda runs them: each in a process of its own, one event after another. */
import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Architecture, lambdaFolder } from '#aws/lambda/artifacts.ts'
import type { Json } from '#core/json.ts'
import { buildLambda } from '../../scripts/build-lambdas.ts'
import { buildLayer } from '../../scripts/build-layer.ts'

const root = resolve(import.meta.dirname, '../..')

/** The architecture of this machine in Lambda's terms; undefined if no bundle can run here. */
export const ARCHITECTURE: Architecture | undefined =
  process.platform !== 'linux' ? undefined : { x64: 'x86_64' as const, arm64: 'arm64' as const }[process.arch as 'x64']

export type Kind = 'control' | 'data'

export interface Bundles {
  call(kind: Kind, event: Json): Promise<Json>
  /** The most memory the process has ever held, in bytes. */
  peak(kind: Kind): number
  close(): void
}

/** `env` leads to S3 and to the bucket of the store; `memory` is that of the functions, in megabytes. */
export async function openBundles(env: { readonly [name: string]: string }, bucket: string, memory = 1769): Promise<Bundles> {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-bundles-'))
  const layer = buildLayer(ARCHITECTURE ?? 'x86_64')
  const host = async (kind: Kind): Promise<ChildProcess> => {
    await buildLambda(kind)
    cpSync(lambdaFolder(root, kind), join(folder, kind), { recursive: true })
    const own = {
      PATH: process.env['PATH'] ?? '',
      ...env,
      // only functions for data have the layer
      ...(kind === 'data' ? { NODE_PATH: join(layer, 'nodejs', 'node_modules') } : {}),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
      SIFTSTEP_BUCKET: bucket,
      SIFTSTEP_SERVICE: 'test',
    }
    const bundle = pathToFileURL(join(folder, kind, 'index.mjs')).href
    return fork(join(root, 'test/aws/lambda/host.mjs'), [bundle], { env: own, silent: true })
  }
  const hosts: { readonly [Name in Kind]: ChildProcess } = { control: await host('control'), data: await host('data') }
  const turns: { [kind: string]: Promise<unknown> } = {}
  return {
    call(kind, event) {
      const answer = (turns[kind] ?? Promise.resolve()).then(
        () =>
          new Promise<Json>((done, fail) => {
            hosts[kind].once('message', ({ result, error }: { result?: Json; error?: { name: string; message: string } }) =>
              error === undefined ? done(result ?? null) : fail(Object.assign(new Error(error.message), { name: error.name })),
            )
            hosts[kind].send(event as object)
          }),
      )
      turns[kind] = answer.catch(() => {})
      return answer
    },
    peak(kind) {
      const status = readFileSync(`/proc/${hosts[kind].pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
    close() {
      for (const one of Object.values(hosts)) one.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
