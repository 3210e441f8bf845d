/** A column that the author names and a rule cannot be applied to is said: in the decisions of the report, and at the console. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

/** Names of which each is another, addresses, equal numbers with one far out, and one number only. */
const INPUT = [
  'id,name,link,stuck,same,day',
  ...Array.from({ length: 240 }, (_, at) => `${at},Name ${at},https://x.org/${at % 3},${at === 17 ? 900 : 5},7,2024-01-0${(at % 9) + 1}`),
].join('\n')

async function reported(rule: string, before: readonly string[] = []) {
  const { report, cause } = await runTable(place, { input: INPUT, steps: [...before, `{id: tidy, type: clean, with: {rules: [${rule}]}}`] })
  expect(cause).toBeUndefined()
  const tidy = report.steps.find(({ id }) => id === 'tidy')
  return {
    decisions: report.decisions.map(({ rule: name, column, choice, why }) => `${name} ${column}: ${choice} (${why})`),
    level: tidy?.report.level,
    lines: tidy?.report.lines.map(({ level, text }) => `${level}: ${text}`),
  }
}

const TOO_MANY = 'it has too many different values to compare (240); name the spellings in a map rule'

describe('a named column that a rule cannot be applied to', () => {
  it.each([
    ['{consistency: {columns: [name]}}', 'consistency', 'name', TOO_MANY],
    ['{standardize: {rules: [case], columns: [name]}}', 'case', 'name', TOO_MANY],
    ['{consistency: {columns: [day]}}', 'consistency', 'day', 'only text is compared, and it is date'],
    [
      '{consistency: {columns: [link]}}',
      'consistency',
      'link',
      'it holds values of the form url, in which case and punctuation can matter',
    ],
    [
      '{outliers: {columns: [stuck], action: cap}}',
      'outliers',
      'stuck',
      'it has no bounds, because the middle half of its values are equal; use zscore, or a range rule in a validate step',
    ],
    [
      '{outliers: {columns: [stuck], action: flag}}',
      'outliers',
      'stuck',
      'it has no bounds, because the middle half of its values are equal; use zscore, or a range rule in a validate step',
    ],
    [
      '{outliers: {columns: [stuck], method: mad}}',
      'outliers',
      'stuck',
      'it has no bounds, because more than half of its values are equal; use zscore, or a range rule in a validate step',
    ],
  ])('is said of %s', async (rule, name, column, why) => {
    expect(await reported(rule)).toEqual({
      decisions: [`${name} ${column}: leave (${why})`],
      level: 'warning',
      lines: [`warning: ${name}: "${column}" was not changed: ${why}`],
    })
  })

  it('is said after a step that computed it, too', async () => {
    const { lines } = await reported('{consistency: {columns: [name]}}', ['{id: more, type: transform, with: {columns: {twice: id * 2}}}'])
    expect(lines).toEqual([`warning: consistency: "name" was not changed: ${TOO_MANY}`])
  })

  it('is no warning where nobody named it, or where there is nothing to find', async () => {
    const { lines, level, decisions } = await reported('{consistency: auto}, {standardize: auto}, {outliers: {action: cap}}')
    expect({ lines, level, decisions }).toEqual({ lines: [], level: 'ok', decisions: [] })
    expect(await reported('{outliers: {columns: [same]}}')).toMatchObject({ decisions: [], lines: [] })
    expect(await reported('{outliers: {columns: [stuck], method: zscore, action: cap}}')).toMatchObject({ level: 'ok', lines: [] })
  })
})
