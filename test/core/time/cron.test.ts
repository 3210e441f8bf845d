import { describe, expect, it } from 'vitest'
import { parseCron } from '#core/time/cron.ts'

const cronOf = (text: string) => {
  const parsed = parseCron(text)
  if (!parsed.ok) throw new Error(parsed.problem.what)
  return parsed.cron
}
const problemOf = (text: string) => {
  const parsed = parseCron(text)
  return parsed.ok ? undefined : `${parsed.problem.offset}: ${parsed.problem.what}`
}
const all = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, at) => low + at)

describe('parseCron', () => {
  it('reads every form of a field', () => {
    expect(cronOf('*/20 0,12 * JAN-mar,12 *')).toEqual({
      minutes: [0, 20, 40],
      hours: [0, 12],
      days: null,
      months: [1, 2, 3, 12],
      weekdays: null,
    })
    expect(cronOf('10-14/2 5/6 1,15 * *')).toEqual({
      minutes: [10, 12, 14],
      hours: [5, 11, 17, 23],
      days: [1, 15],
      months: all(1, 12),
      weekdays: null,
    })
  })

  it('counts days of the week from Sunday, which is 0 and 7', () => {
    expect(cronOf('0 8 * * 1-5').weekdays).toEqual([1, 2, 3, 4, 5])
    expect(cronOf('0 8 * * 5-7').weekdays).toEqual([0, 5, 6])
    expect(cronOf('0 8 * * SUN').weekdays).toEqual([0])
    expect(cronOf('0 8 * * 0,7').weekdays).toEqual([0])
    expect(cronOf('0 8 * * */2').weekdays).toEqual([0, 2, 4, 6])
  })

  it.each([
    ['60 * * * *', '0: `60` is not a valid minute'],
    ['0 24 * * *', '2: `24` is not a valid hour'],
    ['0 8 0 * *', '4: `0` is not a valid day of the month'],
    ['0 8 * 13 *', '6: `13` is not a valid month'],
    ['0 8 * * 8', '8: `8` is not a valid day of the week'],
    ['0 8 * * MON-FRX', '8: `FRX` is not a valid day of the week'],
    ['0 8,9,x * * *', '6: `x` is not a valid hour'],
    ['0 8 * * 5-1', '8: the range `5-1` ends before it begins'],
    ['*/0 * * * *', '0: the step of `*/0` is 0'],
    ['*/61 * * * *', '0: the step of `*/61` is larger than the maximum, 59'],
    ['0 8 L * *', '4: `L` is not a valid day of the month'],
    ['0 8 ? * MON', '4: `?` is not a valid day of the month'],
    ['0 8 1 * 1', '8: both a day of the month and a day of the week are given'],
    ['0 8 30 2 *', '4: none of its months has this day, so it would never start a run'],
    ['0 8 31 2,4 *', '4: none of its months has this day, so it would never start a run'],
    ['0 8 * *', '0: the cron expression has 4 fields'],
    ['0 0 8 * * *', '0: the cron expression has 6 fields'],
    [' ', '0: the cron expression has 0 fields'],
    ['@daily', '0: `@daily` is not a cron expression of five fields'],
    ['cron(0 8 * * ? *)', '0: this is an expression of EventBridge'],
  ])('%s is rejected with its position', (text, problem) => {
    expect(problemOf(text)).toBe(problem)
  })

  it('takes a 29 February, which comes', () => {
    expect(problemOf('0 8 29 2 *')).toBeUndefined()
  })
})
