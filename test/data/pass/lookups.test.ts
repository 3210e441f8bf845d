/** Values that are looked up in other files: all files of a pattern, columns by their names, missing cells on either side. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('codes/a.csv', 'code,city,rank\nch,Bern,1\nit,Rome,\n')
  place.write('codes/b.csv', 'code,city,rank\n,Oslo,3\nno,,2\n')
  place.write('broken.csv', 'code,city\nch,Bern\nit,Rome,too,many\nno,Oslo\n')
})
afterAll(() => place.clear())

const codes = () => JSON.stringify(join(place.folder, 'codes/*.csv'))
const probe = (...rules: readonly string[]) => `{id: probe, type: validate, with: {rules: [${rules.join(', ')}]}}`
const references = (column: string, more = '') =>
  `{rule_type: references, column: ${column}, source: ${codes()}, on_fail: quarantine${more}}`

describe('a references rule', () => {
  it('finds the values of all files, and has nothing against a missing cell', async () => {
    const run = await runTable(place, { input: 'code\nno\nde\n""\nch\nCH\nit\n', steps: [probe(references('code'))] })
    expect(run.cause).toBeUndefined()
    expect(run.quarantined).toEqual(['3 references_code code', '6 references_code code'])
    expect(run.rows.map(({ code }) => code)).toEqual(['no', null, 'ch', 'it'])
  })

  it('finds them in a compressed file as well, dates as dates however they are written', async () => {
    const source = JSON.stringify(place.write('days.csv.gz', gzipSync('day\n13/01/2024\n14/01/2024\n')))
    const rule = `{rule_type: references, column: day, source: ${source}, on_fail: quarantine}`
    const run = await runTable(place, { input: 'day\n2024-01-13\n2024-01-15\n2024-01-14\n', steps: [probe(rule)] })
    expect(run.cause).toBeUndefined()
    expect(run.quarantined).toEqual(['3 references_day day'])
  })

  it('looks each column up in its own, also in two of one file', async () => {
    const rules = [references('code'), references('town', ', source_column: CITY, rule_id: town')]
    const run = await runTable(place, { input: 'code,town\nch,Rome\nch,ch\nRome,Rome\n', steps: [probe(...rules)] })
    expect(run.cause).toBeUndefined()
    expect(run.quarantined).toEqual(['3 town town', '4 references_code code'])
  })

  it('is refused for a column that no file has, and for a file with records that cannot be read', async () => {
    const unknown = await runTable(place, { input: 'code\nch\n', steps: [probe(references('code', ', source_column: cod'))] })
    expect(unknown).toMatchObject({ status: 'FAILED', hint: expect.stringContaining('code') })
    expect([unknown.step, unknown.cause]).toEqual(['probe', expect.stringMatching(/codes\/\*\.csv/)])
    const broken = references('code').replace(codes(), JSON.stringify(join(place.folder, 'broken.csv')))
    const run = await runTable(place, { input: 'code\nch\n', steps: [probe(broken)] })
    expect([run.error, run.cause]).toEqual(['Data.Unreadable', expect.stringMatching(/broken\.csv: 1 of 3 records/)])
    expect(run.hint).toMatch(/\w/)
  })
})
