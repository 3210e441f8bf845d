/**
 * The deployment package of a function: a ZIP of its bundle, with the same bytes for the same files on every machine. Lambda reports the
 * hash of the package it runs, so a deployment can be compared with what was built.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { type Zippable, zipSync } from 'fflate'
import type { Asset } from '#core/assets/assets.ts'
import { ASSETS } from './artifacts.ts'

export interface BundleZip {
  readonly bytes: Uint8Array
  /** SHA-256 in base64: what Lambda calls CodeSha256. */
  readonly sha256: string
}

/** Readable by all: Lambda runs a function as another user. */
const READABLE = 0o100644 << 16
const UNIX = 3

const made = new Map<string, BundleZip>()

/** `assets` are the files of one pipeline, by hash. The same `folder` and assets are read once in a process. */
export function bundleZip(folder: string, assets: readonly Asset[] = []): BundleZip {
  const key = [folder, ...assets.map(({ sha256 }) => sha256)].join('\n')
  const found = made.get(key) ?? zipOf(folder, assets)
  made.set(key, found)
  return found
}

function zipOf(folder: string, assets: readonly Asset[]): BundleZip {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  // ZIP has no earlier time, and stores the fields of a local time: so every time zone gives the same bytes
  const mtime = new Date(1980, 0, 1)
  const contents: (readonly [string, Uint8Array])[] = [
    ...paths.map((path) => [path, readFileSync(join(folder, path))] as const),
    ...assets.map(({ sha256, content }) => [`${ASSETS}/${sha256}`, content] as const),
  ]
  const files: Zippable = Object.fromEntries(contents.map(([path, bytes]) => [path, [bytes, { mtime, os: UNIX, attrs: READABLE }]]))
  const bytes = zipSync(files, { level: 6 })
  return { bytes, sha256: createHash('sha256').update(bytes).digest('base64') }
}
