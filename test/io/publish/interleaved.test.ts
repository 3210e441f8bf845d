/** Runs that publish to one folder at the same time, or are killed: every call to the file system is a moment to interrupt at. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkFolder } from '#io/publish/check-folder.ts'
import { publishFolder } from '#io/publish/folder.ts'
import { MANIFEST, type Manifest, type NewFile } from '#io/publish/manifest.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'
import { type Stepped, stepped } from '../../kit/stepped-files.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../kit/stepped-files.ts')).steppedFiles(original))

let place: Workplace
let out: string
let runs = 0
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

/** A fresh output folder, absent or with an output published before. */
async function fresh(before: readonly string[] | null): Promise<void> {
  out = join(place.folder, `place-${++runs}`, 'out')
  mkdirSync(join(out, '..'))
  if (before !== null) await publish(before)
}

const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex')

async function publish(contents: readonly string[]): Promise<void> {
  const run = `r-${++runs}`
  const files = contents.map((content, at): NewFile => {
    const name = `part-${sha256Of(content).slice(0, 8)}.csv`
    const path = place.write(`${run}/${at}`, content)
    const open = async () => ({ path, release: async () => {} })
    return { name, rows: 1, bytes: content.length, sha256: sha256Of(content), uri: null, open }
  })
  const named = files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }))
  const facts = { pipeline: 'sales', format: 'csv', rows: contents.length, bytes: contents.join('').length, columns: [] }
  await publishFolder(out, files, { siftstep: 1, ...facts, files: named }, { run, mode: 'replace' })
}

/** What the folder holds by its manifest; fails when a file is not what the manifest says. */
function output(): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(out, MANIFEST), 'utf8')) as Manifest
  return manifest.files.map(({ name, sha256 }) => {
    const content = readFileSync(join(out, name), 'utf8')
    expect(sha256Of(content)).toBe(sha256)
    return content
  })
}

/** The output of one of them, and nothing else. */
function expectOnly(outputs: readonly (readonly string[])[]): void {
  const found = output()
  expect(outputs).toContainEqual(found)
  expect(readdirSync(out)).toHaveLength(found.length + 1)
}

/** Calls one piece of work makes on its own. */
async function callsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const one = stepped(work)
  const names: string[] = []
  for (let name = await one.next(); name !== undefined; name = await one.next()) {
    names.push(name)
    await one.step()
  }
  return names
}

async function steps(one: Stepped<unknown>, count: number): Promise<void> {
  for (let done = 0; done < count; done++) await one.step()
}

/** What is left when the process of everybody who publishes there is killed: the system no longer knows its number. */
function die(): void {
  const dead = 2 ** 22 + 7
  for (const name of existsSync(out) ? readdirSync(out) : []) {
    const path = join(out, name)
    if (name.startsWith(`.draft-${process.pid}-`)) renameSync(path, join(out, name.replace(String(process.pid), String(dead))))
    else if (name.startsWith('.siftstep-publishing'))
      writeFileSync(path, readFileSync(path, 'utf8').replace(`"pid":${process.pid}`, `"pid":${dead}`))
  }
}

const A = ['a', 'both']
const B = ['b', 'both', 'more']
const OLD = ['old', 'both']

describe.each([
  { before: null, what: 'an absent folder' },
  { before: OLD, what: 'a folder with an output' },
])('$what', ({ before }) => {
  it('takes a second output at every moment of the first, wholly or not at all', async () => {
    await fresh(before)
    const calls = await callsOf(() => publish(A))
    expect(calls.length).toBeGreaterThan(15)
    for (let at = 0; at <= calls.length; at++) {
      await fresh(before)
      const first = stepped(() => publish(A))
      await steps(first, at)
      if (before !== null) expect([before, A]).toContainEqual(output())
      const [second] = await Promise.allSettled([publish(B)])
      if (second?.status === 'fulfilled') expect(output()).toEqual(B)
      else expect(second?.reason).toMatchObject({ name: 'Transient.Unavailable' })
      const ended = await first.finish()
      if (ended.status === 'rejected') expect(ended.reason).toMatchObject({ name: 'Transient.Unavailable' })
      const whole = [...(ended.status === 'fulfilled' ? [A] : []), ...(second?.status === 'fulfilled' ? [B] : [])]
      expectOnly(whole)
    }
  })

  it('keeps a whole output when two go on in turn', async () => {
    await fresh(before)
    const calls = (await callsOf(() => publish(A))).length
    for (let at = 1; at < calls; at += 5) {
      for (const ahead of [3, 6, calls - 4]) {
        await fresh(before)
        const [first, second] = [stepped(() => publish(A)), stepped(() => publish(B))]
        await steps(first, at)
        await steps(second, ahead)
        const ended = [await first.finish(), await second.finish()]
        expectOnly([A, B].filter((_, one) => ended[one]?.status === 'fulfilled'))
      }
    }
  })

  it('holds a whole output when a run is killed at any moment, and the next run clears up', async () => {
    await fresh(before)
    const calls = (await callsOf(() => publish(A))).length
    for (let at = 0; at < calls; at++) {
      await fresh(before)
      await steps(
        stepped(() => publish(A)),
        at,
      )
      die()
      if (before !== null) expect([before, A]).toContainEqual(output())
      await checkFolder(out, 'sales')
      await publish(B)
      expectOnly([B])
    }
  })

  it('is checked at every moment of a publication without doing it harm', async () => {
    await fresh(before)
    const calls = (await callsOf(() => publish(A))).length
    for (let at = 0; at <= calls; at++) {
      await fresh(before)
      const first = stepped(() => publish(A))
      await steps(first, at)
      await checkFolder(out, 'sales')
      expect(await first.finish()).toMatchObject({ status: 'fulfilled' })
      expectOnly([A])
    }
  })

  it('is published to at every moment of a check', async () => {
    await fresh(before)
    const calls = (await callsOf(() => checkFolder(out, 'sales'))).length
    for (let at = 0; at <= calls; at++) {
      await fresh(before)
      const check = stepped(() => checkFolder(out, 'sales'))
      await steps(check, at)
      await publish(A)
      expect(await check.finish()).toMatchObject({ status: 'fulfilled' })
      expectOnly([A])
    }
  })
})

describe('a folder that is checked', () => {
  it('is not made, and nothing beside it stays', async () => {
    await fresh(null)
    await checkFolder(join(out, 'deep', 'er'), 'sales')
    expect(readdirSync(join(out, '..'))).toEqual([])
  })
})
