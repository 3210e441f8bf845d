/** Keys are equal when their values are the same, for whatever compares them and however many there are. Only a rule makes others equal. */
import { afterAll, describe, expect, it } from 'vitest'
import { workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

const place = workplace()
afterAll(() => place.clear())

const LONG = 'x'.repeat(20_000)
/** Texts that are not the same. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['Ab', 'aB'],
  ['ref', 'REF'],
  ['caf\u00e9', 'cafe\u0301'],
  ['1', '1.0'],
  ['7', '07'],
  ['a b', 'a  b'],
  ['U.S.A', 'USA'],
  ['end', 'end '],
  ['start', ' start'],
  ['wide', 'wide\u00a0'],
  [`${LONG}1`, `${LONG}2`],
]
const FIRSTS = PAIRS.map(([first]) => first)
const SECONDS = PAIRS.map(([, second]) => second)

/** Keys that a rule makes equal, and keys that it does not, with the settings that say so. */
const MATCHES: readonly (readonly [settings: string, equal: readonly string[], other: readonly string[]])[] = [
  ['case: fold', ['Ab', 'aB', 'AB'], ['Ab ', 'A b']],
  ['whitespace: trim', ['Ab', ' Ab', 'Ab\u00a0'], ['ab', 'A b']],
  ['case: fold, whitespace: trim', ['Ab', ' aB', 'AB\u00a0'], ['A b', 'A.b']],
  ['case: exact, whitespace: exact', ['Ab', 'Ab'], ['ab', 'Ab ']],
]

const csv = (cells: readonly string[]) => `k\n${cells.map((cell) => `${cell}\n`).join('')}`

describe.each([
  ['as many as are listed', 0],
  ['more than are listed', 4000],
])('keys, %s', (_title, more) => {
  const others = Array.from({ length: more }, (_, at) => `other-${at}`)
  // the first key occurs twice
  const input = csv([...FIRSTS, ...SECONDS, ...others, 'Ab'])
  const run = (step: string) => runTable(place, { input, discover: 'types: {k: text}', steps: [step] })
  const all = 2 * PAIRS.length + more + 1

  it('of deduplicate', async () => {
    const { duplicates, account } = await run('{id: once, type: clean, with: {rules: [{deduplicate: {keys: [k]}}]}}')
    expect(duplicates).toEqual([`${all} → 1`])
    expect(account).toMatchObject({ in: all, out: all - 1, deduplicated: 1 })
  })

  it('of unique', async () => {
    const { quarantined } = await run('{id: once, type: validate, with: {rules: [{rule_type: unique, column: k, on_fail: quarantine}]}}')
    expect(quarantined).toEqual([`${all + 1} unique_k k`])
  })

  it('of references', async () => {
    const codes = JSON.stringify(place.write(`codes-${more}.csv`, csv([...FIRSTS, ...others])))
    const rule = `{rule_type: references, column: k, source: ${codes}, on_fail: quarantine}`
    const { quarantined, account } = await run(`{id: known, type: validate, with: {rules: [${rule}]}}`)
    expect(quarantined).toEqual(SECONDS.map((_, at) => `${PAIRS.length + at + 2} references_k k`))
    expect(account.out).toBe(all - PAIRS.length)
  })

  it('of join', async () => {
    const rows = [...FIRSTS, ...others].map((key) => `${key},yes\n`)
    const codes = JSON.stringify(place.write(`joined-${more}.csv`, `k,found\n${rows.join('')}`))
    const { rows: joined } = await run(
      `{id: more, type: transform, with: {operations: [{join: {source: ${codes}, on: [k], kind: inner}}]}}`,
    )
    expect(joined.filter(({ k }) => k != null && !k.startsWith('other-')).map(({ k }) => k)).toEqual([...FIRSTS, 'Ab'])
    expect(joined).toHaveLength(all - PAIRS.length)
  })

  it('are equal in any case where a rule before says so', async () => {
    const { account } = await run(
      '{id: once, type: clean, with: {rules: [{map: {column: k, values: {REF: ref}}}, {deduplicate: {keys: [k]}}]}}',
    )
    expect(account.deduplicated).toBe(2)
  })
})

describe.each(MATCHES)('keys with {%s}', (settings, equal, other) => {
  const [first = '', ...more] = equal
  const input = csv([first, ...other, ...more])
  const run = (step: string) => runTable(place, { input, discover: 'types: {k: text}', steps: [step] })
  const file = (name: string) => JSON.stringify(place.write(`${name}-${settings.replace(/\W+/g, '-')}.csv`, `k,found\n${first},here\n`))
  const repeats = more.map((_, at) => 1 + other.length + 1 + at)

  it('are compared alike by deduplicate, also when the rows are in several files', async () => {
    const step = `{id: once, type: clean, with: {rules: [{deduplicate: {keys: [k], ${settings}}}]}}`
    expect((await run(step)).duplicates).toEqual(repeats.map((row) => `${row} → 1`))
    const files = { '1.csv': csv([first, ...other]), '2.csv': csv(more) }
    const split = await runTable(place, { input: files, discover: 'types: {k: text}', steps: [step], task_bytes: 1 })
    expect(split.account.deduplicated).toBe(more.length)
  })

  it('by unique', async () => {
    const { quarantined } = await run(
      `{id: once, type: validate, with: {rules: [{rule_type: unique, column: k, ${settings}, on_fail: quarantine}]}}`,
    )
    expect(quarantined).toEqual(repeats.map((row) => `${row + 1} unique_k k`))
  })

  it('by references', async () => {
    const rule = `{rule_type: references, column: k, source: ${file('codes')}, ${settings}, on_fail: quarantine}`
    const { quarantined } = await run(`{id: known, type: validate, with: {rules: [${rule}]}}`)
    expect(quarantined).toEqual(other.map((_, at) => `${at + 3} references_k k`))
  })

  it('by join', async () => {
    const join = `{join: {source: ${file('joined')}, on: [k], ${settings}}}`
    const { rows } = await run(`{id: more, type: transform, with: {operations: [${join}]}}`)
    expect(rows.map(({ k, found }) => `${k}: ${found}`)).toEqual([
      `${first}: here`,
      ...other.map((key) => `${key}: null`),
      ...more.map((key) => `${key}: here`),
    ])
  })
})

describe('white space that a rule before cuts', () => {
  const input = csv(['a', 'a ', 'b'])
  const kept = async (rules: string) =>
    (await runTable(place, { input, discover: 'types: {k: text}', steps: [`{id: once, type: clean, with: {rules: [${rules}]}}`] })).account
      .out

  it.each(['[k]', 'auto'])('does not count for keys %s', async (keys) => {
    expect(await kept(`{deduplicate: {keys: ${keys}}}`)).toBe(3)
    expect(await kept(`{standardize: [whitespace]}, {deduplicate: {keys: ${keys}}}`)).toBe(2)
    expect(await kept(`{standardize: {rules: [whitespace], columns: [k]}}, {deduplicate: {keys: ${keys}}}`)).toBe(2)
    expect(await kept(`{deduplicate: {keys: ${keys}}}, {standardize: [whitespace]}`)).toBe(3)
  })
})
