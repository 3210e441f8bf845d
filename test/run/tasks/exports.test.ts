/** What a run tells of its outputs. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const source = place.write('a.csv', 'id,name\n1,a\n2,b\n')
const definition = (steps: string) => `version: 1
id: outputs
name: Outputs
steps:
  - {id: find, type: discover, with: {source: ${source}, allow_empty: true}}
${steps}`

describe('a run', () => {
  it('of several exports tells of each, and warns of a folder with the name of a file', async () => {
    const [first, second] = [join(place.folder, 'first.csv'), join(place.folder, 'second.csv/')]
    const run = await runDefinition(
      definition(`  - {id: one, type: export, with: {to: ${first}, format: csv}}
  - {id: more, type: transform, depends_on: [find], with: {operations: [{filter: "id > 1"}]}}
  - {id: two, type: export, with: {to: ${second}, format: csv}}
`),
      { store: join(place.folder, 'store') },
    )
    expect(run.cause).toBeUndefined()
    const { output, steps } = run.report
    expect(output).toMatchObject({ to: second, rows: 1, others: [{ to: first, rows: 2, files: 1, format: 'csv' }] })
    const reportOf = (id: string) => steps.find((step) => step.id === id)?.report
    expect(reportOf('one')).toMatchObject({
      level: 'warning',
      lines: [
        {
          level: 'warning',
          text: expect.stringMatching(/first\.csv is a folder, and the file in it is part-00001-\w+\.csv: .*Write `to: .*\/first`, or/),
        },
      ],
    })
    expect(reportOf('two')).toMatchObject({ level: 'ok', lines: [] })
  })

  it('whose pattern matches nothing says what allow_empty is for', async () => {
    const run = await runDefinition(definition('').replace(source, join(place.folder, 'none-*.csv')), { store: join(place.folder, 'none') })
    expect(run).toMatchObject({ error: 'Data.NoSources', hint: expect.stringContaining('allow_empty is for files without rows') })
  })
})
