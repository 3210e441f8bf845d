/** The deployment package of a function: the same bytes for the same files, whenever and wherever it is made. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { bundleZip } from '#aws/lambda/bundle-zip.ts'

const scratch = mkdtempSync(join(tmpdir(), 'siftstep-zip-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

function bundle(name: string, files: readonly (readonly [string, string])[]): string {
  const folder = join(scratch, name)
  for (const [path, text] of files) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const FILES = [
  ['index.mjs', 'export {}'],
  ['chunks/a.mjs', 'export const a = 1'],
] as const

it('holds every file', () => {
  const { bytes, sha256 } = bundleZip(bundle('all', FILES))
  const read = Object.entries(unzipSync(bytes)).map(([path, content]) => [path, strFromU8(content)])
  expect(read).toEqual([...FILES].reverse())
  expect(sha256).toMatch(/^[\w+/]{43}=$/)
})

it('has the same hash for the same files: order, dates and time zone do not count', () => {
  const first = bundleZip(bundle('first', FILES))
  const later = bundle('later', [...FILES].reverse())
  utimesSync(join(later, 'index.mjs'), new Date(0), new Date(0))
  vi.stubEnv('TZ', 'Asia/Tokyo')
  expect(bundleZip(later).sha256).toBe(first.sha256)
  vi.stubEnv('TZ', 'America/Los_Angeles')
  expect(bundleZip(bundle('west', FILES)).sha256).toBe(first.sha256)
})

it('has another hash for another file', () => {
  const hashes = [FILES, [...FILES, ['b.mjs', ''] as const], [['index.mjs', 'export { }'] as const]].map(
    (files, at) => bundleZip(bundle(`other-${at}`, files)).sha256,
  )
  expect(new Set(hashes).size).toBe(3)
})
