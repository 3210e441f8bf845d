import { afterAll, describe, expect, it } from 'vitest'
import type { ReadSettings } from '#io/formats/source.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

const inspected = async (text: string, settings: ReadSettings = {}) =>
  (await inspectFile(place.write(text), place.store, settings)).inspection

const SALES = 'id,shop,price\n1,north,2.5\n2,south,3.5\n3,west,4\n'

describe('rows that are no data', () => {
  it.each([
    ['a total with a label', `${SALES}Total,,10\n`, 'total', 'line 5 is a total of the rows above (Total, 10)', [4]],
    ['a total in another language', `${SALES}Summe:,,10\n`, 'total', 'line 5 is a total', [4]],
    ['a total of amounts with a unit', `${SALES}Total,,10 kg\n`, 'total', 'line 5 is a total of the rows above (Total, 10 kg)', [4]],
    [
      'a subtotal and a total',
      `${SALES}Subtotal,,10\nGrand total,,10\n`,
      'total',
      'line 5 is a total of the rows above (Subtotal, 10) (and 1 more row)',
      [4, 5],
    ],
    ['a total above a footnote and blank rows', `${SALES}Total,,10\n,,\nSource: shops\n`, 'total', 'line 5 is a total', [4]],
    [
      'sums without a label',
      'shop,price,n\nnorth,2.5,1\nsouth,3.5,2\nwest,4,3\n,10,6\n',
      'total',
      'line 5 is a total of the rows above (10, 6)',
      [4],
    ],
    [
      'rows without values',
      'id,shop,price\n1,north,2.5\n,,\n2,south,3\n , ,\n3,west,4\n',
      'blank',
      'line 3 has no values (and 1 more row)',
      [2, 4],
    ],
    ['repeated headers', 'id,shop\n1,north\nid,shop\n2,south\n', 'header', 'line 3 repeats the header (id, shop)', [2]],
    [
      'a row of units',
      'id,shop,weight,price\n,,kg,EUR\n1,north,2.5,3\n2,south,3.5,4\n3,west,4,5\n',
      'second_header',
      'line 2 is a second header row (kg, EUR)',
      [1],
    ],
    [
      'a second row of names',
      'id,shop,weight,price\nNr,Laden,Gewicht,Preis\n1,north,2.5,3\n2,south,3.5,4\n3,west,4,5\n',
      'second_header',
      'line 2 is a second header row',
      [1],
    ],
  ])('%s: found, and quarantined by a setting', async (_, text, kind, finding, records) => {
    const found = await inspected(text)
    const doubt = found.doubts?.find((one) => one.startsWith(finding))
    expect(doubt).toContain(`set quarantine_rows: [${kind}] in the source`)
    const bad = found.bad.length
    const quarantined = await inspected(text, { quarantine_rows: [kind] })
    expect(quarantined.records).toBe(found.records)
    expect(quarantined.bad.filter(({ reason }) => !reason.includes('instead of')).map(({ record }) => record)).toEqual(records)
    expect(quarantined.bad).toHaveLength(bad + records.length)
    expect(quarantined.doubts?.some((one) => one.startsWith(finding)) ?? false).toBe(false)
  })

  it.each([
    ['a plain table', SALES],
    ['a column in which Total is a value', 'shop,n\nTotal,3\nnorth,1\nTotal,3\nnorth,2\nTotal,3\n'],
    ['a name that begins with Total', `${SALES}4,Total Energies,10\n`],
    ['a last row without a label that sums up nothing', 'shop,n\nnorth,1\nsouth,2\n,4\n'],
    [
      'words in the first record of two columns of numbers that occur again',
      'id,a,b\n1,none,none\n2,1,2\n3,none,none\n4,2,3\n5,3,4\n6,4,5\n',
    ],
    ['one column with blank lines', 'shop\nnorth\n\nsouth\n'],
  ])('%s: nothing is found', async (_, text) => {
    expect((await inspected(text)).doubts).toBe(undefined)
  })

  it('lie in the same lines however the text is cut into chunks', async () => {
    const text = `id,shop,price\n${Array.from({ length: 50 }, (_, at) => `${at},s${at},1\n`).join('')},,\nTotal,,50\n`
    for (const settings of [{}, { quarantine_rows: ['total', 'blank'] }]) {
      const whole = (await inspectFile(place.write(text), place.store, settings)).inspection
      const cut = (await inspectFile(place.write(text), place.store, settings, { chunk_rows: 7 })).inspection
      expect(cut.doubts).toEqual(whole.doubts)
      expect(cut.bad).toEqual(whole.bad)
      expect(whole.bad).toHaveLength(settings.quarantine_rows === undefined ? 0 : 2)
    }
  })

  it('are found at the end of a text that is larger than its head', async () => {
    const rows = Array.from({ length: 8_000 }, (_, at) => `${at},"a shop, with a long name, number ${at}",1\n`)
    const found = await inspected(`id,shop,price\n${rows.join('')}Total,,8000\n`)
    expect(found.doubts).toEqual([expect.stringMatching(/^line 8002 is a total of the rows above \(Total, 8000\)/)])
  })
})

describe('a header of two rows', () => {
  it.each([
    [
      'groups above names that repeat',
      ',2023,,2024,\nshop,q1,q2,q1,q2\nnorth,1,2,3,4\nsouth,5,6,7,8\n',
      ['shop', '2023 q1', '2023 q2', '2024 q1', '2024 q2'],
    ],
    [
      'names that stand in either row',
      'id,name,Address,,\n,,Street,City,Zip\n1,Ann,Elm,Bonn,53111\n2,Bob,Oak,Ulm,89073\n',
      ['id', 'name', 'Address Street', 'Address City', 'Address Zip'],
    ],
  ])('%s: the names are joined', async (_, text, columns) => {
    const found = await inspected(text)
    expect(found).toMatchObject({ columns, records: 2, bad: [], direct: false })
    expect(found.notes.join()).toContain('the first 2 rows name the columns; to read only the first as the header, set header_rows: 1')
    expect((await inspected(text, { header_rows: 1 })).records).toBe(3)
  })

  it('is joined where a setting says so', async () => {
    const text = 'weight,price\n(kg),(EUR)\n1,2\n3,4\n'
    expect(await inspected(text, { header_rows: 2 })).toMatchObject({ columns: ['weight (kg)', 'price (EUR)'], records: 2 })
  })
})
