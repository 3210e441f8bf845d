/** The page about own steps is true: its files, written as they stand there, are tested and run by its commands. And what `siftstep test` finds. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandsIn } from '../kit/commands-in.ts'
import { runCli, runsIn } from '../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-own-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

describe('the page about own steps', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/own-steps.md'), 'utf8')
  const files = [...page.matchAll(/^`([\w./]+)`:\n\n```\w+\n(.*?)^```$/gms)]

  it('has files that its commands test and run, with the rows that it shows', async () => {
    expect(files.map(([, path]) => path)).toEqual(['steps/geocode.ts', 'pipeline.yaml', 'people.csv', 'sql.yaml', 'visits.csv'])
    for (const [, path = '', text = ''] of files) write(path, text)
    const commands = commandsIn(page)
    expect(commands.map(({ args }) => args[0])).toEqual(['test', 'run', 'run'])
    const accounts = [...page.matchAll(/^⚖ .*$/gm)].map(([line]) => line)
    expect(accounts).toHaveLength(2)
    for (const { args, exitCode } of commands) {
      const ended = await runCli(args, { cwd: folder })
      expect(ended).toMatchObject({ code: exitCode, err: '' })
      if (args[0] === 'test')
        expect(ended.out.split('\n')).toEqual([
          'steps/geocode.ts: geocode',
          '✓ case "places and others": 2 rows in, 1 out, 1 rejected',
          expect.stringMatching(/^✓ unusual values in "places and others": \d+ rows in, 6 out, \d+ rejected$/),
          '',
        ])
      else expect(ended.out).toContain(accounts.shift())
    }
    const [run = '', second = ''] = runsIn(folder)
    expect(readFileSync(join(folder, `.siftstep/runs/${second}/left_out-last_visit.csv`), 'utf8')).toBe(
      'person,day\n1,2024-02-01\n2,2023-12-31\n',
    )
    expect(readFileSync(join(folder, `.siftstep/runs/${run}/quarantine/quarantine.csv`), 'utf8')).toContain(
      'people.csv,2,3,15,place,reject,,,unknown place Oslo,"2,Oslo"',
    )
  })

  it('has a step whose code is in the hash of the machine, with the files that it imports', async () => {
    const hash = async () => (await runCli(['compile', 'other.yaml', '--hash'], { cwd: folder })).out
    write('other.yaml', files[1]?.[2]?.replace('geocode.ts', 'other.ts') ?? '')
    write('steps/other.ts', "import { word } from './word.ts'\nexport default { name: word, rows: (batch: unknown[]) => batch }\n")
    write('steps/word.ts', "export const word: string = 'a'\n")
    const before = await hash()
    expect(before).toMatch(/^[0-9a-f]{64}\n$/)
    expect(await hash()).toBe(before)
    write('steps/word.ts', "export const word: string = 'b'\n")
    expect(await hash()).not.toBe(before)
    write('steps/word.ts', 'export const word: string = \n')
    const broken = await runCli(['validate', 'other.yaml'], { cwd: folder })
    expect(broken.code).toBe(2)
    expect(`${broken.out}${broken.err}`).toMatch(
      /other\.yaml:5:\d+ .*steps\/other\.ts does not compile: steps\/word\.ts:\d+:\d+: Unexpected/s,
    )
  })
})

describe('siftstep test', () => {
  const tested = async (name: string, code: string) => {
    write(`${name}.js`, code)
    return runCli(['test', `${name}.js`], { cwd: folder })
  }
  const CASE = "{ name: 'one', rows: [{ id: 1, city: 'Bern' }], expect: [{ id: 1, city: 'Bern', size: 4 }] }"
  const step = (rows: string, cases = CASE) =>
    `export default { name: 'sizes', columns: { size: 'integer?' }, cases: [${cases}], rows: (batch) => ${rows} }`

  it('shows the smallest rows with which a step breaks, each by itself', async () => {
    const { code, out } = await tested('careless', step('batch.map((row) => ({ ...row, size: row.city.length }))'))
    expect(code).toBe(1)
    expect(out).toContain('✓ case "one": 1 row in, 1 out\n')
    expect(out).toMatch(/✗ unusual values in "one": threw TypeError: .*, with \{ id: "1", city: null \}\n/)
  })

  it('finds numbers that lose their digits', async () => {
    const { code, out } = await tested(
      'rounded',
      step('batch.map((row) => ({ ...row, id: Number(row.id ?? 0), size: (row.city ?? "").length }))'),
    )
    expect(code).toBe(1)
    expect(out).toContain('beyond 2^53 a number has lost digits; return a bigint, with { id: "9007199254740993", city: "Bern" }')
  })

  it.each([
    ['another value', step('batch.map((row) => ({ ...row, size: 5 }))'), 'row 0 of `expect`: size is "5", expected "4"'],
    [
      'a row too few',
      step('batch.map((row) => ({ ...row, size: 4 }))', CASE.replace('expect: [', "expect: [{ id: 0, city: '', size: 4 }, ")),
      'row 0 of `expect`: id is "1", expected "0"',
    ],
    ['a row lost', step('[]'), 'neither'],
    [
      'a rejection',
      "export default { name: 'no', cases: [{ name: 'one', rows: [{ id: 1 }], expect: [] }], rows: (batch, { reject }) => batch.map((row) => reject(row, 'odd')) }",
      'row 0 was rejected with "odd", and `rejected` does not say so',
    ],
    ['no cases', "export default { name: 'none', rows: (batch) => batch }", 'the file has none: write `cases:'],
  ])('fails for %s', async (_, code, why) => {
    const { code: exit, out } = await tested('wrong', code)
    expect(exit).toBe(1)
    expect(out).toContain(why === 'neither' ? 'was given 1 rows, returned 0 and rejected 0: 1 are lost' : why)
  })

  it('says that a file is no step, or is not there', async () => {
    const none = await tested('none', 'export const a = 1')
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('none.js is no step: it has no default export') })
    const missing = await runCli(['test', 'nowhere.js'], { cwd: folder })
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.js is no step: it does not exist') })
  })
})
