import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSession } from '#io/duckdb/session.ts'
import { copyTo } from '#data/pass/pass.ts'
import { countWritten, footerHasNullCounts } from '#data/pass/written.ts'
import type { Written } from '#io/formats/writers/writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-count-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ROWS = `SELECT i AS id, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a "quoted"' || chr(10) || 'line, and' || chr(13) || chr(10) || 'another' ELSE 'x' END AS note FROM range(100) t(i)`

describe('rows of a written file', () => {
  for (const format of ['parquet', 'csv', 'json', 'ndjson'] as const) {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      it(`of ${format} (${compression}) are counted, in little memory`, async () => {
        const session = await openSession({ memory: 200_000_000, scratch: folder, folders: [folder] })
        try {
          for (const [name, query] of Object.entries({ rows: ROWS, empty: `${ROWS} WHERE i < 0`, one: 'SELECT NULL AS a FROM range(3)' })) {
            const path = join(folder, `${name}-${format}-${compression}`)
            const target = { to: '', format, compression }
            await session.run(copyTo(query, path, target))
            const { rows, missing } = {
              rows: { rows: 100, missing: [0, 25] },
              empty: { rows: 0, missing: [0, 0] },
              one: { rows: 3, missing: [3] },
            }[name] as Written
            const expected = { rows, missing: footerHasNullCounts(target) ? missing : null }
            expect({ name, written: await countWritten(session, path, target) }).toEqual({ name, written: expected })
          }
        } finally {
          session.close()
        }
      })
    }
  }
})
