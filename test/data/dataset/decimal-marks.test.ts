import { afterAll, describe, expect, it } from 'vitest'
import { workplace } from '../../kit/run-pipeline.ts'
import { runTable, type TableOptions } from '../../kit/run-table.ts'
import { workbookOf } from '../../kit/workbook.ts'

const place = workplace()
afterAll(place.clear)

const WEIGHTS = ['1,250', '2,500', '3,750']

/** The weights that are published, and their type. */
async function weights(input: TableOptions['input'], source?: string) {
  const run = await runTable(place, { input, steps: [], ...(source === undefined ? {} : { source }) })
  expect(run).toMatchObject({ status: 'SUCCEEDED' })
  return { cells: run.rows.map(({ weight }) => weight), type: run.columns.find((column) => column.startsWith('weight ')) }
}

const delimited = (delimiter: string) =>
  [['id', 'weight', 'shop'], ...WEIGHTS.map((weight, at) => [`${at + 1}`, weight, 'ab'])]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join('')

describe('a comma before three digits', () => {
  it.each([[';'], ['; '], ['| '], ['||'], ['^'], ['::'], ['\t'], [';;']])(
    'stays as it is written where %j delimits the fields, which shows no decimal mark',
    async (delimiter) => {
      expect(await weights(delimited(delimiter))).toEqual({ cells: WEIGHTS, type: 'weight text' })
    },
  )

  it('stays as it is written in columns of fixed width', async () => {
    const text = [['id', 'weight', 'shop'], ...WEIGHTS.map((weight, at) => [`${at + 1}`, weight, 'ab'])]
      .map(([id = '', weight = '', shop = '']) => `${id.padEnd(5)}${weight.padEnd(9)}${shop.padEnd(4)}\n`)
      .join('')
    expect(await weights({ 'in.txt': text }, 'format: fixed_width, widths: [5, 9, 4], header: true')).toEqual({
      cells: WEIGHTS,
      type: 'weight text',
    })
  })

  it('stays as it is written in cells of text of a workbook', async () => {
    const book = await workbookOf({ sheet: [['id', 'weight'], ...WEIGHTS.map((weight, at) => [at + 1, weight])] })
    expect(await weights({ 'in.xlsx': book })).toEqual({ cells: WEIGHTS, type: 'weight text' })
  })

  it('marks thousands where commas delimit the fields, with a space behind them or not', async () => {
    const quoted = (delimiter: string) => delimited(delimiter).replace(/(\d,\d{3})/g, '"$1"')
    for (const delimiter of [',', ', '])
      expect(await weights(quoted(delimiter))).toEqual({ cells: ['1250', '2500', '3750'], type: 'weight integer' })
  })

  it('is the decimal mark where another column shows it, whatever two characters delimit the fields', async () => {
    const { cells } = await weights('id||weight||price\n1||1,250||10,5\n2||2,500||11,25\n3||3,750||9,5\n')
    expect(cells?.map(Number)).toEqual([1.25, 2.5, 3.75])
  })
})
