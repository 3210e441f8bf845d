/** A walk on an emulator of AWS: it is started, chapters run on it, and it is stopped. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chapter, runAll } from './chapters.ts'
import type { Emulator } from './emulator.ts'
import { openEmulator } from './open-emulator.ts'
import { openServices, type Services } from './services.ts'
import { whereStatesRan } from './where.ts'

export interface Walk {
  readonly emulator: Emulator
  /** For the programs of the walk. */
  readonly env: { readonly [name: string]: string }
  readonly services: Services
  /** Removed when the walk ends. */
  readonly folder: string
  readonly where: ReturnType<typeof whereStatesRan>
  print(line: string): void
}

/** Starts the emulator that was asked for. Where there is none, says so and ends the process. */
export async function openWalk(kind: string | undefined, about: string, print: Walk['print']): Promise<Walk> {
  const emulator = await openEmulator(kind)
  if ('missing' in emulator) {
    print(`skipped: no emulator (${emulator.missing})`)
    print('0 passed, 0 failed, 1 skipped')
    process.exit(0)
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  // templates are validated by the tests of lib/aws/cloud
  const env = { ...emulator.env, CDK_VALIDATION: 'false' }
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-walk-'))
  print(`${about}, on ${emulator.name}`)
  return { emulator, env, services: openServices(env), folder, where: whereStatesRan(), print }
}

/** Runs the chapters, prints where their states ran, and stops the emulator; the process ends with 1 when a chapter failed. */
export async function walkThrough({ emulator, folder, where, print }: Walk, chapters: readonly Chapter[]): Promise<void> {
  const failed = await runAll(chapters, emulator, print)
  for (const line of where.lines()) print(line)
  await emulator.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = failed === 0 ? 0 : 1
}
