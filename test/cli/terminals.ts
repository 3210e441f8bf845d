/** A terminal for tests: what was written, and a clock, an environment and a folder that the test decides. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Terminal } from '#cli/terminal/terminal.ts'

export interface TestTerminal extends Terminal {
  /** What was written so far. */
  readonly written: { out: string; err: string }
  /** Whether `die` was called. */
  readonly ended: { died: boolean }
  /** Makes another folder the current one. */
  enter(folder: string): void
  /** What Control-C does. */
  interrupt(): void
}

export function testTerminal(more: Partial<Terminal> = {}): TestTerminal {
  const written = { out: '', err: '' }
  const ended = { died: false }
  const listeners = new Set<() => void>()
  let folder = '/home/ana'
  return {
    written,
    ended,
    enter: (to) => {
      folder = to
    },
    interrupt: () => {
      for (const listener of listeners) listener()
    },
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    isTTY: false,
    errIsTTY: false,
    columns: () => 100,
    env: {},
    cwd: () => folder,
    now: () => new Date('2026-11-21T08:14:02.000Z'),
    onStop: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    die: () => {
      ended.died = true
    },
    program: {
      version: '0.1.0',
      worker: '/nowhere/worker.js',
      runner: '/nowhere/runner.js',
      examples: '/nowhere/examples/',
      schema: '/nowhere/schema/pipeline.schema.json',
    },
    ...more,
  }
}

/** An empty folder, removed when the test is over; and a terminal in it. */
export async function inFolder(more: Partial<Terminal> = {}): Promise<{ folder: string; terminal: TestTerminal }> {
  const folder = await mkdtemp(join(tmpdir(), 'siftstep-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const terminal = testTerminal({ env: {}, ...more })
  terminal.enter(folder)
  return { folder, terminal }
}
