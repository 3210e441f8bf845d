/** The contract of dialects: every key and value of a file counts, and problems show the author's lines, paths and keys. */
import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import type { Json, JsonObject } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import { DIALECTS } from '#language/definition/dialects/index.ts'
import { canonicalForm } from '#language/definition/dialects/normalise.ts'
import { arranged } from '#language/definition/dialects/parts.ts'
import type { Problem } from '#language/definition/problem.ts'
import { readDefinition } from '#language/definition/read.ts'
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { filesBelow, ROOT } from '../house/sources.ts'

type Place = readonly (string | number)[]

/** Every key of a tree, and every value that is no mapping or list. */
function partsOf(tree: Json, at: Place = []): { readonly path: Place; readonly leaf: boolean }[] {
  if (tree === null || typeof tree !== 'object') return [{ path: at, leaf: true }]
  const entries = Array.isArray(tree) ? [...tree.entries()] : Object.entries(tree)
  return [
    ...(at.length === 0 ? [] : [{ path: at, leaf: false }]),
    ...(entries as [string | number, Json][]).flatMap(([key, value]) => partsOf(value, [...at, key])),
  ]
}

/** The tree with one part changed. */
const changed = (tree: Json, [step, ...rest]: Place, change: (key: string | number, value: Json) => [string | number, Json]): Json => {
  const own = (key: string | number, value: Json) =>
    key !== step ? ([key, value] as const) : rest.length === 0 ? change(key, value) : ([key, changed(value, rest, change)] as const)
  if (Array.isArray(tree)) return (tree as Json[]).map((value, at) => own(at, value)[1])
  return Object.fromEntries(Object.entries(tree as JsonObject).map(([key, value]) => own(key, value)))
}

const another = (value: Json): Json =>
  typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}_other`

/** Keys anywhere in a tree, or in the schema of one. */
const keysIn = (tree: unknown): string[] =>
  tree === null || typeof tree !== 'object'
    ? []
    : Object.entries(tree).flatMap(([key, value]) => [...(Array.isArray(tree) ? [] : [key]), ...keysIn(value)])

/** What a text is read as: its definition, or its problems. */
function readAs(text: string): { readonly reading: string; readonly problems: readonly Problem[] } {
  const result = readDefinition(text, { file: 'p.yaml' })
  const problems = result.ok ? result.warnings : result.problems
  return { reading: JSON.stringify([result.ok && result.definition, problems.map(({ what }) => what)]), problems }
}

describe.each(DIALECTS)('the dialect $name', (dialect) => {
  const { name, summary, example } = dialect
  const tree = parse(example) as JsonObject
  const parts = partsOf(tree)
  const canonical = canonicalForm(dialect, tree)

  it('says what it is', () => {
    expect(name).toMatch(/^[a-z][a-z ]*$/)
    expect(summary).toMatch(/^[A-Z].*\.$/)
  })

  it('detects its own file, and no file of another form', () => {
    const elsewhere = filesBelow('examples', '.yaml').map((file) => parse(readFileSync(`${ROOT}/${file}`, 'utf8')) as JsonObject)
    expect(dialect.detect(tree)).toBe(true)
    expect([canonical, ...elsewhere].filter((file) => dialect.detect(file))).toEqual([])
    expect(DIALECTS.filter((other) => other.detect(tree))).toEqual([dialect])
  })

  it('compiles to the machine of its canonical text', () => {
    const { text } = canonicalText(example, { file: 'p.yaml' })
    const [given, translated] = [compile(example, { file: 'p.yaml' }), compile(text, { file: 'p.yaml' })]
    expect([given.ok && given.dialect, translated.ok && translated.dialect]).toEqual([name, undefined])
    expect(given.ok && given.text).toBe(translated.ok && translated.text)
    expect(canonicalText(text, { file: 'p.yaml' }).text).toBe(text)
  })

  it('gives every canonical value the place where it is written', () => {
    const { origins } = arranged(dialect.arrange({ path: [], value: tree }))
    const written = new Set(parts.map(({ path }) => path.join('.')))
    const strange = partsOf(canonical).filter(({ path }) => {
      const origin = origins.get(path.join('.'))?.path
      return origin === undefined || !(origin === '' || written.has(origin))
    })
    expect(strange).toEqual([])
  })

  it('does not ignore the value of any key', () => {
    const { reading } = readAs(stringify(tree))
    const leaves = parts.filter(({ leaf }) => leaf)
    const ignored = leaves.filter(
      ({ path }) => readAs(stringify(changed(tree, path, (key, value) => [key, another(value)]))).reading === reading,
    )
    expect(leaves.length).toBeGreaterThan(0)
    expect(ignored).toEqual([])
  })

  it('reports every misspelt key where it is written, under its path, and with keys of the file', () => {
    const own = [...keysIn(jsonSchemaOf(dialect.schema)), ...keysIn(tree)]
    const foreign = keysIn(canonical).filter((key) => !own.includes(key))
    const { reading } = readAs(stringify(tree))
    const wrong = parts.flatMap(({ path }) => {
      const key = path.at(-1)
      if (typeof key !== 'string') return []
      const text = stringify(changed(tree, path, (name, value) => [`${name}x`, value]))
      const { reading: other, problems } = readAs(text)
      const line = text.split('\n').findIndex((one) => one.includes(`${key}x:`)) + 1
      const written = new Set(['', ...partsOf(parse(text) as Json).map((part) => part.path.join('.'))])
      const words = problems.flatMap(({ what, hint }) => [...`${what} ${hint}`.matchAll(/`(\w+)/g)].map(([, word = '']) => word))
      const found = [
        ...(other === reading ? ['is ignored'] : []),
        // a name that an author chooses, such as that of a column, has no right spelling
        ...(problems.length > 0 && !problems.some((problem) => problem.line === line) ? ['is not reported at its line'] : []),
        ...problems.filter((problem) => !written.has(problem.path)).map((problem) => `is reported under ${problem.path}`),
        ...words.filter((word) => foreign.includes(word)).map((word) => `is reported with the key ${word} of the canonical form`),
      ]
      return found.map((what) => `${path.join('.')} ${what}`)
    })
    expect(foreign.length).toBeGreaterThan(0)
    expect(wrong).toEqual([])
  })

  it('reports every mistake once', () => {
    const twice = parts.flatMap(({ path, leaf }) => {
      const { problems } = readAs(stringify(changed(tree, path, (key, value) => [key, leaf ? [] : value === null ? 0 : 'x'])))
      const places = problems.map(({ line, column }) => `${line}:${column}`)
      return places.length === new Set(places).size ? [] : [`${path.join('.')}: ${problems.map(({ what }) => what).join(' | ')}`]
    })
    expect(twice).toEqual([])
  })
})
