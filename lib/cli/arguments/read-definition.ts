/** Reads what commands need of a definition: the file, config overrides, the environment; and prints problems. */
import { dirname, resolve } from 'node:path'
import { type CompiledHere, compileHere } from '#language/compiler/compile-here.ts'
import { isMapping } from '#language/definition/build-values.ts'
import { formatProblem, type Problem } from '#language/definition/problem.ts'
import type { ReadOptions } from '#language/definition/read.ts'
import { readYaml } from '#language/definition/yaml.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { assignment, pathAssignment } from './assignments.ts'
import type { Args } from './flags.ts'
import { checkStatements } from '#run/runs/check-statements.ts'
import { type Overlay, readOptionsIn, readTextIn } from '#run/runs/definition.ts'
import type { FunctionFiles } from '#run/runs/own-functions.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

/** Reads --config and --env-file. */
export async function readOverlay(args: Args, terminal: Terminal): Promise<Overlay> {
  let config: JsonObject = {}
  for (const given of args.all('config'))
    config = laidOver(config, given.includes('=') ? pathAssignment(given, '--config') : await configFile(given, terminal))
  return { config, env_file: args.value('env-file') ?? null }
}

const configFile = (path: string, terminal: Terminal) =>
  mappingIn(path, { what: 'config file', holds: 'names to values', lines: 'write `name: value` lines, or K=V' }, terminal)

async function mappingIn(
  path: string,
  { what, holds, lines }: { readonly what: string; readonly holds: string; readonly lines: string },
  terminal: Terminal,
): Promise<JsonObject> {
  const { context, tree } = readYaml(await readText(path, `the ${what}`, terminal), path)
  const [problem] = context.problems
  if (problem !== undefined) throw new UsageError(`invalid ${what}: ${formatProblem(problem)}`, 'fix the file')
  if (!isMapping(tree)) throw new UsageError(`the ${what} ${path} is not a mapping of ${holds}`, lines)
  return tree
}

/** Reads --functions; undefined if it is not given. */
export async function readFunctions(args: Args, terminal: Terminal): Promise<FunctionFiles | undefined> {
  const path = args.value('functions')
  if (path === undefined) return undefined
  const about = { what: 'file of functions', holds: 'names to paths', lines: 'write `name: path` lines' }
  const files = await mappingIn(path, about, terminal)
  const wrong = Object.entries(files).find(([, file]) => typeof file !== 'string')
  if (wrong !== undefined) throw new UsageError(`the file of functions ${path} has no path for ${wrong[0]}`, about.lines)
  return { folder: dirname(resolve(terminal.cwd(), path)), files: files as FunctionFiles['files'] }
}

/** Merges two configs key by key. */
function laidOver(below: JsonObject, above: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(below))
  for (const [key, value] of Object.entries(above)) {
    const own = merged.get(key)
    merged.set(key, isMapping(own) && isMapping(value) ? laidOver(own, value) : value)
  }
  return Object.fromEntries(merged)
}

/** How the definition is to be read. The variables of the env file become part of the environment of the command, too. */
export async function readOptions(file: string, overlay: Overlay, terminal: Terminal): Promise<ReadOptions> {
  const options = await readOptionsIn(file, overlay, { folder: terminal.cwd(), env: terminal.env })
  for (const [name, value] of Object.entries(options.env))
    if (entryOf(terminal.env, name) === undefined) Object.assign(terminal.env, { [name]: value })
  return options
}

/** Compiles a definition that runs on this machine. Secrets that its text shows become part of the environment of the command. */
export function compiledHere(text: string, options: ReadOptions, terminal: Terminal): CompiledHere {
  const here = compileHere(text, options)
  Object.assign(terminal.env, Object.fromEntries(here.secrets))
  return here
}

/** The same, and its SQL statements are checked: for what runs, or is said to be valid. Starts the engine only where there are any. */
export async function checkedHere(text: string, options: ReadOptions, terminal: Terminal): Promise<CompiledHere> {
  const here = compiledHere(text, options, terminal)
  return { ...here, compiled: await checkStatements(here.compiled, options.file) }
}

/** The text of a file; the error names the nearest file when there is none of that name. */
export const readText = (path: string, what: string, terminal: Pick<Terminal, 'cwd'>) => readTextIn(path, what, terminal.cwd())

/** Prints problems with position and fix. */
export function printProblems(problems: readonly Problem[], { err }: Pick<Terminal, 'err'>): void {
  for (const problem of problems) err(`${formatProblem(problem)}\n`)
}

/** The inputs from --input-file and --input, as text; --input takes precedence. */
export async function readGivenInputs(args: Args, terminal: Terminal): Promise<JsonObject> {
  const path = args.value('input-file')
  const fromFile = path === undefined ? {} : parseInputFile(await readText(path, 'the input file', terminal), path)
  return { ...fromFile, ...Object.fromEntries(args.all('input').map((given) => assignment(given, '--input'))) }
}

function parseInputFile(text: string, path: string): JsonObject {
  const hint = 'write a JSON object of inputs: {"source": "data/*.csv"}'
  try {
    const value = JSON.parse(text) as Json
    if (isMapping(value)) return value
  } catch (error) {
    throw new UsageError(`the input file ${path} is not JSON: ${(error as Error).message}`, hint)
  }
  throw new UsageError(`the input file ${path} is not a JSON object`, hint)
}
