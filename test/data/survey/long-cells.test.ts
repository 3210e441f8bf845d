/** A cell of megabytes is measured, but not kept in the list of values of its column, which is read whole. */
import { afterAll, expect, it } from 'vitest'
import { runTable } from '../../kit/run-table.ts'
import { workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(place.clear)

it.each([
  ['in.csv', `id,note\n1,a\n2,${'x'.repeat(1_100_000)}\n3,b\n`],
  ['in.ndjson', `{"id":1,"note":"a"}\n{"id":2,"note":"${'x'.repeat(1_100_000)}"}\n{"id":3,"note":"b"}\n`],
])(
  'a column of %s with a long cell has no list of values',
  async (name, text) => {
    const { status, report, run } = await runTable(place, { input: { [name]: text }, steps: ['{id: look, type: profile}'] })
    expect(status).toBe('SUCCEEDED')
    expect(report.columns.map(({ rows, missing, values }) => [rows, missing, values === null])).toEqual([
      [3, 0, false],
      [3, 0, true],
    ])
    expect(run.text('data/look/facts.json').length).toBeLessThan(1_000_000)
  },
  60_000,
)
