/** Commands that read a definition: run (as far as its problems), validate, compile, and help with inputs. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '#run/runs/env-file.ts'
import { main } from '#cli/main.ts'
import { template } from '#cli/templates/usual.ts'
import { inFolder } from './terminals.ts'

async function cli(files: { readonly [path: string]: string }, env: Record<string, string> = {}) {
  const { folder, terminal } = await inFolder({ env })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const run = async (...argv: string[]) => {
    terminal.written.out = ''
    terminal.written.err = ''
    const code = await main(argv, terminal)
    return { code, ...terminal.written }
  }
  return { folder, terminal, run }
}

const PIPELINE = template('Daily Sales')
const BROKEN = `version: 1
id: broken
steps:
  - {id: find, type: discvoer, with: {source: data/*.csv}}
  - {id: out, type: export, with: {to: out, fromat: csv}}
`
const CONFIGURED = `version: 1
id: configured
config: settings/config.yaml
steps:
  - {id: find, type: discover, with: {source: "\${root}/*.csv", chunk_rows: "\${rows}"}}
  - {id: out, type: export, with: {to: "\${env.OUT}"}}
`

describe('validate', () => {
  it('says what a definition holds', async () => {
    const { run } = await cli({ 'a.yaml': PIPELINE, 'pipelines/b.yaml': PIPELINE })
    expect(await run('validate', 'a.yaml', 'pipelines/b.yaml')).toEqual({
      code: 0,
      err: '',
      out: 'a.yaml: ok (9 steps, 5 inputs)\npipelines/b.yaml: ok (9 steps, 5 inputs)\n',
    })
  })

  it('prints every problem of every file, with its place, and exits with 2', async () => {
    const { run } = await cli({ 'a.yaml': BROKEN, 'b.yaml': PIPELINE })
    const { code, out, err } = await run('validate', 'a.yaml', 'b.yaml')
    expect([code, out]).toEqual([2, 'b.yaml: ok (9 steps, 5 inputs)\n'])
    expect(err).toMatch(/^a\.yaml:4:\d+ [a-z-]+ steps\.0\.type: .*\n {2}hint: .*discover/)
    expect(err).toMatch(/^a\.yaml:5:\d+ unknown-setting steps\.1\.with\.fromat: .*\n {2}hint: did you mean `format`\?/m)
  })

  it.each([
    ['pipelne.yaml', 'the definition pipelne.yaml does not exist', 'did you mean pipeline.yaml?'],
    ['zzz', 'the definition zzz does not exist', 'relative to the current folder'],
    ['no/such/p.yaml', 'the definition no/such/p.yaml does not exist: no folder no/such', 'relative'],
    ['folder', 'the definition folder is a folder', 'give a file'],
  ])('says of %s that it cannot be read, and exits with 2', async (path, what, hint) => {
    const { run } = await cli({ 'pipeline.yaml': PIPELINE, 'folder/x': '' })
    const { code, err } = await run('validate', path)
    expect(code).toBe(2)
    expect(err).toContain(`siftstep: ${what}\n  hint: `)
    expect(err).toContain(hint)
  })
})

const TASKS = `pipeline_id: tasks # a comment
tasks:
  - {task_id: find, task_type: ingestion, parameters: {source_config: {type: file, file_path: data/*.csv}}, retry_count: 1}
  - {task_id: out, task_type: export, parameters: {destination_config: {type: file, file_path: out}}}
`

describe('a definition in a dialect', () => {
  it('is shown as what it is read as', async () => {
    const { run } = await cli({ 'tasks.yaml': TASKS, 'steps.yaml': PIPELINE })
    expect((await run('validate', 'tasks.yaml')).out).toBe('tasks.yaml: ok (2 steps, 0 inputs, read as: task list)\n')
    expect((await run('fmt', 'tasks.yaml')).err).toContain('siftstep: no form is given')
  })

  it('is printed in the canonical form, which compiles to the same machine, with a note where comments are lost', async () => {
    const { run, folder } = await cli({ 'tasks.yaml': TASKS })
    const { code, out, err } = await run('fmt', '--canonical', 'tasks.yaml')
    expect([code, err]).toEqual([0, 'note: the comments of tasks.yaml are not in the canonical text\n'])
    expect(out).toMatch(/^version: 1\nid: tasks\nsteps:\n {2}- id: find\n {4}type: discover\n/)
    await writeFile(join(folder, 'canonical.yaml'), out)
    expect((await run('compile', '--hash', 'canonical.yaml')).out).toBe((await run('compile', '--hash', 'tasks.yaml')).out)
    expect(await run('fmt', '--canonical', 'canonical.yaml')).toEqual({ code: 0, err: '', out })
  })

  it('is not printed while it has problems', async () => {
    const { run } = await cli({ 'tasks.yaml': TASKS.replace('retry_count', 'retries') })
    const { code, out, err } = await run('fmt', '--canonical', 'tasks.yaml')
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^tasks\.yaml:3:\d+ unknown-key tasks\.0\.retries: `retries` is not a key of `task_type: ingestion`/)
  })
})

describe('compile', () => {
  it('prints the machine, the plan or the hash', async () => {
    const { run } = await cli({ 'p.yaml': PIPELINE })
    const machine = await run('compile', 'p.yaml')
    expect(JSON.parse(machine.out)).toMatchObject({ QueryLanguage: 'JSONata', StartAt: 'Init' })
    expect(await run('compile', 'p.yaml', '--asl')).toEqual(machine)
    expect(JSON.parse((await run('compile', 'p.yaml', '--plan')).out)).toMatchObject({ pipeline: { id: 'daily_sales' } })
    expect((await run('compile', 'p.yaml', '--hash')).out).toMatch(/^[0-9a-f]{64}\n$/)
  })

  it('prints nothing of what does not compile', async () => {
    const { run } = await cli({ 'p.yaml': BROKEN })
    expect(await run('compile', 'p.yaml')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('unknown-setting') })
    expect(await run('compile', 'p.yaml', '--hash', '--plan')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--plan and --hash exclude each other'),
    })
  })
})

describe('values for ${…}', () => {
  const files = {
    'in/p.yaml': CONFIGURED,
    'in/settings/config.yaml': 'root: data\nrows: 10\n',
    'more.yaml': 'root: other\n',
    '.env': '# where to\nexport OUT="from file" # here\n',
  }
  const settings = (out: string) =>
    JSON.stringify(
      (JSON.parse(out) as { stages: { step?: { with: unknown }; sink?: { with: unknown } }[][] }).stages.map(
        ([unit]) => unit?.step?.with ?? unit?.sink?.with,
      ),
    )

  it('come from the file the definition names, the command line, and the environment', async () => {
    const { run } = await cli(files, { OUT: 'out' })
    const plain = await run('compile', 'in/p.yaml', '--plan')
    expect([plain.err, settings(plain.out)]).toMatchObject(['', expect.stringContaining('"source":"data/*.csv","chunk_rows":10')])
    const changed = await run('compile', 'in/p.yaml', '--plan', '--config', 'more.yaml', '--config', 'rows=500')
    expect(settings(changed.out)).toMatch(/"source":"other\/\*\.csv","chunk_rows":500.*"to":"out"/)
  })

  it('come from an env file, where the environment has none of that name', async () => {
    const without = await cli(files)
    expect((await without.run('compile', 'in/p.yaml')).code).toBe(2)
    expect(settings((await without.run('compile', 'in/p.yaml', '--plan', '--env-file', '.env')).out)).toContain('"to":"from file"')
    const { run } = await cli(files, { OUT: 'first' })
    expect(settings((await run('compile', 'in/p.yaml', '--plan', '--env-file', '.env')).out)).toContain('"to":"first"')
  })

  it.each([
    [['--config', '=5'], 'does not have the form name=value'],
    [['--config', 'a..b=5'], 'has an empty part in its name'],
    [['--config', 'none.yaml'], 'the config file none.yaml does not exist'],
    [['--config', 'list.yaml'], 'the config file list.yaml is not a mapping of names to values'],
    [['--config', 'wrong.yaml'], 'invalid config file: wrong.yaml:'],
    [['--env-file', 'list.yaml'], 'list.yaml:1 is not a variable: "- a"'],
  ])('%j is refused', async (flags, what) => {
    const { run } = await cli({ ...files, 'list.yaml': '- a\n', 'wrong.yaml': 'a: [1\n' })
    const { code, err } = await run('compile', 'in/p.yaml', ...flags)
    expect(code).toBe(2)
    expect(err).toContain(what)
  })

  it('are read from env files as other programs read them', () => {
    const text = '\uFEFFA=1\r\n\r\n  # no\nB = two words # comment\nC="a # b\\nc"\nD=\'$A\\n\'\nE=\nF=x#y\n'
    expect(parseEnvFile(text, '.env')).toEqual({ A: '1', B: 'two words', C: 'a # b\nc', D: '$A\\n', E: '', F: 'x#y' })
  })
})

describe('run', () => {
  const given = ['--input', 'source=a', '--input', 'output_path=b']

  it('prints the problems of the definition before anything is touched', async () => {
    const { run } = await cli({ 'p.yaml': BROKEN })
    expect(await run('run', 'p.yaml')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('p.yaml:4:') })
  })

  it('prints all problems of the inputs at once', async () => {
    const { run } = await cli({ 'p.yaml': PIPELINE })
    const { code, err } = await run('run', 'p.yaml', '--input', 'sorce=x', '--input', 'sla_seconds=soon', '--input', 'output_format=xml')
    expect(code).toBe(2)
    for (const problem of [
      'missing-input',
      'unknown-input',
      'did you mean `source`?',
      'sla_seconds=soon invalid-input',
      'output_format=xml',
    ])
      expect(err).toContain(problem)
  })

  it.each([
    [[...given, '--input', 'sla_seconds'], '--input "sla_seconds" does not have the form name=value'],
    [['--input-file', 'none.json'], 'the input file none.json does not exist'],
    [['--input-file', 'bad.json'], 'the input file bad.json is not JSON'],
    [['--input-file', 'list.json'], 'the input file list.json is not a JSON object'],
  ])('%j is refused', async (flags, what) => {
    const { run } = await cli({ 'p.yaml': PIPELINE, 'bad.json': '{', 'list.json': '[1]' })
    const { code, err } = await run('run', 'p.yaml', ...flags)
    expect(code).toBe(2)
    expect(err).toContain(what)
  })

  it('takes inputs from a file, those of the command line first', async () => {
    const { run } = await cli({ 'p.yaml': PIPELINE, 'in.json': '{"source": "a", "output_path": "b", "sla_seconds": "never"}' })
    expect((await run('run', 'p.yaml', '--input-file', 'in.json')).err).toContain('sla_seconds=never invalid-input')
    const { err } = await run('run', 'p.yaml', '--input-file', 'in.json', '--input', 'sla_seconds=0')
    expect(err).toContain('sla_seconds=0 invalid-input')
    expect(err).not.toContain('never')
  })

  it('lists the inputs of a definition in its help', async () => {
    const { run } = await cli({
      'p.yaml': PIPELINE,
      'b.yaml': BROKEN,
      'n.yaml': 'version: 1\nid: n\nsteps:\n  - {id: find, type: discover, with: {source: a}}\n',
    })
    const { code, out } = await run('run', 'p.yaml', '--help')
    expect(code).toBe(0)
    expect(out).toContain(`Inputs of p.yaml:
  source             string, required: Files to read: a path, a folder or a pattern
  output_path        string, required: Folder to publish to
  output_format      string, default parquet, one of parquet, csv, json, ndjson: Format of the output
  quality_threshold  number, default 0.9, at least 0, at most 1: Score the output must reach
  sla_seconds        integer, default 300, at least 1: Seconds the run may take
`)
    expect((await run('run', 'n.yaml', '--help')).out).toContain('Inputs of n.yaml:\n  none\n')
    expect((await run('run', 'b.yaml', '--help')).out).toMatch(
      /Cannot list the inputs of b\.yaml: it has \d problems \(see siftstep validate b\.yaml\)\n$/,
    )
  })
})
