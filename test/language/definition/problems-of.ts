/** Short ways to read a definition in a test. */
import type { Definition, Entry, Step } from '#language/definition/definition.ts'
import { formatProblem, type Problem } from '#language/definition/problem.ts'
import { type ReadOptions, readDefinition } from '#language/definition/read.ts'

type Options = Partial<ReadOptions>

/** The problems of a text, warnings included. */
export function problemsOf(text: string, options: Options = {}): readonly Problem[] {
  const result = readDefinition(text, { file: 'p.yaml', ...options })
  return result.ok ? result.warnings : result.problems
}

/** The problems as their code and the first characters of the text they point to. */
export const foundIn = (text: string, options: Options = {}): string[] => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  return problemsOf(text, options).map(({ code, line = 0, column = 0 }) => `${code} at ${lines[line - 1]?.slice(column - 1, column + 9)}`)
}

/** The definition of a text that has none but warnings. */
export function definitionOf(text: string, options: Options = {}): Definition {
  const result = readDefinition(text, { file: 'p.yaml', ...options })
  if (!result.ok) throw new Error(`the definition has problems:\n${result.problems.map(formatProblem).join('\n')}`)
  return result.definition
}

/** All steps of a definition, those of parallel groups included. */
const stepsOf = (entries: readonly Entry[]): Step[] => entries.flatMap((entry) => ('parallel' in entry ? stepsOf(entry.parallel) : [entry]))

/** The step of that id. */
export function stepOf(text: string, id: string, options: Options = {}): Step {
  const step = stepsOf(definitionOf(text, options).steps).find((one) => one.id === id)
  if (step === undefined) throw new Error(`there is no step ${id}`)
  return step
}

/** A definition of the steps given, after a step `find` that discovers. */
export const withSteps = (steps: string, head = ''): string =>
  `version: 1\nid: sales\n${head}steps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n${steps}`
