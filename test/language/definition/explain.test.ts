import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type * as z from 'zod'
import { explain } from '#language/definition/explain.ts'
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { inputDeclaration, parallel, step, top } from '#language/definition/schema.ts'
import type { Json } from '#core/json.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { changed, JUNK, KEYS } from './changed.ts'
import { DEFINITIONS } from './definitions.ts'

type Sample = { readonly name: string; readonly schema: z.ZodType; readonly value: Json }

/** Values that fit, each with the schema it fits. */
function samples(): Sample[] {
  const kinds = STEP_KINDS as readonly StepKind[]
  const examples = kinds.flatMap((kind) =>
    kind.examples.map(({ yaml }) => ({ name: kind.kind, schema: kind.config, value: (parse(yaml).with ?? {}) as Json })),
  )
  const definitions = Object.values(DEFINITIONS).map((text) => parse(text) as { steps: Json[]; inputs: Record<string, Json> })
  return [
    ...examples,
    ...definitions.map((value) => ({ name: 'definition', schema: top, value: value as unknown as Json })),
    ...definitions.flatMap(({ steps }) =>
      steps.map((value) =>
        'parallel' in (value as object) ? { name: 'parallel', schema: parallel, value } : { name: 'step', schema: step, value },
      ),
    ),
    ...definitions.flatMap(({ inputs }) => Object.values(inputs).map((value) => ({ name: 'input', schema: inputDeclaration, value }))),
  ]
}

const isCustom = (issue: { code?: string; errors?: unknown }): boolean =>
  issue.code === 'custom' ||
  (Array.isArray(issue.errors) && issue.errors.some((branch: { code?: string }[]) => branch.length > 0 && branch.every(isCustom)))

describe('explain', () => {
  const all = samples()

  it('finds no problem in what fits', () => {
    for (const { name, schema, value } of all) {
      expect(schema.safeParse(value).success, name).toBe(true)
      expect(explain(jsonSchemaOf(schema), value, { subject: name, keys: 'key' })).toEqual([])
    }
  })

  it('finds a problem exactly where the schema fails, and describes it', () => {
    const seen = { fits: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.nat(all.length - 1),
        fc.nat(60),
        fc.constantFrom('replace', 'remove', 'add'),
        JUNK,
        KEYS,
        (which, at, how, part, name) => {
          const sample = all[which] as Sample
          const value = changed(sample.value, at, how, part, name)
          const parsed = sample.schema.safeParse(value)
          const problems = explain(jsonSchemaOf(sample.schema), value, { subject: sample.name, keys: 'key' })
          if (parsed.success) {
            seen.fits++
            expect(problems).toEqual([])
          } else if (!parsed.error.issues.every((issue) => isCustom(issue as never))) {
            seen.refused++
            expect(problems, JSON.stringify(value)).not.toEqual([])
          }
          for (const { what, hint } of problems) expect(`${what} ${hint}`).not.toMatch(/undefined|\[object|NaN|: *$/)
        },
      ),
      { numRuns: 3000 },
    )
    expect(Math.min(seen.fits, seen.refused)).toBeGreaterThan(100)
  })
})
