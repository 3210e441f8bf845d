/** Checks of one definition on this machine: it is valid, what it needs is there, its places can be reached. */
import type { Json, JsonObject } from '#core/json.ts'
import { type Compiled, compile, type CompileResult } from '#language/compiler/compile.ts'
import { localAddresses, onlyLocal } from '#language/compiler/only-local.ts'
import type { ReadOptions } from '#language/definition/read.ts'
import { count } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { NOTIFIED } from '#language/definition/definition.ts'
import type { Problem } from '#language/definition/problem.ts'
import { checkStatements } from '#run/runs/check-statements.ts'
import type { Overlay } from '#run/runs/definition.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { checkedHere, readOptions } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { type Check, found, missing, unchecked, warning } from './check.ts'
import { type Origins, secretChecks, variableChecks, variablesIn } from './credentials.ts'
import { placeChecks } from './places.ts'

export interface Checked {
  readonly checks: readonly Check[]
  /** The pipelines of the file that are valid. */
  readonly compiled: readonly (Compiled & { readonly file: string })[]
  /** Bytes of the sources, as far as they are known. */
  readonly bytes: number
  /** What is wrong with the definition or the inputs. */
  readonly problems: readonly Problem[]
}

export interface Given {
  readonly overlay: Overlay
  /** Inputs of a run. */
  readonly inputs: JsonObject
  /** Whether the definition is for AWS: then nothing of this machine is looked at. */
  readonly onAws: boolean
}

/** The checks of a file. `own` is the environment of the program. */
export async function fileChecks(
  file: string,
  { overlay, inputs, onAws }: Given,
  args: Args,
  own: Terminal['env'],
  terminal: Terminal,
): Promise<Checked> {
  const pipelines = await allPipelines(file, args, terminal)
  const options = await readOptions(file, overlay, terminal)
  const read: string[] = []
  const recording = {
    ...options,
    readFile: (path: string) => {
      const text = options.readFile?.(path)
      if (text !== undefined) read.push(text)
      return text
    },
  }
  const origins: Origins = { own, all: terminal.env, file: overlay.env_file ?? undefined }
  const checks: Check[] = []
  const compiled: (Compiled & { readonly file: string })[] = []
  const problems: Problem[] = []
  let bytes = 0
  for (const { text, id } of pipelines) {
    const { compiled: result, secrets } = onAws
      ? { compiled: await forAws(text, recording), secrets: new Map<string, string>() }
      : await checkedHere(text, recording, terminal)
    const name = pipelines.length > 1 && id !== undefined ? `definition ${file} ${id}` : `definition ${file}`
    const variables = variableChecks(variablesIn([text, ...read], [overlay.config as Json]), !result.ok, origins)
    const errors = result.ok ? [] : result.problems.filter(({ level }) => level === 'error')
    if (!result.ok && errors.some(({ code }) => code !== 'unknown-env')) {
      problems.push(...result.problems)
      checks.push(missing(name, count(errors.length, 'problem'), 'correct them: standard error lists each with its line'))
      continue
    }
    if (!result.ok) {
      checks.push(unchecked(name, 'it needs the variables below'), ...variables)
      continue
    }
    checks.push(validCheck(name, file, result), ...variables)
    compiled.push({ ...result, file })
    if (onAws) continue
    checks.push(...secretChecks(result, new Set(secrets.keys()), origins))
    const resolved = resolveInputs(result.definition, inputs)
    const wrong = resolved.ok ? [] : resolved.problems.filter(({ code }) => code !== 'missing-input')
    problems.push(...wrong)
    if (wrong.length > 0) continue
    const places = await placeChecks(result, resolved.ok ? resolved.inputs : knownInputs(result, inputs), terminal)
    bytes += places.bytes
    checks.push(...places.checks, ...channelChecks(result))
  }
  return { checks: distinct(checks), compiled, bytes, problems }
}

/** Compiled as a deployment does it: secrets in the text and places of this machine are problems. */
async function forAws(text: string, options: ReadOptions): Promise<CompileResult> {
  const compiled = compile(text, { ...options, deploys: true })
  const problems = compiled.ok ? [...onlyLocal(compiled, options.file), ...localAddresses(compiled, options.file)] : []
  return problems.length === 0 ? checkStatements(compiled, options.file) : { ok: false, problems }
}

function validCheck(name: string, file: string, { warnings }: Compiled): Check {
  if (warnings.length === 0) return found(name, 'valid')
  return warning(name, `valid, with ${count(warnings.length, 'warning')}`, `siftstep validate ${file} shows them`)
}

/** Inputs of a run where some of the required ones are not given. */
const knownInputs = ({ definition }: Compiled, given: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(definition.inputs).flatMap(([name, { required, default: usual }]) => {
      const value = entryOf(given, name) ?? (required ? undefined : (usual ?? null))
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** A message is the only probe that a channel has. */
const channelChecks = ({ definition: { notifications } }: Compiled): readonly Check[] =>
  NOTIFIED.flatMap((event) =>
    (notifications[event] ?? []).map(({ type }) => unchecked(`notification ${event} by ${String(type)}`, 'a check would send a message')),
  )

/** Each check once: pipelines of a file share variables and places. */
const distinct = (checks: readonly Check[]): readonly Check[] => [...new Map(checks.map((one) => [one.check, one])).values()]
