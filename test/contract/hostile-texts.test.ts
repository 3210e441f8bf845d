/**
 * Texts of authors and of data stay texts at every border they cross: as JSONata, in the text of a machine, in a run of one. One list of
 * hostile texts (test/kit/hostile-texts.ts) for all of them.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders as text
import { spawnSync } from 'node:child_process'
import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { withoutControls } from '#cli/terminal/safe-terminal.ts'
import { shellWord } from '#cli/runs/on-store.ts'
import { compile } from '#language/compiler/compile.ts'
import { functionsOf, placeholderOf } from '#language/compiler/functions.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { jsonataLiteral } from '#asl/machine/literal.ts'
import { name as sqlName, text as sqlText } from '#relational/types/sql.ts'
import { escaped } from '#data/report/html-drawings.ts'
import { testDatabase } from '../kit/database.ts'
import { engineWorld } from '../kit/engine-world.ts'
import { HOSTILE_TEXTS } from '../kit/hostile-texts.ts'
import { workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

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

describe('a hostile text that is shown', () => {
  // what a terminal, a page or a shell acts on
  const ACTING = /(?![\n\t])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

  it.each(HOSTILE_TEXTS)('is one line of a problem, and nothing a terminal acts on: %s', (_, text) => {
    const result = compile(definition({}, yaml({ id: 'find', type: 'discover', with: { source: 'x', [`k${text}`]: 1 } })), {
      file: `f${text}`,
    })
    const reported = (result.ok ? result.warnings : result.problems).map(formatProblem)
    expect(reported.length).toBeGreaterThan(0)
    for (const one of reported) {
      expect(one).not.toMatch(ACTING)
      expect(one.split(/[\n\u2028\u2029]/)).toHaveLength(2)
    }
  })

  it.each(HOSTILE_TEXTS)('passes the last border before a terminal as JSON or as words: %s', (_, text) => {
    // colours are the console's own
    expect(withoutControls(text).replaceAll('\u001b[31m', '')).not.toMatch(ACTING)
    expect(JSON.parse(withoutControls(JSON.stringify({ [`k${text}`]: text })))).toEqual({ [`k${text}`]: text })
  })

  it.each(HOSTILE_TEXTS)('is text in a page: %s', (_, text) => {
    expect(escaped(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
    expect(escaped(text)).not.toMatch(ACTING)
  })

  it('is one word of a shell', () => {
    const words = HOSTILE_TEXTS.map(([, text]) => text)
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' })
    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
  })
})

describe('a hostile text in SQL', () => {
  it('is a value, and the name of a column', async () => {
    const database = await testDatabase()
    try {
      const texts = HOSTILE_TEXTS.map(([, text]) => text)
      const found = await database.session.rows(`SELECT unnest([${texts.map(sqlText).join(', ')}]) AS value`)
      expect(found.map(({ value }) => value)).toEqual(texts)
      for (const text of texts.filter((one) => one !== '__proto__')) {
        const [row] = await database.session.rows(`SELECT ${sqlName(text)} FROM (SELECT 1 AS ${sqlName(text)})`)
        expect(Object.keys(row ?? {})).toEqual([text])
      }
    } finally {
      database.close()
    }
  })

  it('is a column and a cell of a run, and comes out as it was', async () => {
    const place = workplace()
    try {
      // a header is trimmed and names are unlike in any case; names of members of Object have tests of their own
      const texts = HOSTILE_TEXTS.map(([, text]) => text).filter(
        (one) => one.trim() === one && one.length < 100 && !/^(constructor|__proto__)$/.test(one),
      )
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      const input = `id,${texts.map((text) => quoted(text)).join(',')}\n1,${texts.map((text) => quoted(`x${text}`)).join(',')}\n`
      const { cause, rows, account } = await runTable(place, { input, steps: ['{id: look, type: profile}'] })
      expect(cause).toBeUndefined()
      expect(account).toMatchObject({ in: 1, out: 1 })
      expect(rows.map((row) => texts.filter((text) => row[text] !== `x${text}`))).toEqual([[]])
    } finally {
      place.clear()
    }
  })
})
