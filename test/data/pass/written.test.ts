import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSession } from '#io/duckdb/session.ts'
import { copyTo } from '#data/pass/pass.ts'
import { countWritten, footerHasNullCounts, latestIn } from '#data/pass/written.ts'
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

describe('rows of a written file with text that looks like its form', () => {
  const TEXTS = ['5" {pipe', '\\', '\\\\"', '[{', '}]', '"', '"{\\', 'x', '', '{"a":[{"b":"}"}]}'].map((cell) => `'${cell}'`)
  /** The name of the first column begins with a quote, and cells hold lists and objects. */
  const ROWS_OF_TEXTS = `SELECT i AS """n", unnest([${TEXTS.join(', ')}]) AS note, [i, i] AS list, {'a': {'b': '{'}, 'c': [{'d': i}]} AS nested FROM range(3) t(i)`

  it.each(['csv', 'json', 'ndjson'] as const)('of %s are counted', async (format) => {
    const session = await openSession({ memory: 200_000_000, scratch: folder, folders: [folder] })
    try {
      for (const compression of ['none', 'gzip'] as const) {
        const path = join(folder, `texts-${format}-${compression}`)
        const target = { to: '', format, compression }
        await session.run(copyTo(ROWS_OF_TEXTS, path, target))
        expect(await countWritten(session, path, target)).toEqual({ rows: 30, missing: null })
      }
    } finally {
      session.close()
    }
  })
})

describe('the latest moment in a written file', () => {
  const MOMENTS = `SELECT *, CAST(NULL AS TIMESTAMP) AS never, 'text' AS word FROM (VALUES
    (TIMESTAMP '2024-03-01 10:00:00', DATE '2023-12-31'), (TIMESTAMP '2024-02-29 23:59:59', DATE '2024-01-01'), (NULL, NULL)
  ) AS t("at ""local""", day)`

  it.each([
    ['parquet', 'snappy'],
    ['csv', 'none'],
    ['csv', 'gzip'],
    ['json', 'none'],
    ['json', 'zstd'],
    ['ndjson', 'gzip'],
  ] as const)('of %s (%s) is that of each column, and none where there is none', async (format, compression) => {
    const session = await openSession({ memory: 200_000_000, scratch: folder, folders: [folder] })
    try {
      const path = join(folder, `moments-${format}-${compression}`)
      const target = { to: '', format, compression }
      await session.run(copyTo(MOMENTS, path, target))
      expect(await latestIn(session, path, target, ['day', 'at "local"', 'never', 'word'])).toEqual({
        day: '2024-01-01T00:00:00Z',
        'at "local"': '2024-03-01T10:00:00Z',
        never: null,
        word: null,
      })
      expect(await latestIn(session, path, target, [])).toEqual({})
    } finally {
      session.close()
    }
  })
})
