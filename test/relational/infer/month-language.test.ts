import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { nullValuesOf } from '#relational/cells/reading.ts'
import { parseDate } from '#relational/cells/parse-date.ts'
import { cellClassifier } from '#relational/infer/kind-of-cell.ts'
import { decide, type Wishes } from '#relational/infer/decide.ts'
import { evidenceOf } from '#relational/infer/evidence.ts'
import { knownWords, MONTH_LANGUAGES, saidMonths } from '#relational/types/month-words.ts'
import { repeat, text } from '#relational/types/sql.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'

const plan = (cells: readonly string[], wishes: Partial<Wishes> = {}) =>
  decide('day', evidenceOf(cells, new Set(NULL_VALUES)), { date_order: 'auto', ...wishes })

/** The cells as the column that they make reads them. */
async function readings(cells: readonly string[], wishes: Partial<Wishes> = {}) {
  const { type, date, doubts = [] } = plan(cells, wishes)
  if (date === null) return { type, doubts }
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const sql = `CAST(${parseDate.sql('cell', date, 'text', repeat)} AS VARCHAR)`
  const rows = await connection.runAndReadAll(`SELECT ${sql} FROM (SELECT unnest([${cells.map((cell) => text(cell)).join(', ')}]) AS cell)`)
  connection.closeSync()
  instance.closeSync()
  return { type, doubts, read: rows.getRows().map(([cell]) => cell) }
}

const POLISH = ['3 maja 2021', '5 listopada 2021', '7 grudnia 2021']
const CROATIAN = ['3. svibnja 2021.', '5. listopada 2021.', '7. prosinca 2021. g.']
const CZECH = ['3. květen 2021', '5. listopad 2021', '6 srp 2021']

describe('a month that is another one in another language', () => {
  it('is read in the language of the other months', async () => {
    expect(await readings(POLISH)).toEqual({ type: 'date', doubts: [], read: ['2021-05-03', '2021-11-05', '2021-12-07'] })
    expect(await readings(CROATIAN)).toEqual({ type: 'date', doubts: [], read: ['2021-05-03', '2021-10-05', '2021-12-07'] })
    expect(await readings(CZECH)).toEqual({ type: 'date', doubts: [], read: ['2021-05-03', '2021-11-05', '2021-08-06'] })
  })

  it('is decided where one language alone reads all dates', async () => {
    // lip is no month in Czech, srp none in Polish
    expect(await readings(['5 lip 2021', '6 srp 2021', '7 lis 2021'])).toMatchObject({ read: ['2021-06-05', '2021-07-06', '2021-10-07'] })
    // November has 30 days
    expect(await readings(['31 listopada 2021', '5 listopada 2021'])).toMatchObject({ read: ['2021-10-31', '2021-10-05'] })
    // Czech and Polish agree on it, and Croatian has no such year
    expect(await readings(['5 lis 2021 r.'])).toMatchObject({ read: ['2021-11-05'] })
  })

  it('stays text where nothing decides, with the setting that does', async () => {
    const said = (cells: number, word: string, months: string, languages: string) =>
      `"day" has ${cells} dates with "${word}" (${months}), and no other month decides; it stays text. To read it otherwise, set date_language: ${languages} in the discover step`
    expect(await readings(['5 listopada 2021', '6 listopada 2021'])).toEqual({
      type: 'text',
      doubts: [said(2, 'listopada', 'November in Polish, October in Croatian', 'hr or pl')],
    })
    expect(await readings(['5 srp 2021', '6 srp 2021', '24 pro 2021'])).toEqual({
      type: 'text',
      doubts: [said(2, 'srp', 'August in Czech, July in Croatian', 'cs or hr')],
    })
    expect(await readings([...POLISH, '5. svibnja 2021', '6 lip 2021'])).toEqual({
      type: 'text',
      doubts: [said(2, 'lip', 'July in Polish, June in Croatian) or "listopada" (November in Polish, October in Croatian', 'hr or pl')],
    })
  })

  it('is read as a setting says', async () => {
    const cells = ['5 listopada 2021', '6 listopada 2021']
    expect(await readings(cells, { date_language: 'hr' })).toMatchObject({ type: 'date', read: ['2021-10-05', '2021-10-06'] })
    expect(await readings(cells, { date_language: 'pl' })).toMatchObject({ type: 'date', read: ['2021-11-05', '2021-11-06'] })
    expect(await readings(cells, { date_language: 'cs' })).toMatchObject({ type: 'text' })
    expect(await readings(POLISH, { date_language: 'hr' })).toEqual({
      type: 'date',
      doubts: ['"day" has 2 dates in words of another language than date_language says (hr), beside months that it decides'],
      read: ['2021-05-03', '2021-10-05', '2021-12-07'],
    })
    expect(await readings(cells, { type: 'date' })).toMatchObject({ type: 'date', read: [null, null] })
  })

  it('is a misfit, and said, where it contradicts many others', async () => {
    const many = Array.from({ length: 200 }, (_, at) => `${1 + (at % 28)} maja ${1900 + at}`)
    const { type, doubts, read = [] } = await readings([...many, '5 listopada 2021', '31 listopada 2021'])
    expect({ type, read: read.slice(-2) }).toEqual({ type: 'date', read: ['2021-11-05', null] })
    expect(doubts).toEqual([
      '"day" has 1 date with "listopada" (November in Polish, October in Croatian), not read as dates. Set date_language: hr or pl in the discover step',
    ])
  })

  it('is shown with its word, and whether it fits', () => {
    const kindOf = cellClassifier({ ...plan(POLISH), null_values: nullValuesOf(plan(POLISH)) })
    expect(kindOf('5 listopada 2021')).toEqual({ kind: 'a date like words with "listopada"', fits: true })
    expect(kindOf('3 maja 2021')).toEqual({ kind: 'a date like words (pl)', fits: true })
  })
})

