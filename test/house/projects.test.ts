/** The lists that say how a test file is run name files that are there, and every file that has to run in a process of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'tinyglobby'
import { describe, expect, it } from 'vitest'
import { OWN_PROCESS, THOROUGH } from '../kit/projects.ts'
import { ROOT } from './sources.ts'

const found = (patterns: readonly string[]) => globSync([...patterns], { cwd: ROOT, expandDirectories: false })
const FILES = found(['test/**/*.test.ts'])

describe('the projects of the tests', () => {
  it.each([...OWN_PROCESS, ...THOROUGH])('%s names a file', (pattern) => {
    expect(found([pattern]).length).toBeGreaterThan(0)
  })

  it('name no file twice', () => {
    const own = new Set(found(OWN_PROCESS))
    expect(found(THOROUGH).filter((file) => own.has(file))).toEqual([])
  })

  it('give a process of its own to every file that replaces a module', () => {
    const own = found(OWN_PROCESS)
    const replaces = FILES.filter((file) => /^vi\.(mock|doMock)\(/m.test(readFileSync(join(ROOT, file), 'utf8')))
    expect(replaces.length).toBeGreaterThan(0)
    expect(replaces.filter((file) => !own.includes(file))).toEqual([])
  })

  it('keep files that start the program out of the quick tests', () => {
    const others = found([...OWN_PROCESS, ...THOROUGH])
    const quick = FILES.filter((file) => !others.includes(file))
    expect(quick.length).toBeGreaterThan(100)
    expect(quick.filter((file) => /from '.*kit\/cli\.ts'/.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
  })
})
