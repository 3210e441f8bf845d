/** Settings of cleaners that cannot be carried out, and columns for which a cleaner has no answer: what the step says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

describe('settings that cannot be carried out', () => {
  it('a country without a numbering plan is a problem of the definition', async () => {
    const steps = ['{id: tidy, type: clean, with: {rules: [{standardize: {rules: [phones], phone_region: XX}}]}}']
    await expect(runTable(place, { input: 'id\n1\n', steps })).rejects.toThrow('unknown country code')
  })

  it.each([
    ['{missing: {columns: [word], strategy: mean}}', 'Definition.InvalidSetting', 'word'],
    ['{missing: {columns: [word], strategy: constant}}', 'Definition.InvalidSetting', 'word'],
    ['{missing: {columns: [id], strategy: constant, value: none}}', 'Definition.InvalidSetting', 'id'],
    ['{missing: {columns: [wrod]}}', 'Definition.UnknownColumn', 'wrod'],
    ['{deduplicate: {keys: [wrod]}}', 'Definition.UnknownColumn', 'wrod'],
    ['{outliers: {columns: [word]}}', 'Definition.InvalidSetting', 'word'],
    ['{outliers: {columns: [wrod]}}', 'Definition.UnknownColumn', 'wrod'],
    ['{outliers: {flag_column: word}}', 'Definition.InvalidSetting', 'word'],
    ['{map: {column: wrod, values: {a: b}}}', 'Definition.UnknownColumn', 'wrod'],
    ['{map: {column: id, values: {"1": one}}}', 'Definition.InvalidSetting', 'id'],
    // known in the run only, and first read where a later rule asks what this one leaves
    [
      '{missing: {columns: ["{% $states.input %}"], strategy: constant, value: x}}, {deduplicate: {keys: [id]}}',
      'Definition.InvalidSetting',
      'columns',
    ],
    ['{drop: [wrod]}', 'Definition.UnknownColumn', 'wrod'],
    ['{drop: [id, word]}', 'Definition.InvalidSetting', ''],
    ['{consistency: {columns: [wrod]}}', 'Definition.UnknownColumn', 'wrod'],
    ['{standardize: {columns: [wrod]}}', 'Definition.UnknownColumn', 'wrod'],
  ])('%s: %s', async (rule, error, named) => {
    const run = await runTable(place, { input: 'id,word\n1,a\n2,\n,c\n', steps: [`{id: tidy, type: clean, with: {rules: [${rule}]}}`] })
    expect(run.error, run.cause).toBe(error)
    expect(run.cause).toContain(named)
    expect(run.step).toBe('tidy')
  })
})

describe('outliers of a column without spread', () => {
  const input = 'id,v,w\n1,5,1\n2,5,2\n3,5,3\n4,5,4\n5,900,5'
  const outliers = (method: string, column = 'v') =>
    `{id: tidy, type: clean, with: {rules: [{outliers: {columns: [${column}], method: ${method}, action: quarantine}}]}}`
  const reported = async (step: string) => {
    const { report, decisions } = await runTable(place, { input, steps: [step] })
    return { lines: report.steps.find(({ id }) => id === 'tidy')?.report.lines, decisions }
  }

  it('are not evaluated, and the step says so', async () => {
    const why = 'it has no bounds, because more than half of its values are equal; use zscore, or a range rule in a validate step'
    const { lines, decisions } = await reported(outliers('mad'))
    expect(lines).toEqual([{ level: 'warning', text: `outliers: "v" was not changed: ${why}` }])
    expect(decisions).toEqual(['outliers v: leave'])
  })

  it('of one with spread there is nothing to say', async () => {
    expect(await reported(outliers('iqr', 'w'))).toEqual({ lines: [], decisions: [] })
  })
})
