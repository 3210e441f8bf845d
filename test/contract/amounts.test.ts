/** Numbers with a unit or a currency: what reading says about them, and how the cleaner splits them without losing anything. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { amountIn, unitIn, unitNamed } from '#relational/infer/units.ts'
import { workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

const place = workplace()
afterAll(() => place.clear())

const csv = (name: string, cells: readonly string[]) => `id,${name}\n${cells.map((cell, at) => `${at},"${cell}"\n`).join('')}`
const run = (name: string, cells: readonly string[], rule = `{amounts: {columns: [${name}]}}`) =>
  runTable(place, { input: csv(name, cells), steps: [`{id: tidy, type: clean, with: {rules: [${rule}]}}`] })

describe('an amount', () => {
  it.each([
    ['12.0 oz.', '12.0', 'oz.', 'oz'],
    ['12 Ounces', '12', 'Ounces', 'oz'],
    ['5kg', '5', 'kg', 'kg'],
    ['-3 °C', '-3', '°C', '°C'],
    ['7 Liter', '7', 'Liter', 'L'],
    ['8.4 oz. can', '8.4', 'oz. can', 'oz'],
    ['37 patients', '37', 'patients', null],
    ['12A', '12', 'A', null],
  ])('%s has a number and a mark', (cell, body, mark, unit) => {
    expect(amountIn(cell)).toEqual({ body, mark })
    expect(unitIn(mark)).toBe(unit)
  })

  it.each(['10:30', 'CAD-101', 'TOP10', '5 kg 200 g', 'ca. 12 kg', '', 'kg', '1-2 kg'])('%s is none', (cell) => {
    expect(amountIn(cell)).toBeNull()
  })

  it('keeps every character in its number or its mark, but spaces', () => {
    const digits = fc.integer({ min: 0, max: 1e9 }).map(String)
    const mark = fc.constantFrom('', 'kg', ' kg', ' oz.', ' fl oz', ' €', '$', ' patients a day')
    fc.assert(
      fc.property(fc.constantFrom('', '-', '+'), digits, mark, (sign, body, text) => {
        const cell = `${sign}${body}${text}`
        const found = amountIn(cell)
        expect(`${found?.body}${found?.mark}`.replaceAll(' ', '')).toBe(cell.replaceAll(' ', ''))
      }),
    )
  })

  it('has units by their names, in any case where that is no other unit', () => {
    expect(['kg', 'KG', 'Kilograms', 'kilogrammes', 'mb', 'MB', 'M', 'percent', 'x'].map(unitNamed)).toEqual([
      ...['kg', 'kg', 'kg', 'kg', null, 'MB', null, null, null],
    ])
  })
})

describe('a column with a unit', () => {
  const cells = Array.from({ length: 40 }, (_, at) => `${at % 9}.5 ${['kg', 'KG', 'Kilogram'][at % 3]}`)

  it('stays text with the unit as its meaning, and a note that says how to read it', async () => {
    const { columns, report } = await runTable(place, { input: csv('weight', cells), steps: ['{id: look, type: profile}'] })
    expect(columns[1]).toBe('weight text')
    expect(report.columns[1]?.semantic).toBe('quantity (kg)')
    expect(report.notes.join('\n')).toContain('"weight" holds numbers with the unit kg (40 cells)')
    expect(report.notes.join('\n')).toContain('{amounts: {columns: [weight]}}')
  })

  it('is read exactly by the cleaner, also without being named', async () => {
    for (const rule of ['{amounts: {columns: [weight]}}', '{amounts: auto}']) {
      const { columns, rows, account, counts } = await run('weight', cells, rule)
      expect(columns.slice(1)).toEqual(['weight decimal(15,1)', 'weight_unit text'])
      expect(rows.map((row) => `${row['weight']} ${row['weight_unit']}`)).toEqual(cells.map((cell) => cell.replace(/[A-Za-z]+$/, 'kg')))
      expect(account).toMatchObject({ in: 40, out: 40 })
      expect(counts).toContain('amounts weight: 40')
    }
  })

  it('is a warning with several units, and keeps each beside its number', async () => {
    const mixed = cells.map((cell, at) => (at % 4 === 0 ? `${at} g` : cell))
    const { rows, report } = await run('weight', mixed)
    expect(report.steps[0]?.report.lines.map(({ text }) => text).join('\n')).toMatch(/holds numbers with the units .*kg \(30 cells\)/)
    expect(rows.slice(0, 2).map((row) => [row['weight'], row['weight_unit']])).toEqual([
      ['0.0', 'g'],
      ['1.5', 'kg'],
    ])
  })

  it('loses no cell that is no amount: its row goes to quarantine, and without being asked nothing happens', async () => {
    const odd = [...cells, 'heavy', 'n/a']
    const { rows, quarantined, account } = await run('weight', odd)
    expect(quarantined).toEqual(['42 amounts weight'])
    expect(account).toMatchObject({ in: 42, out: 41, quarantined: 1 })
    expect(rows[40]).toMatchObject({ weight: null, weight_unit: null })
    expect((await run('weight', odd, '{amounts: auto}')).columns).toEqual(['id integer', 'weight text'])
  })

  it('with more different values than are listed is read too', async () => {
    const many = Array.from({ length: 3000 }, (_, at) => `${at}.${at % 10}5 kg`)
    const { columns, rows, account } = await run('weight', many)
    expect(columns[1]).toMatch(/^weight decimal/)
    expect(account).toMatchObject({ in: 3000, out: 3000 })
    expect(rows[2999]).toMatchObject({ weight: '2999.95', weight_unit: 'kg' })
  })
})

describe('amounts in several currencies', () => {
  const cells = ['$1.50', 'EUR 3.20', '€4', '£1,234.00', '5.00 USD', '(7.25 €)']

  it('are never one number: the currency stays in a column', async () => {
    const { columns, rows } = await run('price', cells)
    expect(columns.slice(1)).toEqual(['price decimal(15,2)', 'price_currency text'])
    expect(rows.map((row) => `${row['price']} ${row['price_currency']}`)).toEqual([
      ...['1.50 $', '3.20 EUR', '4.00 EUR', '1234.00 GBP', '5.00 USD', '-7.25 EUR'],
    ])
  })

  it('stay text with a warning that names the cleaner', async () => {
    const { columns, report } = await runTable(place, { input: csv('price', cells), steps: [] })
    expect(columns[1]).toBe('price text')
    expect(report.steps[0]?.report.lines.map(({ text }) => text).join('\n')).toContain('{amounts: {columns: [price]}}')
  })
})

describe('the cleaner', () => {
  it('leaves a column of other texts, and says so where it is named', async () => {
    const { columns, decisions } = await run('name', ['Ann', 'Bob', '5 kg'])
    expect(columns).toEqual(['id integer', 'name text'])
    expect(decisions).toEqual(['amounts name: leave'])
  })
})
