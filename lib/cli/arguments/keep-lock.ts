/** The lock of a definition whose phrases were resolved: written when it is missing, refused where it must not change. */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LockText } from '#language/definition/dialects/lock-file.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Flag } from './flags.ts'

export const FROZEN_FLAG: Flag = {
  name: 'frozen',
  help: 'Fail if the lock of the phrases (*.auto.lock.yaml) is missing or is not that of the definition.',
}

/** Throws a UsageError unless the lock beside the definition is as the definition is read. */
export async function assertLocked(lock: LockText | undefined, terminal: Pick<Terminal, 'cwd'>): Promise<void> {
  if (lock === undefined) return
  const before = await textOf(lock, terminal)
  if (before === lock.text) return
  throw new UsageError(
    before === undefined
      ? `the phrases of the definition have no lock: ${lock.file} does not exist`
      : `the phrases of the definition are not those of its lock ${lock.file}`,
    'write it with `siftstep resolve`, review it, and commit it with the definition',
  )
}

/** Writes the lock unless it is there already. A lock that cannot be written is a warning: the definition says the same without it. */
export async function keepLock(lock: LockText | undefined, terminal: Pick<Terminal, 'cwd' | 'err'>): Promise<void> {
  if (lock === undefined) return
  const before = await textOf(lock, terminal)
  if (before === lock.text) return
  try {
    await writeFile(resolve(terminal.cwd(), lock.file), lock.text)
    terminal.err(`${before === undefined ? 'wrote' : 'updated'} ${lock.file}: how the phrases are read; review it and commit it\n`)
  } catch (error) {
    terminal.err(`warning: ${lock.file} could not be written (${(error as Error).message}); the phrases are resolved again by each run\n`)
  }
}

const textOf = ({ file }: LockText, { cwd }: Pick<Terminal, 'cwd'>) => readFile(resolve(cwd(), file), 'utf8').catch(() => undefined)
