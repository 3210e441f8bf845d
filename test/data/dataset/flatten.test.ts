import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { fieldsOf } from '#data/dataset/struct-fields.ts'
import { flattened } from '#io/formats/flatten-lines.ts'
import { runTable } from '../../kit/run-table.ts'
import { workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(place.clear)

async function parquetOf(select: string): Promise<Uint8Array> {
  const path = join(place.folder, 'nested.parquet')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  return readFileSync(path)
}

const SELECT = `SELECT 1 AS id, {'city': 'Ulm', 'at': {'x': 1.5::DOUBLE, 'y z': 2}, 'tags': ['a','b']} AS address UNION ALL SELECT 2, NULL`
const JSON_TEXT = '[{"id":1,"address":{"city":"Ulm","at":{"x":1.5,"y z":2},"tags":["a","b"]}},{"id":2,"address":{}}]'

describe('nested values', () => {
  it('become columns with flatten: true, from Parquet and from JSON', async () => {
    for (const input of [{ 'in.parquet': await parquetOf(SELECT) }, { 'in.json': JSON_TEXT }]) {
      const { rows, status } = await runTable(place, { input, steps: [], source: 'flatten: true' })
      expect(status).toBe('SUCCEEDED')
      expect(rows[0]).toMatchObject({ id: '1', 'address.city': 'Ulm', 'address.at.x': '1.5', 'address.at.y z': '2' })
      expect(JSON.parse(rows[0]?.['address.tags'] ?? '')).toEqual(['a', 'b'])
      expect(rows[1]).toMatchObject({ id: '2', 'address.city': null })
    }
  })

  it('are JSON text without it', async () => {
    const { rows } = await runTable(place, { input: { 'in.parquet': await parquetOf(SELECT) }, steps: [] })
    expect(JSON.parse(rows[0]?.['address'] ?? '')).toEqual({ city: 'Ulm', at: { x: 1.5, 'y z': 2 }, tags: ['a', 'b'] })
  })

  it('keep their values as they are written', () => {
    expect(flattened('{"a": {"b": 1.50, "c": {}}, "d": [{"e": 1}], "f": "{,:\\""}')).toBe(
      '{"a.b":1.50,"a.c":{},"d":[{"e": 1}],"f":"{,:\\""}',
    )
    expect(flattened('[1]')).toBe(null)
    expect(flattened('{"a":')).toBe(null)
  })

  it('have the names and types of their fields', () => {
    expect(fieldsOf(['s'], 'STRUCT(a INTEGER, "b ""c" STRUCT(d DECIMAL(18,3)), e STRUCT(f INTEGER)[])')).toEqual([
      { path: ['s', 'a'], stored: 'INTEGER' },
      { path: ['s', 'b "c', 'd'], stored: 'DECIMAL(18,3)' },
      { path: ['s', 'e'], stored: 'STRUCT(f INTEGER)[]' },
    ])
  })
})
