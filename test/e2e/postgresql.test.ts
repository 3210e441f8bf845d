/** Tables of PostgreSQL through the command line: read, cleaned, merged, read again; and no password anywhere. */
import { execFileSync } from 'node:child_process'
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

    it('are refused with the password in an address, before anything runs', async () => {
      write(
        'pipeline.yaml',
        'version: 1\nid: open\nsteps:\n  - {id: find, type: discover, with: {source: "postgresql://me:hush-hush@h/d/t"}}\n  - {id: out, type: export, with: {to: out.csv}}\n',
      )
      const checked = await runCli(['validate', 'pipeline.yaml'], { cwd: place })
      expect(checked.code).toBe(2)
      const said = `${checked.out}${checked.err}`
      expect(said).toContain('pipeline.yaml:4:')
      expect(said).toContain('holds a password')
    })
  },
)
