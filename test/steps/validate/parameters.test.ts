/** The settings of a rule and the references of its `when` do not meet, whatever the inputs are called. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

const INPUT = `id,age,score,code
1,10,30,c1
2,10,50,c1
3,40,50,c0
`

const rule = (settings: string) => `{id: check, type: validate, with: {rules: [{${settings}, on_fail: quarantine}]}}`
const quarantined = async (settings: string, inputs: string) => {
  const { cause, quarantined: found } = await runTable(place, { input: INPUT, steps: [rule(settings)], inputs })
  return cause ?? found
}

describe('an input that is called like a setting of a rule', () => {
  it.each([
    ['rule_type: range, column: age, min: 18, when: "score > {{ min }}"', 'min: {type: integer, default: 40}'],
    ['rule_type: in_set, column: code, values: [c0], when: "score > {{ v0 }}"', 'v0: {type: integer, default: 40}'],
    ['rule_type: pattern, column: code, pattern: c0, when: "score > {{ pattern }}"', 'pattern: {type: integer, default: 40}'],
    ['rule_type: length, column: code, max: 1, when: "score > {{ max }} AND code = \'c1\'"', 'max: {type: integer, default: 40}'],
  ])('keeps its value: %s', async (settings, inputs) => {
    expect(await quarantined(settings, inputs)).toEqual([expect.stringMatching(/^3 /)])
  })
})
