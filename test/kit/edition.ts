/** What the tests of targets publish: a few rows, as the files or as the rows a target takes. Used in the test and in the processes it starts. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Options } from '#io/connectors/connector.ts'
import type { Output } from '#io/connectors/target.ts'
import type { Session } from '#io/duckdb/session.ts'
import { appendedBy, hashOfManifest, type Manifest, type Mode, type NewFile } from '#io/publish/manifest.ts'
import { missingObject } from '#io/store/key.ts'

export type Row = readonly [id: number, name: string]

const STEP = 'publish'

export interface Edition {
  readonly rows: readonly Row[]
  readonly mode: Mode
  readonly run: string
  /** The store of the run: the same run finds there what an earlier attempt left. */
  readonly store: string
  /** Of files that are merged: the rows that are there, published by the run `r-old`. */
  readonly over?: readonly Row[]
  /** Settings of the connection (default: none). */
  readonly options?: Options
}

/** Each row is a file of its own, so that a publication has several; those of odd numbers are in folders of their own. */
const textOf = ([id, name]: Row) => `${id},${name}\n`

export function rowOf(text: string): Row {
  const [id = '', name = ''] = text.trim().split(',')
  return [Number(id), name]
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
const pathOf = (row: Row, at: number, { run, store }: Edition) => join(store, run, `${at}-${digestOf(textOf(row)).slice(0, 12)}`)

/** The file of a row. A file that an attempt has moved away is gone, as in a store. */
export function fileOf(row: Row, at: number, edition: Edition): NewFile {
  const content = textOf(row)
  const sha256 = digestOf(content)
  const path = pathOf(row, at, edition)
  const written = `${path}.written`
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(written)) {
    writeFileSync(path, content)
    writeFileSync(written, '')
  }
  const open = async () => {
    if (!existsSync(path)) throw missingObject(path)
    return { path, release: async () => {} }
  }
  const name = `${row[0] % 2 === 0 ? '' : `id=${row[0]}/`}part-${String(at + 1).padStart(5, '0')}-${sha256.slice(0, 12)}.csv`
  return { name, rows: 1, bytes: Buffer.byteLength(content), sha256, uri: null, open }
}

/** The rows as a publication of the pipeline `sales`. */
export function outputOf(edition: Edition): Output {
  const { rows, mode, run, options = {} } = edition
  const plain = rows.map((row, at) => fileOf(row, at, edition))
  const files = mode === 'append' ? plain.map((file) => appendedBy(file, run, STEP)) : plain
  const session = {
    async *batches(sql: string) {
      yield rows.filter((row, at) => sql.includes(pathOf(row, at, edition))).map(([id, name]) => [BigInt(id), name])
    },
  } as unknown as Session
  return {
    ...{ pipeline: 'sales', options, mode, keys: mode === 'merge' ? ['id'] : [], run, step: STEP },
    files,
    manifest: merged(edition, {
      ...{ siftstep: 1, pipeline: 'sales', format: 'csv', rows: rows.length },
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'text' },
      ],
      files: files.map(({ open: _open, uri: _uri, ...file }) => file),
    }),
    openSession: async () => session,
  }
}

/** The manifest of rows that are merged: the files of rows with other keys stay. */
function merged({ rows, run, store, over }: Edition, own: Manifest): Manifest {
  if (over === undefined) return own
  const { manifest: base } = outputOf({ rows: over, mode: 'replace', run: 'r-old', store })
  const kept = base.files.filter((_, at) => !rows.some(([id]) => id === over[at]?.[0]))
  const files = [...kept, ...own.files]
  const record = {
    by: `${run}/${STEP}`,
    from: hashOfManifest(base),
    inserted: 1,
    updated: 1,
    unchanged: 0,
    files: own.files.map(({ name }) => name),
  }
  return { ...own, rows: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), merged: [record], files }
}
