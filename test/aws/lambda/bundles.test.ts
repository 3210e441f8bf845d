import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { functionsOf, TASKS } from '#core/task/tasks.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { lambdaFolder, type Architecture } from '#aws/lambda/artifacts.ts'
import { buildLambda, LAMBDA_NAMES } from '../../../scripts/build-lambdas.ts'
import { buildLayer } from '../../../scripts/build-layer.ts'
import { startS3, type TestS3 } from '../../kit/s3-server.ts'

const root = resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Lambda unpacks a function and its layers to at most this. Source: Lambda developer guide, "Lambda quotas". */
const LAMBDA_LIMIT = 250_000_000
/** What a start may read: more code is a slower start. The code of a task is read when the task is first asked for. */
const START_BUDGET = 1_050_000
/** What all parts of a function may take. */
const BUDGET = 4_500_000

const sizes = new Map<string, number>()
beforeAll(async () => {
  for (const name of LAMBDA_NAMES) sizes.set(name, await buildLambda(name))
})

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** The bytes of a file and of everything that it imports when it is loaded. */
function bytesAtStart(file: string, seen = new Set<string>()): number {
  if (seen.has(file)) return 0
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const imported = [...text.matchAll(/(?:^|[;\n}])\s*(?:import|export)\s*(?:[^"'()]*?from\s*)?["'](\.[^"']+)["']/g)]
  return imported.reduce((sum, [, path = '']) => sum + bytesAtStart(join(dirname(file), path), seen), statSync(file).size)
}

/** The code of a file. Its long lines are broken, also within texts. */
const textOf = (file: string) => readFileSync(file, 'utf8').replaceAll('\\\n', '')

describe('bundles', () => {
  it('read at a start no more than their budget', () => {
    for (const name of LAMBDA_NAMES) {
      const bytes = bytesAtStart(join(lambdaFolder(root, name), 'index.mjs'))
      // more than the entry alone: its imports are found
      expect(bytes, name).toBeGreaterThan(400_000)
      expect(bytes, name).toBeLessThan(START_BUDGET)
    }
  })

  it('are there for every file of lambdas/, each within its budget', () => {
    expect([...sizes.keys()]).toEqual(expect.arrayContaining(['control', 'data']))
    for (const [name, bytes] of sizes) {
      expect(bytes, name).toBeGreaterThan(10_000)
      expect(bytes, name).toBeLessThan(BUDGET)
    }
  })

  it('hold no native code, and ask for the engine only by require, which finds the layer', () => {
    for (const name of LAMBDA_NAMES) {
      for (const file of filesBelow(lambdaFolder(root, name))) {
        expect(file).toMatch(/\.mjs$/)
        expect(readFileSync(file, 'utf8'), file).not.toMatch(/\b(from|import)\s*\(?\s*["']@duckdb/)
      }
    }
  })

  it.each(['control', 'data'])('%s holds the tasks that the machine calls it for, and no others', (name) => {
    const text = filesBelow(lambdaFolder(root, name)).map(textOf).join('\n')
    const absent = TASKS.filter((task) => text.includes(`the ${name} function does not hold ${task.name}"`))
    expect(absent.map((task) => task.name)).toEqual(
      TASKS.filter((task) => !functionsOf(task).some((own) => own === name)).map((task) => task.name),
    )
  })

  /** What stands in the part that holds the client of a kind of server, and nowhere else. */
  const CLIENTS = [
    ['PostgreSQL', 'application_name:"siftstep"'],
    ['MySQL', 'START TRANSACTION WITH CONSISTENT SNAPSHOT'],
  ] as const
  const clients = ['control', 'data'].flatMap((name) => CLIENTS.map(([client, mark]) => [name, client, mark] as const))
  it.each(clients)('%s reads the client of %s only when a table of it is asked for', (name, _client, mark) => {
    const files = filesBelow(lambdaFolder(root, name)).map((file) => [basename(file), textOf(file)] as const)
    const own = files.filter(([, text]) => text.includes(mark)).map(([file]) => file)
    expect(own).toHaveLength(1)
    const eager = files.filter(([, text]) => new RegExp(`from\\s*"\\./[^"]*${own[0]}"`).test(text))
    expect(eager.map(([file]) => file)).toEqual([])
  })

  it('load each of their parts', async () => {
    const chunks = filesBelow(join(lambdaFolder(root, 'control'), 'chunks')).map((file) => pathToFileURL(file).href)
    const script = `for (const url of ${JSON.stringify(chunks)}) await import(url).catch((error) => { if (error.code !== 'MODULE_NOT_FOUND') throw error })`
    await run(process.execPath, ['--input-type=module', '-e', script])
  })

  it('are the same bytes when they are built again', async () => {
    const written = (name: string) => filesBelow(lambdaFolder(root, name)).map((file) => [file, statSync(file).mtimeMs])
    const before = written('control')
    await buildLambda('control')
    expect(written('control')).toEqual(before)
  })
})

const HOST: { readonly [arch: string]: Architecture } = { x64: 'x86_64', arm64: 'arm64' }
const hostArch = process.platform === 'linux' ? HOST[process.arch] : undefined

describe.skipIf(hostArch === undefined)('layer', () => {
  it('leaves room for a function', () => {
    const folder = buildLayer(hostArch ?? 'x86_64')
    const bytes = filesBelow(folder).reduce((sum, file) => sum + statSync(file).size, 0)
    expect(bytes).toBeGreaterThan(30_000_000)
    expect(bytes + BUDGET).toBeLessThan(LAMBDA_LIMIT)
    expect(filesBelow(folder).filter((file) => file.endsWith('.node'))).toHaveLength(1)
  })

  describe('with a bundle, as Lambda runs them', () => {
    let s3: TestS3
    let folder: string
    beforeAll(async () => {
      s3 = await startS3()
      s3.objects.createBucket('runs')
      // away from the node_modules of the project, as /var/task is
      folder = mkdtempSync(join(tmpdir(), 'siftstep-lambdas-'))
      for (const name of LAMBDA_NAMES) cpSync(lambdaFolder(root, name), join(folder, name), { recursive: true })
    })
    afterAll(async () => {
      await s3.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it.each(['control', 'data'])('%s looks up its event in the bucket, and answers', async (name) => {
      const id = `r-${name}`
      const event = {
        task: 'unheard-of',
        run: { id, started_at: '2026-11-21T08:00:00Z', ds: '2026-11-21', ds_nodash: '20261121', ts: '2026-11-21T08:00:00Z' },
        pipeline: { id: 'p', name: 'P' },
        step: 's',
        settings: {},
      }
      const program = `
        const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, name, 'index.mjs')).href)})
        try { await handler(${JSON.stringify(event)}, {}) } catch ({ name, message }) { console.error(JSON.stringify({ name, message })) }
      `
      const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', program], {
        env: {
          PATH: process.env['PATH'],
          ...s3.env,
          NODE_PATH: join(buildLayer(hostArch ?? 'x86_64'), 'nodejs', 'node_modules'),
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
          SIFTSTEP_BUCKET: 'runs',
          SIFTSTEP_SERVICE: 'p',
        },
      })
      const cause = { step: null, code: 'Engine.Bug', message: 'unknown task unheard-of', hint: null, where: null }
      expect(stderr).toContain(JSON.stringify({ name: 'Engine.Bug', message: JSON.stringify(cause) }))
      expect(s3.calls.map((call) => `${call.name} ${call.key}`)).toContain(`GetObject ${workspace(id).task('unheard-of', 's', null)}`)
    })
  })
})
