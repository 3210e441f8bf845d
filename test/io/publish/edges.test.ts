/** Publishing where the place is no folder, on another disk, or where a file cannot be brought. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { publishFolder } from '#io/publish/folder.ts'
import type { NewFile } from '#io/publish/manifest.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

interface Part extends NewFile {
  readonly path: string
  readonly reported: string[]
}

function part(content: string): Part {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const name = `part-${sha256.slice(0, 8)}.csv`
  const path = place.write(`parts/${name}`, content)
  const reported: string[] = []
  const open = async () => {
    reported.push('opened')
    return { path, release: async () => void reported.push('released') }
  }
  return { name, rows: 1, bytes: content.length, sha256, uri: null, path, reported, open }
}

function publish(out: string, files: readonly NewFile[]) {
  const named = files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }))
  return publishFolder(
    out,
    files,
    { siftstep: 1, pipeline: 'sales', format: 'csv', rows: 1, bytes: 1, columns: [], files: named },
    { run: 'r-1', mode: 'replace' },
  )
}

it('a place that is a file is refused, and stays', async () => {
  const file = place.write('out', 'precious')
  await expect(publish(file, [part('a')])).rejects.toMatchObject({
    name: 'Output.Conflict',
    message: `cannot publish to ${file}: it is a file, not a folder`,
  })
  expect(readFileSync(file, 'utf8')).toBe('precious')
})

it('a file that is there is not opened again; one that is brought is moved and released', async () => {
  const out = join(place.folder, 'out')
  const [a, b] = [part('a'), part('bb')]
  await publish(out, [a])
  await publish(out, [a, b])
  expect([a.reported, b.reported]).toEqual([
    ['opened', 'released'],
    ['opened', 'released'],
  ])
  expect(existsSync(b.path)).toBe(false)
})

it('a truncated file is published again', async () => {
  const out = join(place.folder, 'out')
  const whole = part('the whole content')
  await publish(out, [whole])
  writeFileSync(join(out, whole.name), 'the whole')
  await publish(out, [part('the whole content')])
  expect(readFileSync(join(out, whole.name), 'utf8')).toBe('the whole content')
})

it('a file that cannot be brought fails the publishing, says where, and leaves no manifest', async () => {
  const out = join(place.folder, 'out')
  const lost = part('a')
  rmSync(lost.path)
  await expect(publish(out, [lost])).rejects.toMatchObject({
    name: 'Output.Unwritable',
    message: expect.stringContaining(`writing ${out}: `),
  })
  expect(readdirSync(out).filter((name) => !name.startsWith('.'))).toEqual([])
  // nobody holds the folder any more
  await publish(out, [part('b')])
  expect(readdirSync(out).sort()).toEqual(['_manifest.json', part('b').name])
})

it('on another disk files are copied, under their names only when they are whole', async ({ skip }) => {
  const disk = '/dev/shm'
  if (!existsSync(disk) || statSync(disk).dev === statSync(place.folder).dev) skip('skipped: there is no second disk here')
  const out = mkdtempSync(join(disk, 'siftstep-test-'))
  try {
    const brought = part('content')
    await publish(out, [brought])
    expect(readFileSync(join(out, brought.name), 'utf8')).toBe('content')
    expect(readdirSync(out).sort()).toEqual(['_manifest.json', brought.name])
    expect(existsSync(brought.path)).toBe(false)
    expect(brought.reported).toEqual(['opened', 'released'])
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
