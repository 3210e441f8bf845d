/** siftstep init */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { nearest } from '#core/text/nearest.ts'
import { EXIT } from '#run/local/events.ts'
import { systemError } from '#core/errors/system-error.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { displayPath } from '#cli/runs/on-store.ts'
import { githubWorkflow, WORKFLOW } from '#cli/templates/github.ts'
import { TEMPLATES } from '#cli/templates/index.ts'
import type { Template } from '#cli/templates/template.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const IGNORED = '.siftstep/'

export async function initFolder(args: Args, terminal: Terminal): Promise<number> {
  const folder = resolve(terminal.cwd(), args.positionals[0] ?? '.')
  if (args.value('ci') !== undefined) return initWorkflow(args, folder, terminal)
  const template = templateOf(args)
  await writeAll(template.files(args.value('name') ?? basename(folder)), folder, terminal)
  const shown = displayPath(join(folder, template.main), terminal)
  terminal.out(`Wrote ${shown}: ${template === TEMPLATES[0] ? 'nine steps with comments.' : template.summary}
Check it:  siftstep validate ${shown}
Run it:    ${inside(folder, template, terminal)}siftstep run ${template.run === '' ? template.main : `${shown} ${template.run}`}
`)
  return EXIT.ok
}

/** The paths of a template with data are relative to its folder. */
const inside = (folder: string, { run }: Template, terminal: Terminal) =>
  run !== '' || folder === terminal.cwd() ? '' : `cd ${displayPath(folder, terminal)} && `

function templateOf(args: Args): Template {
  const given = args.value('template')
  if (given === undefined) return TEMPLATES[0]
  const names = TEMPLATES.map(({ name }) => name)
  const found = TEMPLATES.find(({ name }) => name === given)
  if (found !== undefined) return found
  const meant = nearest(given, names)
  throw new UsageError(
    `unknown template ${given}`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}templates: ${names.join(', ')}`,
    'init',
  )
}

/** Writes all files, or none if one of them is there. */
async function writeAll(files: ReturnType<Template['files']>, folder: string, terminal: Terminal): Promise<void> {
  const paths = Object.entries(files).map(([path, content]) => ({ path: join(folder, path), content }))
  for (const { path } of paths) {
    const there = await stat(path).then(
      () => true,
      () => false,
    )
    if (there) throw exists(path, terminal)
  }
  for (const { path, content } of paths) {
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(path, terminal)
      throw systemError(error, `writing ${displayPath(path, terminal)}`)
    }
  }
  const ignored = join(folder, '.gitignore')
  await ignore(ignored).catch((error: unknown) => {
    throw systemError(error, `writing ${displayPath(ignored, terminal)}`)
  })
}

const exists = (path: string, terminal: Terminal) =>
  new UsageError(`${displayPath(path, terminal)} already exists; it was not overwritten`, 'name another folder: siftstep init DIR')

/** Writes the workflow alone: the definitions it deploys are there, or come later. */
async function initWorkflow(args: Args, folder: string, terminal: Terminal): Promise<number> {
  const given = args.value('ci')
  if (given !== 'github') throw new UsageError(`unknown --ci ${given}`, 'github is supported', 'init')
  if (args.has('template') || args.has('name'))
    throw new UsageError('--ci writes only the workflow', 'leave out --template and --name, or run init twice', 'init')
  await writeAll({ [WORKFLOW]: githubWorkflow() }, folder, terminal)
  terminal.out(`Wrote ${displayPath(join(folder, WORKFLOW), terminal)}: checks and tests pipelines/*.yaml, shows in pull requests what a deployment changes,
deploys to staging by OIDC, runs smoke runs there, then deploys to production.
Its first lines say which variables, roles and environments it needs.
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
