/** Columns that are probably of a type stay text, and the cells that are not of it are said with a line and count against validity. */
import { afterAll, describe, expect, it } from 'vitest'
import { workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

const place = workplace()
afterAll(() => place.clear())

interface Case {
  readonly title: string
  readonly cell: (at: number) => string
  readonly odd: string
  readonly says: string
}

const CASES: readonly Case[] = [
  {
    title: 'exact decimals with few values',
    cell: (at) => `${at % 7}.50`,
    odd: 'ca. 12',
    says: 'is probably a number: 4 of 100 cells (4.0 %) are not, e.g. "ca. 12" in line 12;',
  },
  { title: 'integers that all differ', cell: (at) => String(at * 7919), odd: 'ca. 12', says: 'types: {"v": integer}' },
  { title: 'numbers with a decimal comma', cell: (at) => `"${at},50"`, odd: '12 or so', says: 'types: {"v": "decimal(15,2)"}' },
  {
    title: 'dates',
    cell: (at) => `2024-01-${String((at % 28) + 1).padStart(2, '0')}`,
    odd: '12 of May',
    says: 'is probably a date: 4 of 100',
  },
]

/** 100 rows, every 25th with an odd cell from the 11th on; ids and missing cells beside them. */
const table = ({ cell, odd }: Case, rows = 100) =>
  `id,v,w\n${Array.from({ length: rows }, (_, at) => `${at},${at % 25 === 10 ? odd : cell(at)},`).join('\n')}\n`

describe.each(CASES)('$title with a few words among them', (one) => {
  it('stay text, with the line and the setting in a warning', async () => {
    const { run, columns, rows } = await runTable(place, { input: table(one), steps: [] })
    const lines = run.report.steps.flatMap(({ report }) => report.lines.map(({ level, text }) => `${level}: ${text}`))
    expect(lines).toEqual(expect.arrayContaining([expect.stringContaining(one.says), expect.stringContaining(`"${one.odd}" in line 12;`)]))
    expect(columns[1]).toBe('v text')
    expect(rows[10]?.['v']).toBe(one.odd)
  })

  it('count against validity, before and after', async () => {
    const { run } = await runTable(place, {
      input: table(one),
      steps: ['{id: look, type: clean, with: {rules: [{standardize: [whitespace]}]}}'],
    })
    expect(run.report.columns.map(({ name, doubtful }) => [name, doubtful])).toEqual([
      ['id', 0],
      ['v', 4],
      ['w', 0],
    ])
    expect(run.report.before?.validity).toBeCloseTo(1 - 4 / 200, 10)
    expect(run.report.after?.validity).toBeCloseTo(1 - 4 / 200, 10)
  })

  it('are read by the setting that the warning names, and the others go to quarantine', async () => {
    const { run } = await runTable(place, { input: table(one), steps: [] })
    const said = run.report.steps.flatMap(({ report }) => report.lines.map(({ text }) => text)).join('\n')
    // as it is written, it is YAML
    const [setting = ''] = /types: \{"v": [^}]+\}/.exec(said) ?? []
    const { account } = await runTable(place, { input: table(one), discover: setting, steps: [] })
    expect(account).toMatchObject({ in: 100, out: 96, quarantined: 4 })
  })
})
