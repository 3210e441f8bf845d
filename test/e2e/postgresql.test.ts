/** Tables of PostgreSQL through the command line: read, cleaned, merged, read again; and no password anywhere. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'
import { type PostgresServer, postgresBinaries, startPostgres, withoutPostgres } from '../kit/postgres-server.ts'
import { place, write } from './place.ts'

const definition = (port: number) => `version: 1
id: orders
connections:
  shop: {type: postgresql, url: "\${secret.SHOP_URL}"}
  warehouse: {type: postgresql, host: 127.0.0.1, port: ${port}, database: postgres, user: reader, password: "\${secret.WAREHOUSE_PASSWORD}"}
steps:
  - {id: find, type: discover, with: {source: {connection: shop, query: "SELECT * FROM orders ORDER BY id"}}}
  - {id: fix, type: clean, with: {rules: [{standardize: [whitespace]}, {deduplicate: {keys: [id]}}]}}
  - {id: load, type: export, with: {to: {connection: warehouse, table: sales.orders}, mode: merge, keys: [id]}}
`

describe.skipIf(postgresBinaries === undefined)(
  `tables of PostgreSQL${postgresBinaries === undefined ? `, ${withoutPostgres}` : ''}`,
  () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.close())

    it('are read, cleaned and merged, once for each run; the password is in no file and no output', async () => {
      await server.sql(`CREATE SCHEMA sales; CREATE TABLE orders (id bigint, name text, amount numeric(10,2), day date);
      INSERT INTO orders VALUES (9007199254740993, ' Ana ', 1.50, '2024-02-29'), (2, '', NULL, NULL), (2, '', NULL, NULL), (3, 'Cy', 2, '2024-03-01')`)
      write('pipeline.yaml', definition(server.port))
      const env = {
        SHOP_URL: `postgresql://reader:${server.password}@127.0.0.1:${server.port}/postgres`,
        WAREHOUSE_PASSWORD: server.password,
      }
      const first = await runCli(['run', 'pipeline.yaml'], { cwd: place, env })
      expect(first.code, `${first.out}${first.err}`).toBe(0)
      expect(first.out).toContain(`postgresql://127.0.0.1:${server.port}/postgres/sales.orders`)
      expect(await server.sql('SELECT * FROM sales.orders ORDER BY id')).toEqual([
        ['2', '', null, null],
        ['3', 'Cy', '2.00', '2024-03-01'],
        ['9007199254740993', 'Ana', '1.50', '2024-02-29'],
      ])
      await server.sql("UPDATE orders SET name = 'Cyd' WHERE id = 3; INSERT INTO orders VALUES (4, 'Di', 3, NULL)")
      const second = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place, env })
      expect(second.code, second.err).toBe(0)
      expect(await server.sql('SELECT rows, inserted, updated, unchanged FROM sales._siftstep_runs ORDER BY rows')).toEqual([
        ['3', '3', '0', '0'],
        ['4', '1', '1', '2'],
      ])
      const wrong = await runCli(['run', 'pipeline.yaml'], { cwd: place, env: { ...env, WAREHOUSE_PASSWORD: 'wr0ng-password' } })
      expect(wrong.code).not.toBe(0)
      expect(`${wrong.out}${wrong.err}`).toContain('refuses the login: password authentication failed for user "reader"')
      for (const password of [server.password, 'wr0ng-password']) {
        expect([first, second, wrong].map(({ out, err }) => out + err).join('')).not.toContain(password)
        // grep ends with 1 where it finds nothing
        expect(() => execFileSync('grep', ['-rlF', password, place], { stdio: 'pipe' })).toThrow(expect.objectContaining({ status: 1 }))
      }
    })

    it('are read with the password in the definition, with a warning; only the definition holds it, and a run that is resumed reads it there', async () => {
      await server.sql('DROP TABLE IF EXISTS people')
      const address = `postgresql://reader:${server.password}@127.0.0.1:${server.port}/postgres`
      const tasks = `pipeline_id: people
tasks:
  - task_id: get
    task_type: ingestion
    parameters: {source_config: {type: database, connection_string: "${address}", table: people}, destination_config: {type: file, file_path: open/out.csv}}
`
      write('open/tasks.yaml', tasks)
      const checked = await runCli(['validate', 'open/tasks.yaml'], { cwd: place })
      expect({ code: checked.code, err: checked.err }).toMatchObject({ code: 0 })
      expect(checked.err).toContain('open/tasks.yaml:5:')
      expect(checked.err).toContain('warning secret-in-the-open')
      const compiled = await runCli(['compile', 'open/tasks.yaml'], { cwd: place })
      expect(compiled.code).toBe(2)
      const failed = await runCli(['run', 'open/tasks.yaml', '--store', 'open/store'], { cwd: place })
      expect(failed.code, failed.err).not.toBe(0)
      await server.sql("CREATE TABLE people (id int, name text); INSERT INTO people VALUES (1, 'Ana'), (2, 'Bo')")
      const resumed = await runCli(['resume', 'last', '--store', 'open/store'], { cwd: place })
      expect(resumed.code, `${resumed.out}${resumed.err}`).toBe(0)
      expect(readFileSync(join(place, 'open/out.csv'), 'utf8')).toBe('id,name\n1,Ana\n2,Bo\n')
      const formatted = await runCli(['fmt', '--canonical', 'open/tasks.yaml'], { cwd: place })
      expect(formatted.out).toContain(`connection: postgresql://reader:\${secret.GET_PASSWORD}@127.0.0.1:${server.port}/postgres`)
      expect(formatted.err).toContain('note: set GET_PASSWORD in the environment')
      write('open/pipeline.yaml', formatted.out)
      const moved = await runCli(['run', 'open/pipeline.yaml', '--store', 'open/store'], {
        cwd: place,
        env: { GET_PASSWORD: server.password },
      })
      expect(moved.code, moved.err).toBe(0)
      expect([checked, compiled, failed, resumed, formatted, moved].map(({ out, err }) => out + err).join('')).not.toContain(
        server.password,
      )
      const holders = execFileSync('grep', ['-rlF', server.password, join(place, 'open')], { encoding: 'utf8' })
      expect(holders.trim()).toBe(join(place, 'open/tasks.yaml'))
    })
  },
)
