/** Every entry of every registry stands in the reference, has its files, and is tested by its name. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '#language/definition/problems.ts'
import { DIALECTS } from '#language/definition/dialects/index.ts'
import { CHANNELS } from '#io/channels/index.ts'
import { ALL_MEASURES } from '#relational/measures/index.ts'
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { OPERATIONS } from '#steps/transform/operations/index.ts'
import { RULES } from '#steps/validate/rules/index.ts'
import { filesBelow, ROOT, textOf } from './sources.ts'

const TESTS = filesBelow('test', '.ts').filter((file) => !file.startsWith('test/house/'))
const tested = TESTS.map(textOf).join('\n')

const names = (units: readonly { readonly name: string }[]) => units.map(({ name }) => name)
const REGISTRIES: readonly {
  readonly sort: string
  readonly names: readonly string[]
  readonly page: string
  readonly entry: (name: string) => string
}[] = [
  { sort: 'cleaner', names: names(CLEANERS.all), page: 'cleaners', entry: (name) => `## ${name}\n` },
  { sort: 'operation', names: names(OPERATIONS.all), page: 'operations', entry: (name) => `### ${name}\n` },
  { sort: 'rule', names: names(RULES.all), page: 'rules', entry: (name) => `### ${name}\n` },
  { sort: 'measure', names: names(ALL_MEASURES), page: 'measures', entry: (name) => `| \`${name}\` |` },
  { sort: 'channel', names: names(CHANNELS), page: 'channels', entry: (name) => `## ${name}\n` },
  { sort: 'dialect', names: names(DIALECTS), page: 'dialects', entry: (name) => `## ${name}\n` },
  { sort: 'problem', names: Object.keys(PROBLEMS), page: 'problems', entry: (name) => `### ${name}\n` },
  { sort: 'task error', names: Object.keys(TASK_ERRORS), page: 'errors', entry: (name) => `| \`${name}\` |` },
]

describe.each(REGISTRIES)('every $sort', ({ names: entries, page, entry }) => {
  it('is in the reference', () => {
    const text = textOf(`docs/reference/${page}.md`)
    expect(entries.filter((name) => !text.includes(entry(name)))).toEqual([])
  })
})

describe.each(REGISTRIES.filter(({ sort }) => ['cleaner', 'operation', 'rule'].includes(sort)))('every $sort', ({ names: entries }) => {
  it('is used by a test', () => {
    expect(entries.filter((name) => !new RegExp(`[{ ]${name}:|rule_type: ${name}\\b`).test(tested))).toEqual([])
  })
})

describe.each(STEP_KINDS)('the step kind $kind', ({ kind }) => {
  it('has its files, its page, and a test', () => {
    const wanted = [
      `lib/steps/${kind}/spec.ts`,
      `lib/steps/${kind}/config.ts`,
      `lib/steps/${kind}/behaviour.ts`,
      `docs/reference/steps/${kind}.md`,
    ]
    expect(wanted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(tested).toMatch(new RegExp(`type: ${kind}\\b`))
  })
})
