/** The screen in the README is what `npm start` prints: run ids and times apart, to the character. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runCli } from './kit/cli.ts'
import { commandsIn } from './kit/commands-in.ts'

const root = resolve(import.meta.dirname, '..')
const place = mkdtempSync(join(tmpdir(), 'siftstep-readme-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** What differs from run to run, and nothing else. */
const normalised = (screen: string) =>
  screen
    .replace(/\((\d+\.\ds|\d+m \d+s)/g, '(…s')
    .replace(/ in (\d+\.\ds|\d+m \d+s)$/m, ' in …s')
    .replace(/r-\d{8}-\d{6}-[0-9a-f]{4}/, 'r-…')

it('the screen is the one that npm start prints', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const [, program, line = ''] = /^(node bin\/siftstep\.js) (.*)$/.exec(scripts.start) ?? []
  expect(program).toBeDefined()
  const [{ args } = { args: [] }] = commandsIn(`\`\`\`sh\nsiftstep ${line}\n\`\`\`\n`)
  // the same folder as a clone has, so that nothing is written into this one
  cpSync(join(root, 'examples/data-processing'), join(place, 'examples/data-processing'), { recursive: true })
  const { code, out, err } = await runCli(args, { cwd: place })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const [, shown = ''] = /^```text\n(📊[\s\S]*?)^```$/m.exec(readme) ?? []
  expect(normalised(shown), 'npm start prints another screen now: paste it into README.md').toBe(normalised(out))
  expect(normalised(out)).toMatch(/^✅ Pipeline completed successfully in …s\n[\s\S]*^⚖ {2}Rows: .* balanced ✓\n→ report .*\/r-…\//m)
})

it('every file of the run it names is there', () => {
  const [runs] = readdirSync(join(place, '.siftstep/runs'))
  const files = readdirSync(join(place, '.siftstep/runs', runs ?? ''))
  const [, rows = ''] = /\| In `\.siftstep\/runs\/<run>\/` \|.*\n((?:\|.*\n)+)/.exec(readme) ?? []
  const named = rows.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
  expect(named.length).toBeGreaterThan(10)
  // `.md` after `quality-report.html` is another ending of the same
  const missing = named.filter(
    (name) => !files.some((file) => file === name.replace(/\/$/, '') || (name.startsWith('.') && file.endsWith(name))),
  )
  expect(missing).toEqual([])
})

it('the first screen names the two commands', () => {
  const first = readme.split('\n').slice(0, 40).join('\n')
  expect(first).toMatch(/^npm ci && npm start\b/m)
  expect(first).toMatch(/^npm test\b/m)
})
