/** A DuckDB session for tests, in a temporary folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'

export interface TestDatabase {
  readonly session: Session
  readonly folder: string
  close(): void
}

/** `folders` are what it may read besides its own folder. */
export async function testDatabase(folders: readonly string[] = []): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-test-'))
  const session = await openSession({ memory: 500_000_000, scratch: folder, folders })
  return {
    session,
    folder,
    close: () => {
      session.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A SELECT of the cells as the column `r0`, in order. */
export const cellsRelation = (cells: readonly (string | null)[]) =>
  cells.length === 0
    ? 'SELECT CAST(NULL AS VARCHAR) AS r0 WHERE FALSE'
    : `SELECT unnest([${cells.map((cell) => (cell === null ? 'NULL' : text(cell))).join(', ')}])::VARCHAR AS r0`
