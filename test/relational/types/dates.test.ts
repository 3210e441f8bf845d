import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cellOperation } from '#relational/cells/index.ts'
import { dateForm, orderedFormat, orderShown } from '#relational/types/dates.ts'
import { text } from '#relational/types/sql.ts'
import { readDates } from '../../conformance/dates.ts'
import { testDatabase } from '../../kit/database.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** The moment a cell says, by the form it is found to have; null when it is no date. */
async function read(cell: string): Promise<string | null> {
  const form = dateForm(cell)
  if (form === null) return null
  const options = { to: form.time ? 'timestamp' : 'date', formats: [orderedFormat(form.format, 'mdy')] }
  const sql = cellOperation('parse_date').sql('c', options, 'text')
  const [row] = await database.session.rows(
    `SELECT CAST(CAST(${sql} AS TIMESTAMP) AS VARCHAR) AS v, typeof(${sql}) AS t FROM (SELECT ${text(cell)} AS c)`,
  )
  expect(row?.['t']).toBe(form.time ? 'TIMESTAMP' : 'DATE')
  return row?.['v'] as string | null
}

describe('dates as people and programs write them', () => {
  it.each([
    ['2024-02-29', '2024-02-29 00:00:00'],
    ['2024/2/9', '2024-02-09 00:00:00'],
    ['2024-02-29 10:11:12 UTC', '2024-02-29 10:11:12'],
    ['2024-02-29 10:11:12 +0200', '2024-02-29 08:11:12'],
    ['2024-02-29 10:11:12 -02:00', '2024-02-29 12:11:12'],
    ['2024-02-29T10:11:12.5+02:00', '2024-02-29 08:11:12.5'],
    ['13 Feb 2024', '2024-02-13 00:00:00'],
    ['February 13, 2024', '2024-02-13 00:00:00'],
    ['Monday, January 3, 1791', '1791-01-03 00:00:00'],
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21 15:55:06'],
    ['Fri, 21 Nov 1997 09:55:06 GMT', '1997-11-21 09:55:06'],
    ['Thu Sep 25 10:36:28 2003', '2003-09-25 10:36:28'],
    ['Thu Sep  5 10:36:28 2003', '2003-09-05 10:36:28'],
    ['Tue Nov 29 04:15:00 +0000 2011', '2011-11-29 04:15:00'],
    ['Tue Nov 29 04:15:00 UTC 2011', '2011-11-29 04:15:00'],
    ['13-Feb-24', '2024-02-13 00:00:00'],
    ['02/13/2024 5:06 PM', '2024-02-13 17:06:00'],
  ])('%s', async (cell, moment) => {
    expect(await read(cell)).toBe(moment)
  })

  it.each([
    'Mon',
    'May',
    '2024',
    '10:36:28',
    '13/13/2024',
    '2024-13-01',
    'Thu Sep 25',
    '1.2.3',
    'Monday January',
    '20240229',
    'in May 2003, twice',
  ])('%s is none', (cell) => {
    expect(dateForm(cell)).toBeNull()
  })

  it.each([
    ['13/04/2024', 'dmy'],
    ['04/13/2024', 'mdy'],
    ['04/12/2024', null],
    ['2024-04-13', null],
  ])('%s shows the order %s', (cell, order) => {
    const form = dateForm(cell)
    expect(form && orderShown(form)).toBe(order)
  })

  const vectors = sharedData('dates/dateparser_vectors.json')
  it.skipIf(vectors === undefined)(
    vectors === undefined ? skipReason('dates') : 'are what dateparser takes them for, where they are taken for dates',
    async () => {
      const outcomes = await readDates(JSON.parse(readFileSync(vectors as string, 'utf8')))
      expect(outcomes.filter(({ outcome }) => outcome === 'wrong')).toEqual([])
      expect(outcomes.filter(({ outcome }) => outcome === 'right').length).toBeGreaterThan(0)
    },
  )
})
