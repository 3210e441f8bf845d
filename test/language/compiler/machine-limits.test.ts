/** Definitions whose machine exceeds what AWS runs in one execution. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { Problem } from '#language/definition/problem.ts'

const definition = (steps: string, head = '') => `version: 1\nid: many\n${head}steps:\n${steps}`
const monitors = (many: number) =>
  Array.from({ length: many }, (_, at) => `  - {id: m${at}, type: lineage, depends_on: [], with: {namespace: n${at}}}\n`).join('')
const loop = (items: number, more = '') =>
  `  - {id: trace, type: lineage, loop: {foreach: [${Array.from({ length: items }, (_, at) => at).join(', ')}]${more}}, with: {namespace: "n{{ item }}"}}\n`

function problemsOf(text: string): readonly Problem[] {
  const compiled = compile(text, { file: 'p.yaml' })
  return compiled.ok ? compiled.warnings : compiled.problems
}
const brief = (text: string) => problemsOf(text).map(({ level, code, path, what }) => `${level} ${code} ${path}: ${what}`)

describe('events of a run', () => {
  it('are counted for a loop over a literal list: more than 25,000 are an error', () => {
    expect(brief(definition(loop(3000)))).toEqual([])
    expect(brief(definition(loop(3600)))).toEqual([
      expect.stringMatching(
        /^error too-many-events steps\.0\.loop\.foreach: a run has at least 25,\d{3} events; AWS ends an execution after 25,000$/,
      ),
    ])
  })
})

describe('branches', () => {
  it('beyond 40 are a warning, at the first step that has to wait', () => {
    expect(brief(definition(monitors(40)))).toEqual([])
    expect(brief(definition(monitors(42)))).toEqual([
      'warning too-many-branches steps.40: 42 steps would run in parallel; AWS runs 40 at a time',
    ])
    expect(brief(definition(monitors(42), 'concurrency: {max_parallel_steps: 40}\n'))).toEqual([])
  })

  it('of a loop are its items', () => {
    expect(brief(definition(loop(2, ', parallel: true, max_concurrency: 40')))).toEqual([])
    expect(brief(definition(loop(2, ', parallel: true, max_concurrency: 41')))).toEqual([
      'warning too-many-branches steps.0.loop.max_concurrency: `max_concurrency` is 41; AWS runs 40 items of a loop at a time',
    ])
  })
})
