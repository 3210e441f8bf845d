/** Commands that write folders: init and demo. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main, processTerminal } from '#cli/main.ts'
import { idFrom } from '#cli/templates/template.ts'
import { template } from '#cli/templates/usual.ts'
import { inFolder } from './terminals.ts'

describe('init', () => {
  it('writes a definition with nine steps that is as it must be', async () => {
    const { folder, terminal } = await inFolder()
    expect(await main(['init', 'sales', '--name', 'Daily: "sales" — été'], terminal)).toBe(0)
    expect(await readFile(join(folder, 'sales/.gitignore'), 'utf8')).toBe('.siftstep/\n')
    terminal.written.out = ''
    expect(await main(['validate', 'sales/pipeline.yaml'], terminal)).toBe(0)
    expect(terminal.written).toEqual({ out: 'sales/pipeline.yaml: ok (9 steps, 5 inputs)\n', err: '' })
    const text = await readFile(join(folder, 'sales/pipeline.yaml'), 'utf8')
    expect(text).toContain('id: daily_sales_ete\nname: "Daily: \\"sales\\" — été"\n')
    expect(text.match(/^ {2}# \d\. /gm)).toHaveLength(9)
  })

  it('overwrites no definition, and adds its line to a .gitignore once', async () => {
    const { folder, terminal } = await inFolder()
    await writeFile(join(folder, '.gitignore'), 'node_modules/')
    expect(await main(['init'], terminal)).toBe(0)
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules/\n.siftstep/\n')
    await writeFile(join(folder, 'pipeline.yaml'), 'mine')
    expect(await main(['init'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('pipeline.yaml already exists; it was not overwritten')
    expect(await readFile(join(folder, 'pipeline.yaml'), 'utf8')).toBe('mine')
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules/\n.siftstep/\n')
  })

  it.each([
    ['Daily Sales', 'daily_sales'],
    ['2024 Über-Orders!', 'uber_orders'],
    ['日本', 'pipeline'],
    ['x'.repeat(80), 'x'.repeat(60)],
  ])('makes an id of %s', (name, id) => {
    expect(idFrom(name)).toBe(id)
  })
})

describe('demo', () => {
  /** An installed package whose example cannot be run, so that only the copying happens. */
  async function installed() {
    const { folder, terminal } = await inFolder()
    const examples = join(folder, 'package/examples/')
    await mkdir(join(examples, 'data-processing/input'), { recursive: true })
    await mkdir(join(examples, 'data-processing/expected'))
    const files = {
      'pipeline.yaml': `# yaml-language-server: $schema=../../schema/pipeline.schema.json\n${template('x').replace('type: lineage', 'type: lineag')}`,
      'README.md': '# Demo\n',
      'input/a.csv': 'a\n1\n',
      'input/notes.txt': 'no',
      'expected/plan.json': '{}',
    }
    for (const [path, text] of Object.entries(files)) await writeFile(join(examples, 'data-processing', path), text)
    const schema = join(folder, 'package/pipeline.schema.json')
    await writeFile(schema, '{}')
    return { folder, terminal: { ...terminal, program: { ...terminal.program, examples, schema } } }
  }

  it('copies the pipeline, its data, its README and the schema editors check it by, prints problems of the copy, and can be called again', async () => {
    const { folder, terminal } = await installed()
    expect(await main(['demo'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('demo/pipeline.yaml:')
    expect((await readdir(join(folder, 'demo'), { recursive: true })).sort()).toEqual([
      'README.md',
      'input',
      'input/a.csv',
      'pipeline.schema.json',
      'pipeline.yaml',
    ])
    expect(await readFile(join(folder, 'demo/pipeline.yaml'), 'utf8')).toMatch(/^# yaml-language-server: \$schema=pipeline\.schema\.json\n/)
    await mkdir(join(folder, 'demo/processed'))
    await mkdir(join(folder, 'demo/.siftstep'))
    terminal.written.err = ''
    await main(['demo'], terminal)
    expect(terminal.written.err).toMatch(/^demo\/pipeline\.yaml:/)
  })

  it('finds what it copies in the package', () => {
    const { examples, schema } = processTerminal(new URL('../../', import.meta.url)).program
    expect([existsSync(join(examples, 'data-processing/pipeline.yaml')), existsSync(schema)]).toEqual([true, true])
  })

  it('touches no file that is not its own', async () => {
    const { folder, terminal } = await installed()
    await mkdir(join(folder, 'mine'))
    await writeFile(join(folder, 'mine/thesis.txt'), 'x')
    expect(await main(['demo', 'mine'], terminal)).toBe(2)
    expect(terminal.written.err).toContain(
      'mine contains files that do not belong to the demo: thesis.txt\n  hint: name an empty or a new folder: siftstep demo DIR',
    )
    expect(await readdir(join(folder, 'mine'))).toEqual(['thesis.txt'])
    await writeFile(join(folder, 'file'), '')
    expect(await main(['demo', 'file'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('file is a file')
  })

  it('does not run or replace a pipeline that was changed', async () => {
    const { folder, terminal } = await installed()
    await main(['demo'], terminal)
    await writeFile(join(folder, 'demo/pipeline.yaml'), 'version: 1\n')
    terminal.written.err = ''
    expect(await main(['demo'], terminal)).toBe(2)
    expect(terminal.written.err).toContain(
      'demo/pipeline.yaml has been edited since the demo wrote it; it was not overwritten\n  hint: run yours with siftstep run demo/pipeline.yaml',
    )
    expect(await readFile(join(folder, 'demo/pipeline.yaml'), 'utf8')).toBe('version: 1\n')
  })
})
