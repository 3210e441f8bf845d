/**
 * Rename any key of any example by one letter: `siftstep validate` exits with 2, or warns of an input that no step reads, and names file, line and column. Every key through the
 * command line in this process, one of each example through the program. Keys that are names of columns are left out (test/kit/mutate-keys.ts):
 * another name is another column, which only the data can deny.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import type { Problem } from '#language/definition/problem.ts'
import { EXAMPLES } from '../../scripts/examples.ts'
import { runCli } from '../kit/cli.ts'
import { isCaught, type Mutation, mutations } from '../kit/mutate-keys.ts'
import { testTerminal } from './terminals.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-mutated-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The problems that were printed, with a place. */
const reported = (text: string) =>
  [...text.matchAll(/^pipeline\.yaml:(\d+):(\d+) (warning )?[a-z-]+(?: \S+)?: (.*)$/gm)].map(([, line, column, warning, what = '']) => ({
    line: Number(line),
    column: Number(column),
    level: warning === undefined ? 'error' : 'warning',
    what,
  })) as readonly Pick<Problem, 'line' | 'column' | 'level' | 'what'>[]

/** What is wrong with how a renamed key was answered; null when nothing is. */
function problem(mutation: Mutation, code: number | null, out: string, err: string): string | null {
  // warnings are part of what is printed of a definition that can run
  const fine = code === 2 ? out === '' && isCaught(reported(err), mutation) : code === 0 && isCaught(reported(`${out}${err}`), mutation)
  return fine ? null : `${mutation.path} renamed to ${mutation.renamed}, at ${mutation.line}:${mutation.column}: exit ${code}\n${out}${err}`
}

/** One renaming of each key. */
const renamings = (text: string) => [...mutations(text)].filter(({ key, renamed }) => renamed === `${key}x`)

describe.each(EXAMPLES)('validate of $name', ({ name, folder: example, text }) => {
  beforeAll(() => {
    if (existsSync(join(example, 'steps'))) cpSync(join(example, 'steps'), join(folder, 'steps'), { recursive: true })
  })
  const keys = renamings(text)

  it('reports every renamed key', async () => {
    const terminal = testTerminal({ cwd: () => folder })
    const problems: (string | null)[] = []
    for (const mutation of keys) {
      writeFileSync(join(folder, 'pipeline.yaml'), mutation.text)
      Object.assign(terminal.written, { out: '', err: '' })
      const code = await main(['validate', 'pipeline.yaml'], terminal)
      problems.push(problem(mutation, code, terminal.written.out, terminal.written.err))
    }
    expect(keys.length).toBeGreaterThan(25)
    expect(problems.filter((one) => one !== null)).toEqual([])
  })

  it('exits with 2', async () => {
    // another key for each example
    const mutation = keys[(name.length * 31) % keys.length]
    if (mutation === undefined) throw new Error('there is no key')
    writeFileSync(join(folder, 'pipeline.yaml'), mutation.text)
    const { code, out, err } = await runCli(['validate', 'pipeline.yaml'], { cwd: folder })
    expect(problem(mutation, code, out, err)).toBeNull()
  })
})
