/** Reads what commands need of a definition: the file, config overrides, the environment; and prints problems. */
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { isMapping } from '#language/definition/build-values.ts'
import { formatProblem, type Problem } from '#language/definition/problem.ts'
import type { ReadOptions } from '#language/definition/read.ts'
import { readYaml } from '#language/definition/yaml.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { assignment, pathAssignment } from './assignments.ts'
import type { Args } from './flags.ts'
import { parseEnvFile } from './env-file.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

/** Overrides of a definition, as stored with a run. */
export interface Overlay {
  readonly config: JsonObject
  /** Relative to the folder the run started in. */
  readonly env_file: string | null
}

/** The text of a file; for a missing file, throws a UsageError that suggests the nearest name. */
export async function readText(path: string, what: string, terminal: Pick<Terminal, 'cwd'>): Promise<string> {
  const whole = resolve(terminal.cwd(), path)
  try {
    return await readFile(whole, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') throw new UsageError(`${what} ${path} is a folder`, 'give a file')
    if (code === 'EACCES' || code === 'EPERM')
      throw new UsageError(`${what} ${path} cannot be read: permission denied`, 'check the permissions of the file')
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    const siblings = await readdir(dirname(whole)).catch(() => undefined)
    if (siblings === undefined)
      throw new UsageError(`${what} ${path} does not exist: no folder ${dirname(path)}`, 'paths are relative to the current folder')
    const near = nearest(basename(path), siblings)
    throw new UsageError(
      `${what} ${path} does not exist`,
      near === undefined ? 'paths are relative to the current folder' : `did you mean ${near}?`,
    )
  }
}

/** Reads --config and --env-file. */
export async function readOverlay(args: Args, terminal: Terminal): Promise<Overlay> {
  let config: JsonObject = {}
  for (const given of args.all('config'))
    config = laidOver(config, given.includes('=') ? pathAssignment(given, '--config') : await configFile(given, terminal))
  return { config, env_file: args.value('env-file') ?? null }
}

async function configFile(path: string, terminal: Terminal): Promise<JsonObject> {
  const { reading, tree } = readYaml(await readText(path, 'the config file', terminal), path)
  const [problem] = reading.problems
  if (problem !== undefined) throw new UsageError(`invalid config file: ${formatProblem(problem)}`, 'fix the file')
  if (!isMapping(tree))
    throw new UsageError(`the config file ${path} is not a mapping of names to values`, 'write `name: value` lines, or K=V')
  return tree
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

/** Options for compiling the definition. Variables of the env file join the environment, so that tasks see them too. */
export async function readOptions(file: string, { config, env_file }: Overlay, terminal: Terminal): Promise<ReadOptions> {
  if (env_file !== null) {
    const given = parseEnvFile(await readText(env_file, 'the env file', terminal), env_file)
    for (const [name, value] of Object.entries(given))
      if (entryOf(terminal.env, name) === undefined) Object.assign(terminal.env, { [name]: value })
  }
  const env = Object.fromEntries(Object.entries(terminal.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const folder = dirname(resolve(terminal.cwd(), file))
  return { file, config, env, readFile: (path) => textIfThere(resolve(folder, path)) }
}

/** A file that cannot be read is reported by the parser of definitions. */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

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
