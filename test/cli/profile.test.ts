/** The screen of `siftstep profile`: how files are written, what is wrong with them, and why they cannot be read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-profile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function profile(name: string, content: string) {
  writeFileSync(join(folder, name), content)
  return runCli(['profile', name], { cwd: folder })
}

describe('profile', () => {
  it('shows records that are no rows, with their lines, and how many more there are', async () => {
    const { code, out } = await profile('ragged.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2\n1\n10,11,12\n')
    expect(code).toBe(0)
    expect(out.split('\n').slice(0, 5)).toEqual([
      'ragged.csv  6 records · 3 columns · utf-8 · delimiter "," · header row 1 · 4 broken records',
      '  line 3 has 2 fields instead of 3',
      '  line 4 has 4 fields instead of 3',
      '  line 5 has 2 fields instead of 3',
      '  and 1 more broken record',
    ])
  })

  it('shows what is to be decided about a column', async () => {
    const { out } = await profile('dates.csv', 'id,day\n1,02/03/2024\n2,05/04/2024\n3,07/08/2024\n')
    expect(out).toContain(
      '  "day" holds dates that are ambiguous (day first or month first); it stays text. To read it otherwise, set date_order: dmy or mdy, or types: {"day": date}, in the discover step\n',
    )
  })

  it('names no delimiter where there is one column, and no share of no rows', async () => {
    expect((await profile('one.csv', 'name\nann\nbob\n')).out).toMatch(/^one\.csv {2}2 records · 1 column · utf-8 · header row 1\n/)
    expect((await profile('none.csv', 'id,name\n')).out).toMatch(/\nid {6}text {9}– {7}–\n/)
  })

  it.each([
    ['zero.csv', '', 'zero.csv is empty (0 bytes)'],
    ['page.csv', '<!DOCTYPE html><html><p>no</p></html>', 'page.csv'],
  ])('says why %s cannot be read, and how to go on, but nothing of pipelines', async (name, content, what) => {
    const { code, out, err } = await profile(name, content)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.split('\n')[0]).toContain(what)
    expect(err).toMatch(/\n {3}hint: .*\n→ show {2}siftstep show r-\S+\n/)
    expect(err).toContain(`→ next  siftstep profile ${name}\n`)
    expect(err).not.toMatch(/Pipeline|published|siftstep run/)
  })

  it('names what lies there when the file does not exist, but not what nobody could mean', async () => {
    const { code, err } = await runCli(['profile', 'no such file.csv'], { cwd: folder })
    expect(code).toBe(1)
    expect(err).toMatch(/^❌ the source no such file\.csv does not exist\n {3}hint: \S+ contains /)
    expect(err).not.toContain('.siftstep,')
    expect(err).toContain("→ next  siftstep profile 'no such file.csv'\n")
  })
})
