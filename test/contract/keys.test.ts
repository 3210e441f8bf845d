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
  [`${LONG}1`, `${LONG}2`],
]
const FIRSTS = PAIRS.map(([first]) => first)
const SECONDS = PAIRS.map(([, second]) => second)

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
