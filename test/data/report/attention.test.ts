/** What a report opens with: rows in quarantine, doubts and decisions, each with cells, their lines and the setting that decides. */
import { afterAll, describe, expect, it } from 'vitest'
import { renderHtml } from '#data/report/html.ts'
import { renderMarkdown } from '#data/report/markdown.ts'
import { profileSections } from '#data/report/sections.ts'
import { runTable } from '../../kit/run-table.ts'
import { workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(place.clear)

const input = `id;price;day;weight
1;1.010,50;03/04/2024;5.5
2;2.000,25;13/06/2024;ca. 5
3;x;14/06/2024;7.5
4;y;15/06/2024;8.5
5;z;16/06/2024
6;w;17/06/2024;9.5
`

describe('the opening of a report', () => {
  it('has quarantined rows, doubts and decisions with up to three cells each', async () => {
    const { report } = await runTable(place, {
      input,
      steps: ['{id: tidy, type: clean, with: {rules: [{standardize: auto}]}}'],
      discover: 'types: {price: float}',
    })
    expect(report.attention).toEqual([
      {
        kind: 'quarantined',
        step: 'tidy',
        text: '3 rows: price is not of type float',
        examples: [
          { source: 'in.csv', line: 4, value: 'x' },
          { source: 'in.csv', line: 5, value: 'y' },
          { source: 'in.csv', line: 7, value: 'w' },
        ],
        setting: 'types: {price: text}',
      },
      {
        kind: 'quarantined',
        step: 'find',
        text: '1 row: has 3 fields instead of 4',
        examples: [{ source: 'in.csv', line: 6, value: '5;z;16/06/2024' }],
        setting: 'delimiter, quote, header or encoding of the source',
      },
      expect.objectContaining({
        kind: 'doubtful',
        setting: 'types: {weight: float}',
        examples: [{ source: 'in.csv', line: 3, value: 'ca. 5' }],
      }),
      expect.objectContaining({ kind: 'decided', text: expect.stringContaining('"price": decimal mark ,') }),
      expect.objectContaining({ kind: 'decided', text: expect.stringContaining('"price": thousands .') }),
      expect.objectContaining({ kind: 'decided', text: expect.stringContaining('"day": date order dmy'), setting: 'date_order: mdy' }),
    ])
    const page = renderHtml(report)
    expect(page.indexOf('For you to check')).toBeLessThan(page.indexOf('Summary'))
    expect(page).toContain('<body class="partial">')
    expect(page).toContain('<li>in.csv:4 &quot;x&quot;</li>')
    expect(renderMarkdown(report)).toContain('| 3 rows: price is not of type float | in.csv:4 "x" · in.csv:5 "y" · in.csv:7 "w" |')
  }, 30_000)

  it('is absent, and the bar green, when there is nothing to check', async () => {
    const { report } = await runTable(place, { input: 'id,name\n1,Ann\n2,Bob\n', steps: [] })
    expect(report.attention).toEqual([])
    expect(renderHtml(report)).toContain('<body class="succeeded">')
    expect(renderHtml(report)).not.toContain('For you to check')
  }, 30_000)

  it('is not green when a column is doubtful, even if the run succeeded', async () => {
    const { report } = await runTable(place, { input: 'id,n\n1,5\n2,6\n3,x\n', steps: [] })
    expect(report.run.status).toBe('succeeded')
    expect(renderHtml(report)).toContain('<body class="partial">')
  }, 30_000)
})

describe('columns', () => {
  it('show cells before and after beside their names, and what is published beside what was read', async () => {
    const { report } = await runTable(place, {
      input: 'id,day,drop\n1,03/14/2024,a\n2,03/15/2024,b\n',
      steps: ['{id: tidy, type: clean, with: {rules: [{standardize: auto}, {drop: [drop]}]}}', '{id: look, type: profile}'],
    })
    expect(report.changes).toContainEqual({ step: '', rule: 'dates', column: 'day', before: '03/14/2024', after: '2024-03-14' })
    const text = renderMarkdown(report)
    expect(text).toContain('| day | "03/14/2024" → "2024-03-14" | date |')
    expect(text).toContain('| day | date | day (date) | 2 |')
    expect(text).toContain('| not published |  | drop (text) |  |')
    const page = renderHtml(report, 'Profile of in.csv', profileSections(report))
    expect(page).toContain('<h1>Profile of in.csv</h1>')
    expect(page).not.toContain('Rows by step')
  }, 30_000)
})
