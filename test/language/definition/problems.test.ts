import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { formatProblem, type Problem, sortProblems } from '#language/definition/problem.ts'
import { PROBLEMS, problemReference } from '#language/definition/problems.ts'
import type { ProblemEntry } from '#language/definition/problems/problem-entry.ts'
import { definitionOf } from './problems-of.ts'

const entries: readonly (readonly [string, ProblemEntry])[] = Object.entries(PROBLEMS)

function problemsOfExample({ example, text, given }: ProblemEntry): readonly Problem[] {
  const written = text === undefined ? example : text()
  if (given === undefined) {
    const compiled = compile(written, { file: 'pipeline.yaml' })
    return compiled.ok ? compiled.warnings : compiled.problems
  }
  const resolved = resolveInputs(definitionOf(written), given)
  return resolved.ok ? [] : resolved.problems
}

describe('the table of problems', () => {
  it.each(entries)('%s: its example has this problem and no other', (code, entry) => {
    const problems = problemsOfExample(entry)
    expect(problems.map((problem) => problem.code)).toEqual([code])
    for (const { what, hint, line, column } of problems) {
      expect(what).not.toBe('')
      expect(hint).not.toBe('')
      if (entry.given === undefined) expect([line, column].every((number) => Number(number) >= 1)).toBe(true)
    }
  })

  it('is what docs/reference/problems.md is made from', () => {
    const file = resolve(import.meta.dirname, '../../../docs/reference/problems.md')
    expect(readFileSync(file, 'utf8')).toBe(problemReference())
  })

  it('never speaks in the words of a schema library', () => {
    const said = entries.flatMap(([, entry]) => problemsOfExample(entry)).map(({ what, hint }) => `${what} ${hint}`)
    for (const sentence of said)
      expect(sentence).not.toMatch(/Invalid (input|option|key|union)|Unrecognized|expected \w+, received|Too (small|big)/)
  })
})

describe('formatProblem', () => {
  const problem: Problem = {
    code: 'wrong-type',
    level: 'error',
    file: 'a.yaml',
    line: 3,
    column: 7,
    path: 'steps.0.id',
    what: 'it is 1',
    hint: 'write a text',
  }

  it('is one line that editors can jump to, and the fix', () => {
    expect(formatProblem(problem)).toBe('a.yaml:3:7 wrong-type steps.0.id: it is 1\n  hint: write a text')
  })

  it('names the flag where there is no line, and says when it is only a warning', () => {
    const { line: _, column: __, ...rest } = problem
    expect(formatProblem({ ...rest, file: '--input n=x', level: 'warning', path: '' })).toBe(
      '--input n=x warning wrong-type: it is 1\n  hint: write a text',
    )
  })

  it('orders problems by file and place', () => {
    const at = (line: number, column: number) => ({ ...problem, line, column })
    expect(sortProblems([at(3, 1), at(1, 9), at(1, 2)])).toEqual([at(1, 2), at(1, 9), at(3, 1)])
  })
})
