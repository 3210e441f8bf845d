/** The mutants of `npm run mutate`: which changes are made, that each is a program still, and that a seed draws the same ones. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { MUTATED_MODULES } from '../../scripts/mutate/modules.ts'
import { mutantsOf, mutated, nameOf, sampled } from '../../scripts/mutate/mutants.ts'
import { seeded } from '../kit/chance.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const changes = (text: string) => mutantsOf('a.ts', text).map((mutant) => `${mutant.kind}: ${mutated(text, mutant)}`)

describe('the mutants', () => {
  it.each([
    ['a < b', ['comparison: a <= b', 'comparison: a >= b']],
    ['a !== b', ['comparison: a === b']],
    ['a - b', ['arithmetic: a + b']],
    ["a + 'x'", ["text: a + ''"]],
    ['a && b', ['logical: a || b']],
    ['a ?? b', ['default removed: a']],
    ['!a', ['negation removed: a']],
    ['[a]', ['list: []']],
    ['a.filter(b)', ['call removed: a']],
    ['a.some(b)', ['call: a.every(b)']],
    ['Math.min(a)', ['call: Math.max(a)']],
    ['a ? b : c', ['condition true: true ? b : c', 'condition false: false ? b : c']],
    ['0', ['number: 1']],
    ['true', ['boolean: false']],
    [`\`a\${b}\``, ["text: ''"]],
    ['a as "x"', []],
    ["({ 'k': a })", []],
  ])('of %s', (expression, expected) => {
    const text = `const x = ${expression}`
    expect(changes(text)).toEqual(expected.map((change) => change.replace(': ', ': const x = ')))
  })

  it('remove statements and return early, but leave types and imports alone', () => {
    const text = "import a from 'b'\ntype T = 'x' | 1\nfunction f(x: T): void {\n  g(x)\n}\n"
    expect(changes(text).map((change) => change.split(':')[0])).toEqual(['returns early', 'statement removed'])
    expect(changes(text)[1]).toContain('{\n  ;\n}')
  })

  it('are named by their place', () => {
    expect(mutantsOf('lib/a.ts', '\n  f(1 < 2)').map(nameOf)).toContain('lib/a.ts:2:7 comparison: "<" → "<="')
  })
})

describe('the data plane', () => {
  const mutants = MUTATED_MODULES.map(({ folder }) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => !name.includes('.generated.'))
      .flatMap((name) => mutantsOf(`${folder}/${name}`, readFileSync(join(ROOT, folder, name), 'utf8'))),
  )

  it('has mutants in every module, each of which can be parsed', () => {
    expect(mutants.every(({ length }) => length > 100)).toBe(true)
    const [some = []] = sampled([mutants.flat()], 200, seeded(1))
    const broken = some.filter(
      (mutant) => parseSync(mutant.file, mutated(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)).errors.length > 0,
    )
    expect(broken.map(nameOf)).toEqual([])
  })

  it('is sampled in proportion, the same for the same seed', () => {
    const draw = (seed: number) => sampled(mutants, 300, seeded(seed)).map((some) => some.map(nameOf))
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    const total = mutants.flat().length
    for (const [at, some] of draw(1).entries()) expect(some.length).toBe(Math.ceil(((mutants[at]?.length ?? 0) * 300) / total))
    expect(new Set(draw(1).flat()).size).toBe(draw(1).flat().length)
  })
})
