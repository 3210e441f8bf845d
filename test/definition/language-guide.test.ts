import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../lib/definition/problem.ts'
import { problemsOf, withSteps } from './problems-of.ts'

const guide = readFileSync(resolve(import.meta.dirname, '../../docs/language.md'), 'utf8')
const blocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => {
  const yaml = match[1] ?? ''
  return { line: guide.slice(0, match.index).split('\n').length, yaml }
})

/** A block is a definition, or a step that stands after one that discovers. */
const definitionIn = (yaml: string) => (yaml.startsWith('- ') ? withSteps(yaml.replace(/^(?=.)/gm, '  ')) : yaml)

describe('docs/language.md', () => {
  it('has definitions and steps in it', () => {
    expect(blocks.length).toBeGreaterThan(10)
    expect(blocks.filter(({ yaml }) => yaml.startsWith('- ')).length).toBeGreaterThan(2)
  })

  it.each(blocks)('the YAML at line $line is read', ({ yaml }) => {
    expect(problemsOf(definitionIn(yaml)).map(formatProblem)).toEqual([])
  })
})
