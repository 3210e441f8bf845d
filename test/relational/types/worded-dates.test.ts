import { describe, expect, it } from 'vitest'
import { dateForm } from '#relational/types/dates.ts'
import { wordedForm } from '#relational/types/worded-dates.ts'
import { readDates } from '../../conformance/dates.ts'

/** Each form, and the moment it says. */
const SAID: readonly (readonly [cell: string, iso: string])[] = [
  ['3rd of May 2021', '2021-05-03T00:00:00'],
  ['May 3rd, 2021', '2021-05-03T00:00:00'],
  ['Sept. 5, 2013', '2013-09-05T00:00:00'],
  ['Tues, Sept. 5, 2013', '2013-09-05T00:00:00'],
  ['April 9, 2013 at 6:11 a.m.', '2013-04-09T06:11:00'],
  ['April 9, 2013 at 12:11 a.m.', '2013-04-09T00:11:00'],
  ['April 9, 2013 12:11:05 PM', '2013-04-09T12:11:05'],
  ['10:06pm Dec 11, 2014', '2014-12-11T22:06:00'],
  ['December 13, 2014 at noon', '2014-12-13T12:00:00'],
  ['2021 May 3', '2021-05-03T00:00:00'],
  ['3-May.-2021', '2021-05-03T00:00:00'],
  ['20 Mar 2013 10h11', '2013-03-20T10:11:00'],
  ['5 May 2021 10:11:12.345 CEST', '2021-05-05T08:11:12.345000'],
  ['Fri Sep 23 2016 10:34:51 GMT+0800 (CST)', '2016-09-23T02:34:51'],
  ['19. Februar 2012 um 07.30', '2012-02-19T07:30:00'],
  ['Dienstag, 12-Mär-2014', '2014-03-12T00:00:00'],
  ['1er janvier 2014', '2014-01-01T00:00:00'],
  ['Le 11 Décembre 2014 à 09:00', '2014-12-11T09:00:00'],
  ['12 de junio del 2012', '2012-06-12T00:00:00'],
  ['26 gennaio 2014', '2014-01-26T00:00:00'],
  ['10 de junho de 2014 14:52', '2014-06-10T14:52:00'],
  ['14 mei 2014', '2014-05-14T00:00:00'],
  ['11 listopada 2014 r.', '2014-11-11T00:00:00'],
  ['13 января 2015 г. в 13:34', '2015-01-13T13:34:00'],
  ['2016年3月20日(日) 21時40分', '2016-03-20T21:40:00'],
  ['24.03.2019. u 22:22', '2019-03-24T22:22:00'],
]

/** What is no date, or one that could be another. */
const TEXT = [
  '31 April 2021',
  '30. Februar 2020',
  '0 May 2021',
  '5 May 2021 13:00 pm',
  '5 May 2021 24:00',
  '10:00 5 May 2021 11:00',
  '5 May 2021 10:11 CST',
  'Main Street 12, 5311 Town',
  'May 2021',
  'Section 3 of 2021',
  '12 March Road 2021',
  'Mary 3, 2021',
  '1.2.03.',
]

describe('a date in words', () => {
  it('is read as the moment it says', async () => {
    const outcomes = await readDates(SAID.map(([input, iso]) => ({ input, iso })))
    expect(outcomes.filter(({ outcome }) => outcome !== 'right')).toEqual([])
  })

  it('is no date where it is on no calendar, or has no one meaning', () => {
    expect(TEXT.filter((cell) => dateForm(cell) !== null)).toEqual([])
  })

  it('is found and read by the same pattern', async () => {
    const cells = SAID.map(([cell]) => cell.toUpperCase().replace(/\d/, '2')).filter((cell) => wordedForm(cell) !== null)
    expect(cells.length).toBeGreaterThan(15)
    for (const { input, read } of await readDates(cells.map((input) => ({ input, iso: '2000-01-01T00:00:00' }))))
      expect(read, input).not.toBe(null)
  })
})
