/** Starts processes that publish and are killed: by themselves before one of their effects, or from outside. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { MortalSettings } from './mortal-process.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SQLITE = 'test/kit/mortal-sqlite.ts'

export interface Started {
  readonly process: ChildProcess
  /** Names of its effects so far. */
  readonly effects: readonly string[]
  /** Resolves when it is about to do so many effects; false if it ends before. */
  reaches(effects: number): Promise<boolean>
  /** Whether it was killed. Throws what it failed with. */
  readonly killed: Promise<boolean>
}

export interface MortalProcesses {
  start(settings: MortalSettings, env: { readonly [name: string]: string }): Started
  close(): void
}

/** Bundles the program once: it starts several times as fast as from its sources. */
export async function mortalProcesses(): Promise<MortalProcesses> {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-mortal-'))
  const own = createRequire(join(ROOT, 'package.json'))
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/kit/mortal-process.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['@duckdb/node-api', 'pg-native'],
    plugins: [
      {
        name: 'sqlite with effects',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^@photostructure\/sqlite$/ }, ({ path, importer }) =>
            importer.endsWith(SQLITE)
              ? { path: pathToFileURL(join(dirname(own.resolve(path)), 'index.mjs')).href, external: true }
              : { path: join(ROOT, SQLITE) },
          )
        },
      },
    ],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'warning',
  })
  let started = 0
  return {
    start(settings, env) {
      const file = join(folder, `settings-${++started}.json`)
      writeFileSync(file, JSON.stringify(settings))
      const child = spawn(process.execPath, [join(folder, 'mortal-process.mjs'), file], {
        env: { PATH: process.env['PATH'] ?? '', TMPDIR: tmpdir(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      return follow(child)
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function follow(child: ChildProcess): Started {
  let printed = ''
  let errors = ''
  let changed = () => {}
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
    changed()
  })
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString()
  })
  let over = false
  const killed = new Promise<boolean>((done, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      over = true
      changed()
      if (signal !== 'SIGKILL' && code !== 0) fail(new Error(errors))
      else done(signal === 'SIGKILL')
    })
  })
  // who waits for it gets the error
  killed.catch(() => {})
  const effects = () => printed.split('\n').slice(1, -1)
  return {
    process: child,
    get effects() {
      return effects()
    },
    async reaches(count) {
      while (effects().length < count && !over) {
        await new Promise<void>((resolveChange) => {
          changed = resolveChange
        })
      }
      return effects().length >= count
    },
    killed,
  }
}
