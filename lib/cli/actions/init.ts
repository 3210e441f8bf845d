/** siftstep init */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { EXIT } from '#run/local/events.ts'
import { systemError } from '#core/errors/system-error.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { displayPath } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { template } from './template.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const IGNORED = '.siftstep/'

export async function initFolder(args: Args, terminal: Terminal): Promise<number> {
  const folder = resolve(terminal.cwd(), args.positionals[0] ?? '.')
  const name = args.value('name') ?? basename(folder)
  const path = join(folder, 'pipeline.yaml')
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(path, template(name), { flag: 'wx' })
    await ignore(join(folder, '.gitignore'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new UsageError(
        `${displayPath(path, terminal)} already exists; it was not overwritten`,
        'name another folder: siftstep init DIR',
      )
    throw systemError(error, `writing ${displayPath(path, terminal)}`)
  }
  const shown = displayPath(path, terminal)
  terminal.out(`Wrote ${shown}: nine steps with comments.
Check it:  siftstep validate ${shown}
Run it:    siftstep run ${shown} --input source="data/*.csv" --input output_path=out
`)
  return EXIT.ok
}

/** Adds the store to .gitignore: it does not belong into version control. */
async function ignore(path: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (before.split(/\r?\n/).some((line) => line.trim().replace(/^\//, '') === IGNORED)) return
  await writeFile(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${IGNORED}\n`)
}
