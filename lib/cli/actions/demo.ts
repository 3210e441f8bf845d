/** siftstep demo */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { EXIT } from '#run/local/events.ts'
import { systemError } from '#core/errors/system-error.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { readOptions, readText, printProblems } from '#cli/arguments/read-definition.ts'
import { showingOf, showStart } from './start-run.ts'
import { DEFAULT_STORE, displayPath } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const EXAMPLE = 'data-processing'
/** What the runs of the demo write into its folder. */
const LEFT_BEHIND = ['processed', DEFAULT_STORE]

export async function runDemo(args: Args, terminal: Terminal): Promise<number> {
  const folder = resolve(terminal.cwd(), args.positionals[0] ?? 'demo')
  await copyExample(join(terminal.program.examples, EXAMPLE), folder, terminal)
  const here = (path: string) => displayPath(join(folder, path), terminal)
  const file = here('pipeline.yaml')
  const overlay = { config: {}, env_file: null }
  const text = await readText(file, 'the definition', terminal)
  const compiled = compile(text, await readOptions(file, overlay, terminal))
  const resolved = compiled.ok
    ? resolveInputs(compiled.definition, { source: here('input/*.csv'), output_path: here('processed/sales') })
    : compiled
  if (!compiled.ok || !resolved.ok) {
    printProblems(resolved.ok ? [] : resolved.problems, terminal)
    return EXIT.definition
  }
  const next = [['next', `siftstep run ${file} --input source="your/*.csv" --input output_path=out/`]] as const
  const settings = { store: join(folder, DEFAULT_STORE), processes: undefined, showing: showingOf(args, terminal), next }
  const run = { compiled, text, file, overlay, inputs: resolved.inputs, folder: terminal.cwd() }
  return (await showStart(run, settings, terminal)).exit_code
}

/** Copies the files of the example into the folder. Existing files are never overwritten. */
async function copyExample(example: string, folder: string, terminal: Terminal): Promise<void> {
  const files = await filesOfExample(example, terminal.program.schema)
  const shown = displayPath(folder, terminal)
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw new UsageError(`${shown} is a file`, 'name another folder: siftstep demo DIR')
    throw systemError(error, `reading ${shown}`)
  })
  const own = new Set([...files.map(({ path }) => path.split('/')[0] ?? path), ...LEFT_BEHIND])
  const foreign = found.filter((name) => !own.has(name))
  if (foreign.length > 0) {
    const examples = foreign.slice(0, 3).join(', ')
    throw new UsageError(
      `${shown} contains files that do not belong to the demo: ${examples}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''}`,
      'name an empty or a new folder: siftstep demo DIR',
    )
  }
  for (const { path, content } of files) {
    const to = join(folder, path)
    const there = await readFile(to).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw systemError(error, `reading ${to}`)
    })
    if (there !== undefined && !there.equals(content)) {
      throw new UsageError(
        `${displayPath(to, terminal)} has been edited since the demo wrote it; it was not overwritten`,
        `run yours with siftstep run ${displayPath(join(folder, 'pipeline.yaml'), terminal)}, or name another folder`,
      )
    }
    try {
      await mkdir(dirname(to), { recursive: true })
      if (there === undefined) await writeFile(to, content)
    } catch (error) {
      throw systemError(error, `writing ${displayPath(to, terminal)}`)
    }
  }
}

interface DemoFile {
  /** Path inside the folder of the demo. */
  readonly path: string
  readonly content: Buffer
}

/** The files of the example: pipeline, input, README, and the schema for editors; not the expected results of the tests. */
async function filesOfExample(example: string, schema: string): Promise<readonly DemoFile[]> {
  const inputs = await readdir(join(example, 'input')).catch((error: unknown) => {
    throw new Error(`the installation of siftstep is incomplete: ${example}/input is missing`, { cause: error })
  })
  const readme = (await readdir(example)).filter((name) => name === 'README.md')
  const csv = inputs.filter((name) => name.endsWith('.csv')).sort()
  const copied = [...readme, ...csv.map((name) => `input/${name}`)]
  const pipeline = await readFile(join(example, 'pipeline.yaml'), 'utf8')
  return [
    { path: 'pipeline.yaml', content: Buffer.from(pipeline.replace(/(\$schema=)\S*\//, '$1')) },
    { path: basename(schema), content: await readFile(schema) },
    ...(await Promise.all(copied.map(async (path) => ({ path, content: await readFile(join(example, path)) })))),
  ]
}
