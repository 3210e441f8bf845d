/** The contract of shorthands: they compile to ordinary steps, and every key and value of theirs counts. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { SHORTHANDS } from '#language/definition/shorthands/index.ts'
import { kindOf } from '#steps/index.ts'

const around = (step: JsonObject) => JSON.stringify({ version: 1, id: 'example', steps: [step] })

describe.each(SHORTHANDS)('the shorthand $kind', ({ kind, summary, description, config, examples }) => {
  it('has a name of its own, and says what it is', () => {
    expect(kindOf(kind)).toBeUndefined()
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(description.length).toBeGreaterThan(summary.length)
  })

  it.each(examples)('example "$title" compiles; its last step has its id', ({ yaml }) => {
    const step = parse(yaml) as JsonObject
    const compiled = compile(around(step), { file: 'p.yaml' })
    expect(compiled.ok ? [] : compiled.problems.map(({ what }) => what)).toEqual([])
    if (!compiled.ok) return
    const steps = compiled.definition.steps.map(({ id }) => id)
    expect(steps.at(-1)).toBe(step['id'])
    expect(compiled.text).not.toContain(`"type": "${kind}"`)
  })

  it.each(examples)('example "$title": every setting that is misspelt is reported once, by its path', ({ yaml }) => {
    const step = parse(yaml) as JsonObject
    const settings = step['with'] as JsonObject
    for (const key of Object.keys(settings)) {
      const misspelt = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name === key ? `${name}_q` : name, value]))
      const compiled = compile(around({ ...step, with: misspelt }), { file: 'p.yaml' })
      const problems = compiled.ok ? [] : compiled.problems
      expect(
        problems.filter(({ path }) => path === `steps.0.with.${key}_q`).map(({ code }) => code),
        key,
      ).toEqual(['unknown-setting'])
    }
  })

  it('describes every setting', () => {
    const properties = Object.entries(jsonSchemaOf(config).properties ?? {})
    expect(properties.filter(([, { description: text }]) => text === undefined).map(([name]) => name)).toEqual([])
  })
})
