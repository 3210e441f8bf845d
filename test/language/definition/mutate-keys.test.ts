import { describe, expect, it } from 'vitest'
import { jsonSchemaOf, type JsonSchema } from '#language/definition/json-schema.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { FREE_NAMES, isCaught, mutations } from '../../kit/mutate-keys.ts'
import { DEFINITIONS, NINE_STEPS } from './definitions.ts'
import { problemsOf } from './problems-of.ts'

describe.each(Object.entries(DEFINITIONS))('the mutation law: %s', (_name, text) => {
  const read = [...mutations(text)].map((mutation) => ({ mutation, problems: problemsOf(mutation.text) }))

  it('renaming any key by one letter is a problem at that key', () => {
    expect(read.length).toBeGreaterThan(100)
    const missed = read.filter(({ mutation, problems }) => !isCaught(problems, mutation))
    expect(missed.map(({ mutation }) => `${mutation.path} renamed to ${mutation.renamed}`)).toEqual([])
  })

  it('a renamed key is one problem, unless it is a name that several places refer to', () => {
    const noisy = read.filter(
      ({ problems }) =>
        problems.length !== 1 && !problems.every(({ code }) => ['unknown-input', 'unknown-name', 'unknown-config'].includes(code)),
    )
    expect(
      noisy.map(({ mutation, problems }) => [`${mutation.path} renamed to ${mutation.renamed}`, ...problems.map(formatProblem)].join('\n')),
    ).toEqual([])
  })
})

describe('two mistakes', () => {
  it('are both reported, unless one hides the other', () => {
    const first = [...mutations(NINE_STEPS)].filter(
      ({ path, renamed }) => /^steps\.[0-4]\.(with|retry|on_error|loop)\./.test(path) && renamed.endsWith('x'),
    )
    const untold = first.flatMap((one) => {
      const second = [...mutations(one.text)].filter(({ path }) => /^steps\.[6-9]\.(with|on_error)\./.test(path))
      const other = second[(one.line * 31) % second.length]
      if (other === undefined) throw new Error('there is no second mistake to make')
      const problems = problemsOf(other.text)
      return problems.length === 2 && isCaught(problems, one) && isCaught(problems, other)
        ? []
        : [`${one.path} and ${other.path}: ${problems.map(formatProblem).join()}`]
    })
    expect(first.length).toBeGreaterThan(15)
    expect(untold).toEqual([])
  })
})

describe('mutations', () => {
  it('places a mutation where its key stands', () => {
    const text = 'version: 1\nsteps:\n  - {id: a, "type": b}\n'
    const found = [...mutations(text)].map(({ path, line, column, renamed }) => `${path} ${line}:${column} ${renamed}`)
    expect(found).toEqual([
      'version 1:1 versionx',
      'version 1:1 versioq',
      'steps 2:1 stepsx',
      'steps 2:1 stepq',
      'steps.0.id 3:6 idx',
      'steps.0.id 3:6 iq',
      'steps.0.type 3:13 typex',
      'steps.0.type 3:13 typq',
    ])
    expect([...mutations(text)].map((mutation) => mutation.text)[6]).toBe('version: 1\nsteps:\n  - {id: a, "typex": b}\n')
  })

  it('exempts exactly the settings whose keys the schemas leave open', () => {
    const open = STEP_KINDS.flatMap((kind) => openMappings(jsonSchemaOf(kind.config), 'steps.*.with'))
    const listed = FREE_NAMES.filter((name) => name.startsWith('steps.*.with'))
    expect([...new Set(open)].sort()).toEqual([...listed].sort())
  })
})

/** The paths of mappings whose keys are names of any kind. */
function openMappings(schema: JsonSchema, path: string): string[] {
  if (schema.title === 'row expression' || schema.title === 'message text') return []
  const { additionalProperties: names, properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = schema
  const own = typeof names === 'object' ? [`${path}.*`, ...openMappings(names, `${path}.*`)] : []
  return [
    ...own,
    ...Object.entries(properties).flatMap(([key, value]) => openMappings(value, `${path}.${key}`)),
    ...(items === undefined ? [] : [items].flat().flatMap((item) => openMappings(item, `${path}.*`))),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((branch) => openMappings(branch, path)),
  ]
}