/** Languages with months of their own, beside those whose dates are read. */
const OTHERS =
  'sk sl sr sr-Latn bs mk lt lv et ca gl eu ga sq is nn az kk hy ka ar he fa id ms vi sw af mt lb cy hsb dsb uz ky tg mn tk fo br gd fur rm ast fil kl se smn sc csb cv tt os ku ur ps ne mr gu ta te ml kn si my km lo th zu xh yo ha ig so om rw mg mi eo ia jv su ceb to wo ff ln'.split(
    ' ',
  )

describe('the tables of months', () => {
  it('have no other names with several months', () => {
    const { contested, languagesOf } = knownWords()
    expect([...contested].sort().map((word) => `${word}: ${saidMonths(word)}`)).toEqual([
      'lip: July in Polish, June in Croatian',
      'lis: November in Czech and Polish, October in Croatian',
      'listopad: November in Czech and Polish, October in Croatian',
      'listopada: November in Polish, October in Croatian',
      'srp: August in Czech, July in Croatian',
    ])
    expect([...new Set([...contested].flatMap((word) => languagesOf.get(word) ?? []))].sort()).toEqual([...MONTH_LANGUAGES])
  })

  it('contradict those of no other language', () => {
    const { words } = knownWords()
    const found = Intl.DateTimeFormat.supportedLocalesOf(OTHERS).flatMap((language) =>
      (['long', 'short'] as const).flatMap((month) =>
        [{}, { day: 'numeric' } as const].flatMap((day) => {
          const format = new Intl.DateTimeFormat(language, { month, ...day, timeZone: 'UTC' })
          return Array.from({ length: 12 }, (_, at) => at + 1).flatMap((number) => {
            const parts = format.formatToParts(Date.UTC(2021, number - 1, 15))
            const name = parts
              .find(({ type }) => type === 'month')
              ?.value.toLowerCase()
              .replace(/\.$/, '')
            const others = [...words.values()].flatMap(({ months }) => months.get(name ?? '') ?? [])
            return others.some((other) => other !== number) ? [`${language} ${name}`] : []
          })
        }),
      ),
    )
    expect(found).toEqual([])
  })
})
