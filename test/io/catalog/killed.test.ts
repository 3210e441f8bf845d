/**
 * What a table of the catalog promises when its publisher is cut off: from each call to S3 or Glue on, none arrives, or the last one arrives and its
 * answer does not. Whoever goes by the catalog, and whoever goes by the manifest, then reads one whole output; the same run, called again, ends with its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishTable } from '#io/catalog/publish-table.ts'
import { targetAt } from '#io/connectors/index.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import { type Edition, outputOf, type Row, rowOf } from '../../kit/edition.ts'
import { startGlue, type TestGlue } from '../../kit/glue-server.ts'
import { bytesAt, icebergTable } from '../../kit/iceberg-table.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

let bucket: S3Place
let glue: TestGlue
let folder: string
const VARIABLES = ['AWS_ENDPOINT_URL_GLUE', 'AWS_MAX_ATTEMPTS'] as const
const before = VARIABLES.map((name) => process.env[name])
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'siftstep-catalog-'))
  bucket = await openS3Place({ own: true })
  glue = await startGlue()
  glue.databases.add('lake')
  process.env['AWS_ENDPOINT_URL_GLUE'] = glue.url
  process.env['AWS_MAX_ATTEMPTS'] = '1'
  // every call to S3 passes here, and those to Glue below
  bucket.server?.fail({ when: () => dies() === 'lose', how: 'lose' })
  bucket.server?.fail({ when: () => isDead, how: 'reset' })
  glue.before = () => dies() ?? (isDead ? 'reset' : undefined)
})
afterAll(async () => {
  for (const [at, name] of VARIABLES.entries()) {
    const value = before[at]
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  await glue.close()
  await bucket.close()
  rmSync(folder, { recursive: true, force: true })
})

let left = Number.POSITIVE_INFINITY
let last: 'reset' | 'lose' = 'reset'
let isDead = false
/** How the call at which the publisher is cut off ends. */
function dies(): 'reset' | 'lose' | undefined {
  if (isDead || left-- > 0) return undefined
  isDead = true
  return last
}
function live(calls: number) {
  left = calls
  isDead = false
}

const publish = async (name: string, edition: Edition) => {
  const uri = `s3://${bucket.bucket}/${name}/`
  const target = await targetAt(uri, undefined)
  await target.publish(uri, {
    ...outputOf(edition),
    appeared: async (output) => {
      await publishTable({ database: 'lake', table: name }, output, {
        pipeline: 'sales',
        run: edition.run,
        location: uri,
        now: () => new Date('2026-01-02T03:04:05Z'),
      })
    },
  })
}
const byCatalog = async (name: string) => {
  const table = glue.tables.get(`lake.${name}`)
  if (table === undefined) return undefined
  const { files } = await icebergTable(table.Parameters['metadata_location'] ?? '')
  return Promise.all(files.map(async ({ path }) => rowOf((await bytesAt(path)).toString('utf8'))))
}
const byManifest = async (name: string) => {
  const at = `s3://${bucket.bucket}/${name}`
  const { files } = JSON.parse((await bytesAt(`${at}/_manifest.json`)).toString('utf8')) as Manifest
  return Promise.all(files.map(async (file) => rowOf((await bytesAt(`${at}/${file.name}`)).toString('utf8'))))
}

const OLD: readonly Row[] = [
  [1, 'one'],
  [2, 'two'],
  [4, 'four'],
]
const NEW: readonly Row[] = [
  [1, 'one'],
  [2, 'TWO'],
  [6, 'six'],
]

describe.each(['reset', 'lose'] as const)('a publisher that is cut off (%s)', (how) => {
  it.each(['replace', 'append'] as const)('at any call of %s leaves one whole output, and can go on', async (mode) => {
    last = how
    const after = mode === 'append' ? [...OLD, ...NEW] : NEW
    const seen = new Set<string>()
    let cuts = 0
    for (; ; cuts++) {
      const name = `${how}_${mode}_${cuts}`
      const store = join(folder, name)
      const edition: Edition = { rows: NEW, mode, run: 'r-new', store }
      live(Number.POSITIVE_INFINITY)
      await publish(name, { rows: OLD, mode, run: 'r-old', store })
      live(cuts)
      const failed = await publish(name, edition).then(
        () => false,
        () => true,
      )
      const wasCut = isDead
      live(Number.POSITIVE_INFINITY)
      if (!wasCut) break
      expect(failed).toBe(true)
      const [catalog, manifest] = [await byCatalog(name), await byManifest(name)]
      expect([OLD, after]).toContainEqual(catalog)
      expect([OLD, after]).toContainEqual(manifest)
      seen.add(`${catalog?.length === after.length && catalog.some(([id]) => id === 6)} ${manifest.some(([id]) => id === 6)}`)
      await publish(name, edition)
      expect(await byCatalog(name)).toEqual(after)
      expect(await byManifest(name)).toEqual(after)
      const files = bucket.server?.objects
        .keys(bucket.bucket)
        .filter((key) => key.startsWith(`${name}/`) && !key.includes('/.siftstep-catalog/'))
      expect(files).toHaveLength(after.length + 1)
    }
    // it was cut off before the manifest, between manifest and catalog, and after both
    expect([...seen].toSorted()).toEqual(['false false', 'false true', 'true true'])
    expect(cuts).toBeGreaterThan(15)
  })
})

it('a publisher that another run has overtaken does not bring its output back', async () => {
  const store = join(folder, 'overtaken')
  const name = 'overtaken'
  live(Number.POSITIVE_INFINITY)
  await publish(name, { rows: OLD, mode: 'replace', run: 'r-old', store })
  const uri = `s3://${bucket.bucket}/${name}/`
  const target = await targetAt(uri, undefined)
  const slow = target.publish(uri, {
    ...outputOf({ rows: [[8, 'eight']], mode: 'replace', run: 'r-slow', store }),
    appeared: async (output) => {
      await publish(name, { rows: NEW, mode: 'replace', run: 'r-fast', store })
      await publishTable({ database: 'lake', table: name }, output, {
        ...{ pipeline: 'sales', run: 'r-slow', location: uri },
        now: () => new Date('2026-01-02T03:04:05Z'),
      })
    },
  })
  await expect(slow).rejects.toMatchObject({ name: 'Output.Conflict' })
  expect(await byCatalog(name)).toEqual(NEW)
  expect(await byManifest(name)).toEqual(NEW)
})
