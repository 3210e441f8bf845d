/**
 * The compiler in five steps:
 *
 *   text ── readDefinition ──> Definition ── makePlan ──> Plan ── assemble ──> machine ── verify ──> Compiled
 *
 * Pure and deterministic: no clock, no randomness, no cloud SDK, and no I/O but the readers of files in its options.
 */
import { createHash } from 'node:crypto'
import type { Asset } from '#core/assets/assets.ts'
import type { Definition } from '#language/definition/definition.ts'
import type { LockText } from '#language/definition/dialects/lock-file.ts'
import { distinctProblems, type Problem, sortProblems } from '#language/definition/problem.ts'
import { type ReadOptions, readDefinition } from '#language/definition/read.ts'
import type { LiteralSecret, SourceMap } from '#language/definition/parse-context.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { verify } from '#asl/machine/verify.ts'
import { assemble } from './assemble/machine.ts'
import type { CheckedColumns } from './check-columns.ts'
import type { PlanProblem } from './problems.ts'
import { tooManyBranches, tooManyEvents } from './machine-limits.ts'
import { makePlan } from './make-plan.ts'
import { partialOutputs } from './partial-outputs.ts'
import type { Plan } from './plan.ts'
import { type TestTrouble, underTest } from './under-test.ts'
import { writeMachine } from './write-machine.ts'

export interface Compiled {
  readonly ok: true
  readonly definition: Definition
  readonly plan: Plan
  /** What the definition says of the columns that come into each step. */
  readonly columns: CheckedColumns['before']
  readonly machine: Machine
  /** The machine as text, as it is stored and hashed. */
  readonly text: string
  /** SHA-256 of the text. */
  readonly hash: string
  readonly map: SourceMap
  /** Name of the dialect the definition is written in; absent: the canonical form. */
  readonly dialect?: string
  /** The files that belong to the definition, to be stored where the machine runs. */
  readonly assets: readonly Asset[]
  /** The decisions of the dialect, as they are kept beside the definition; absent: it makes none. */
  readonly lock?: LockText
  readonly warnings: readonly Problem[]
}

/** `literals`: those of the problems that are secrets written in the text. */
export type CompileResult =
  | Compiled
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly literals?: readonly LiteralSecret[] }

export function compile(text: string, options: ReadOptions): CompileResult {
  const read = readDefinition(text, options)
  if (!read.ok) return read
  const { definition, map, warnings, dialect, assets, lock } = read
  const problemsOf = (found: readonly PlanProblem[], level: Problem['level'] = 'error') =>
    found.map((problem) => asProblem(problem, level, definition, map, options.file))
  const built = buildMachine(definition)
  if (!built.ok) return { ok: false, problems: problemsOf(built.problems) }
  const troubles = (definition.tests ?? []).flatMap((_, at) => underTest(definition, at, '').troubles)
  if (troubles.length > 0) {
    const problems = troubles.map((one) => testProblem(one, read, options.file))
    return { ok: false, problems: sortProblems(distinctProblems(problems)) }
  }
  return {
    ...built,
    definition,
    map,
    assets,
    ...(dialect === undefined ? {} : { dialect }),
    ...(lock === undefined ? {} : { lock }),
    warnings: sortProblems([...warnings, ...problemsOf([...tooManyBranches(built.plan), ...partialOutputs(definition)], 'warning')]),
  }
}

/** What one of the tests of a compiled definition runs, in a folder of its own: another machine, with the addresses of the test. */
export function compileTest(compiled: Compiled, at: number, folder: string): Compiled {
  const { definition, troubles } = underTest(compiled.definition, at, folder)
  const built = buildMachine(definition)
  if (!built.ok || troubles.length > 0) throw new Error(`a definition compiles, and its test ${at} does not`)
  return { ...compiled, ...built, definition }
}

type Built =
  | Pick<Compiled, 'ok' | 'plan' | 'columns' | 'machine' | 'text' | 'hash'>
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

function buildMachine(definition: Definition): Built {
  const planned = makePlan(definition)
  if (!planned.ok) return planned
  const { plan, columns } = planned
  const machine = assemble(plan)
  const tooLong = tooManyEvents(plan, machine)
  if (tooLong.length > 0) return { ok: false, problems: tooLong }
  const complaints = verify(machine)
  // the assembler must be right for every definition; if not, it is a bug
  if (complaints.length > 0)
    throw new Error(`the compiler made an invalid machine: ${complaints.map(({ path, message }) => `${path}: ${message}`).join('; ')}`)
  const text = writeMachine(machine)
  return { ok: true, plan, columns, machine, text, hash: createHash('sha256').update(text).digest('hex') }
}

/** The trouble as a problem of the definition. */
export function testProblem(
  { code, path, step, what, hint }: TestTrouble,
  { definition, map }: Pick<Compiled, 'definition' | 'map'>,
  file: string,
): Problem {
  const place = path ?? pathOf(definition, step ?? '')
  return { code, level: 'error', file, ...map.at(place), path: map.written(place), what, hint }
}

function asProblem(
  { code, step, path: below = [], what, hint }: PlanProblem,
  level: Problem['level'],
  definition: Definition,
  map: SourceMap,
  file: string,
): Problem {
  const path = [pathOf(definition, step), ...below].join('.')
  const { line, column } = map.at(path)
  return { code, level, file, line, column, path: map.written(path), what, hint }
}

/** The path of a step in the definition: `steps.3`, `steps.2.parallel.0`, `finally.0`; `steps` if there is no such step. */
export const pathOf = ({ steps, on_failure, finally: always }: Definition, id: string): string =>
  pathIn(steps, id, 'steps') ?? pathIn(on_failure, id, 'on_failure') ?? pathIn(always, id, 'finally') ?? 'steps'

function pathIn(entries: Definition['steps'], id: string, prefix: string): string | undefined {
  for (const [at, entry] of entries.entries()) {
    if (entry.id === id) return `${prefix}.${at}`
    const inner = 'parallel' in entry ? pathIn(entry.parallel, id, `${prefix}.${at}.parallel`) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}
