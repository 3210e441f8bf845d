/**
 * Texts of authors and of data stay texts at every border they cross: as JSONata, in the text of a machine, in a run of one. One list of
 * hostile texts (test/kit/hostile-texts.ts) for all of them.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders as text
import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { compile } from '../../lib/compiler/compile.ts'
import { functionsOf, placeholderOf } from '../../lib/compiler/functions.ts'
import { execute } from '../../lib/local/engine/execute.ts'
import type { Json, JsonObject } from '../../lib/machine/asl.ts'
import { jsonataLiteral } from '../../lib/machine/literal.ts'
import { engineWorld } from '../kit/engine-world.ts'
import { HOSTILE_TEXTS } from '../kit/hostile-texts.ts'

/** JSON is YAML. */
const yaml = (value: unknown) => JSON.stringify(value)

/** As an author writes a text that looks like the language: `$${` is `${`, and braces of a reference come from an input. */
const asConfig = (text: string) => text.replaceAll('${', () => '$${')

function compiled(text: string) {
  const result = compile(text, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what }) => what).join('\n'))
  return result
}

/** What each step was given, by its id, when the machine runs with the inputs. */
async function settingsOf(text: string, inputs: JsonObject): Promise<Map<string, JsonObject>> {
  const world = engineWorld({ '${ControlFunction}': () => ({ result: {}, report: null }) })
  const execution = await execute(compiled(text).machine, { inputs }, world)
  expect([execution.status, (execution as { cause?: string }).cause]).toEqual(['SUCCEEDED', undefined])
  const calls = world.calls.map(({ payload }) => payload as { step: string; settings: { with?: JsonObject } })
  return new Map(calls.map(({ step, settings }) => [step, settings.with ?? {}]))
}

const step = (settings: JsonObject, more = {}) => yaml({ id: 'trace', type: 'lineage', with: settings, ...more })
const definition = (inputs: JsonObject, ...steps: string[]) =>
  `version: 1\nid: hostile\ninputs: ${yaml(inputs)}\nsteps:\n${steps.map((one) => `  - ${one}\n`).join('')}`

describe('a hostile text as JSONata', () => {
  it.each(HOSTILE_TEXTS)('stays the value it is: %s', async (_, text) => {
    // JSONata cannot hold a field of that name; no key of a definition has it
    const key = text === '__proto__' ? 'proto' : text
    const value: Json = [text, { [key]: text }, [[text], []], null]
    const source = jsonataLiteral(value)
    expect(source).not.toContain('%}')
    expect(JSON.parse(JSON.stringify(await jsonata(source).evaluate({})))).toEqual(JSON.parse(JSON.stringify(value)))
  })
})

describe('a hostile text in a definition', () => {
  it.each(HOSTILE_TEXTS)('is the default of an input, or is refused with a place: %s', async (_, text) => {
    const source = definition({ a: { type: 'string', default: asConfig(text) } }, step({ namespace: 'n-{{ a }}' }))
    const result = compile(source, { file: 'p.yaml' })
    if (!result.ok) {
      // only what is read in a run cannot stand in a default
      expect(/\{\{|^\{%.*%\}$/.test(text)).toBe(true)
      expect(result.problems.map(({ line }) => line)).toEqual([3])
      return
    }
    expect((await settingsOf(source, {})).get('trace')).toMatchObject({ namespace: `n-${text}` })
  })

  it.each(HOSTILE_TEXTS)('is a setting, alone and beside a reference, or is refused with a place: %s', async (_, text) => {
    const source = definition(
      { a: { type: 'string', default: '' } },
      step({ namespace: asConfig(text) }),
      yaml({ id: 'other', type: 'lineage', with: { namespace: `x${asConfig(text)} {{ a }}` } }),
    )
    const result = compile(source, { file: 'p.yaml' })
    if (!result.ok) {
      expect(/\{\{|\{%/.test(text)).toBe(true)
      expect(result.problems.every(({ line = 0 }) => line > 4)).toBe(true)
      return
    }
    // a reference and an expression are no texts
    if (/\{\{|\{%/.test(text) && text !== '{% a') return
    const given = await settingsOf(source, {})
    expect([given.get('trace')?.['namespace'], given.get('other')?.['namespace']]).toEqual([text, `x${text} `])
  })

  it.each(HOSTILE_TEXTS)('is an item of a loop, in a list that is written down and in one that is read: %s', async (_, text) => {
    const items = async (foreach: Json, inputs: JsonObject) => {
      const source = definition(
        { all: { type: 'array', default: [] } },
        step({ namespace: '{{ item }}', endpoint: '{{ all[0] }}' }, { loop: { foreach } }),
      )
      return (await settingsOf(source, inputs)).get('trace')?.['namespace']
    }
    expect(await items('{{ all }}', { all: [text] })).toBe(text)
    if (!/\{\{|\{%/.test(text)) expect(await items([asConfig(text)], { all: [text] })).toBe(text)
  })

  it.each(HOSTILE_TEXTS)('is a title, and an input of a run: %s', async (_, text) => {
    const titled = `name: ${yaml(asConfig(text))}\n${definition({ a: { type: 'string', required: true } }, step({ namespace: '{{ a }}' }))}`
    if (text.trim() !== '' && !/\{\{|^\{%.*%\}$/.test(text)) expect(compiled(titled).machine.Comment).toBe(text)
    const source = definition({ a: { type: 'string', required: true } }, step({ namespace: '{{ a }}' }))
    expect((await settingsOf(source, { a: text })).get('trace')).toMatchObject({ namespace: text })
  })

  it.each(HOSTILE_TEXTS)('leaves no placeholder in the text of a machine but ours: %s', (_, text) => {
    const source = definition(
      { a: { type: 'string', default: text.includes('{{') || text.startsWith('{%') ? 'x' : asConfig(text) } },
      step({ namespace: `{% $inputs.a & ${JSON.stringify(asConfig(text.replaceAll('%}', '')))} %}` }),
    )
    const { machine, text: written } = compiled(source)
    const ours = new Set([...functionsOf(machine).map(({ name }) => placeholderOf(name)), placeholderOf('DataBucket')])
    expect((written.match(/\$\{[^}]*\}?/g) ?? []).filter((one) => !ours.has(one))).toEqual([])
    expect(JSON.parse(written)).toEqual(machine)
  })
})
