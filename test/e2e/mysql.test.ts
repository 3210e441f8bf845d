/** Tables of MySQL through the command line: the definition of the docs loads a file, another one reads the table; and no password anywhere. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'
import { hasMariadb, type MariadbServer, startMariadb, withoutMariadb } from '../kit/mariadb-server.ts'
import { titleOf } from '../kit/titles.ts'
import { place, write } from './place.ts'

const DOCS = resolve(import.meta.dirname, '../../docs/language.md')

/** The definition of the docs with this id. */
function ofDocs(id: string): string {
  const blocks = readFileSync(DOCS, 'utf8').matchAll(/```yaml\n(.*?)```/gs)
  const found = [...blocks].map(([, text = '']) => text).find((text) => text.includes(`\nid: ${id}\n`))
  if (found === undefined) throw new Error(`the docs have no definition ${id}`)
  return found
}

describe.skipIf(!hasMariadb)(titleOf('tables of MySQL', hasMariadb ? undefined : withoutMariadb), () => {
  let server: MariadbServer
  beforeAll(async () => {
    // the status of a statement comes in the character set of the server
    server = await startMariadb({ options: { 'character-set-server': 'utf8mb3' } })
  })
  afterAll(() => server.close())
  const here = (definition: string) =>
    definition.replace('host: db.example.com', `host: 127.0.0.1\n    port: ${server.port}`).replace('user: reporting', 'user: reader')

  it('are loaded from a file that is cleaned, merged once for each run, and read again; the password is in no file and no output', async () => {
    write('pipeline.yaml', here(ofDocs('shop_orders')))
    write(
      'orders.csv',
      'id,name,amount,day\n9007199254740993, Ana ,1.50,2024-02-29\n2,,2.25,2024-03-01\n2,,2.25,2024-03-01\n3,Cý,7.00,2024-03-02\n',
    )
    const env = { SHOP_PASSWORD: server.password }
    const first = await runCli(['run', 'pipeline.yaml'], { cwd: place, env })
    expect(first.code, `${first.out}${first.err}`).toBe(0)
    expect(first.out).toContain(`mysql://127.0.0.1:${server.port}/shop/orders`)
    const rows = [
      ['2', null, '2.25', '2024-03-01'],
      ['3', 'Cý', '7.00', '2024-03-02'],
      ['9007199254740993', 'Ana', '1.50', '2024-02-29'],
    ]
    expect(await server.sql('SELECT id, name, amount, day FROM orders ORDER BY id')).toEqual(rows)
    write('orders.csv', 'id,name,amount,day\n3,Cýd,7.00,2024-03-02\n2,,2.25,2024-03-01\n4,Di,3.00,2024-03-03\n')
    const second = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place, env })
    expect(second.code, second.err).toBe(0)
    expect(await server.sql('SELECT `rows`, inserted, updated, unchanged FROM _siftstep_runs ORDER BY inserted DESC')).toEqual([
      ['3', '3', '0', '0'],
      ['3', '1', '1', '1'],
    ])
    const reading = here(ofDocs('shop_orders'))
      .replace('id: shop_orders', 'id: read_again')
      .replace('source: orders.csv', 'source: {connection: shop, query: "SELECT * FROM orders WHERE id < 10 ORDER BY id"}')
      .replace(/ {6}to: \{connection[\s\S]*/, '      to: out.csv\n')
    write('again.yaml', reading)
    const again = await runCli(['run', 'again.yaml'], { cwd: place, env })
    expect(again.code, `${again.out}${again.err}`).toBe(0)
    expect(readFileSync(join(place, 'out.csv'), 'utf8')).toBe(
      'id,name,amount,day\n2,,2.25,2024-03-01\n3,Cýd,7.00,2024-03-02\n4,Di,3.00,2024-03-03\n',
    )
    const wrong = await runCli(['run', 'pipeline.yaml'], { cwd: place, env: { SHOP_PASSWORD: 'wr0ng-password' } })
    expect(wrong.code).not.toBe(0)
    expect(`${wrong.out}${wrong.err}`).toContain("refuses the login: Access denied for user 'reader'")
    for (const password of [server.password, 'wr0ng-password']) {
      expect([first, second, again, wrong].map(({ out, err }) => out + err).join('')).not.toContain(password)
      // grep ends with 1 where it finds nothing
      expect(() => execFileSync('grep', ['-rlF', password, place], { stdio: 'pipe' })).toThrow(expect.objectContaining({ status: 1 }))
    }
  })

  it('are a source of a task list, with the address of the server', async () => {
    await server.sql("CREATE TABLE people (id INT, name TEXT); INSERT INTO people VALUES (1, 'Ana'), (2, 'Bo')")
    write(
      'tasks.yaml',
      `pipeline_id: people
tasks:
  - task_id: get
    task_type: ingestion
    parameters: {source_config: {type: database, connection_string: "mysql://reader:\${secret.PEOPLE_PASSWORD}@127.0.0.1:${server.port}/shop", table: people}, destination_config: {type: file, file_path: people.csv}}
`,
    )
    const run = await runCli(['run', 'tasks.yaml'], { cwd: place, env: { PEOPLE_PASSWORD: server.password } })
    expect(run.code, `${run.out}${run.err}`).toBe(0)
    expect(readFileSync(join(place, 'people.csv'), 'utf8')).toBe('id,name\n1,Ana\n2,Bo\n')
  })
})
