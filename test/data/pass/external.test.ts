/** A file that is looked into: a cell that is not of the type of its column is an error, not a missing value. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  // far more rows than a sample holds, and one that is unlike the others in the middle
  const rows = Array.from({ length: 24_000 }, (_, at) => `${at === 12_007 ? 'A17' : at},name ${at % 9}\n`)
  place.write('codes.csv', `code,name\n${rows.join('')}`)
})
afterAll(() => place.clear())

const source = () => join(place.folder, 'codes.csv')

describe('a cell of another type in a file that is looked into', () => {
  it.each([
    ['the key of a join', () => `{id: change, type: transform, with: {operations: [{join: {source: ${source()}, on: [code]}}]}}`],
    [
      'the column of a references rule',
      () => `{id: check, type: validate, with: {rules: [{rule_type: references, column: code, source: ${source()}}]}}`,
    ],
  ])('as %s stops the run with an error', async (_what, step) => {
    const run = await runTable(place, { input: 'code\n1\n2\n', steps: [step()] })
    expect(run.error).toBe('Data.Unreadable')
    expect(run.cause).toContain('codes.csv: 1 cell of the column "code" cannot be read as integer')
  })

  it('does no harm in a column that is not brought over', async () => {
    const step = `{id: change, type: transform, with: {operations: [{rename: {code: name}}, {join: {source: ${source()}, on: [name], columns: [name]}}]}}`
    expect((await runTable(place, { input: 'code\nname 1x\n', steps: [step] })).status).toBe('SUCCEEDED')
  })
})
