/** Shell steps: what becomes of their text, that they never outlive their run, and a whole pipeline that starts with commands. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { readPipeline } from '#aws/cloud/read-pipeline.ts'
import { runCli } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const pipeline = (steps: string, head = '') => `version: 1\nid: commands\n${head}steps:\n${steps}`
const runOf = (definition: string) => {
  const compiled = compile(definition, { file: 'p.yaml' })
  if (!compiled.ok) return compiled.problems.map(({ code, path }) => `${code} ${path}`)
  const unit = compiled.plan.stages[0]?.[0]
  return unit?.unit === 'control' ? unit.step.with['run'] : undefined
}

describe('the text of commands', () => {
  it('keeps what is for the shell, and replaces names with a dot and names of the config', () => {
    const text = 'echo ${paths.raw} $HOME ${HOME} ${#list[@]} $(date) ${day} ${item:-x} $${day}'
    const definition = pipeline(`  - {id: go, type: shell, with: {run: '${text}'}}\n`, 'config: {paths: {raw: data/raw}, day: monday}\n')
    expect(runOf(definition)).toBe('echo data/raw $HOME ${HOME} ${#list[@]} $(date) monday ${item:-x} ${day}')
  })

  it('reports a name with a dot that the config lacks', () => {
    expect(runOf(pipeline("  - {name: Go, run: 'ls ${paths.rwa}'}\n", 'config: {paths: {raw: data}}\n'))).toContain(
      'unknown-config steps.0.run',
    )
  })

  it('may hold no reference, whose value would become part of the commands', () => {
    expect(runOf(pipeline("  - {id: go, type: shell, with: {run: 'echo {{ ds }}'}}\n"))).toEqual(['invalid-value steps.0.with.run'])
    expect(runOf(pipeline("  - {name: Go, run: 'echo {{ ds }}'}\n"))).toEqual(['invalid-value steps.0.run'])
  })

  it('is the whole step where it stands in place of a type', () => {
    expect(runOf(pipeline('  - {name: Make Room, run: mkdir -p out}\n'))).toBe('mkdir -p out')
    expect(runOf(pipeline('  - {id: go, run: mkdir -p out, type: shell}\n'))).toEqual(['unknown-key steps.0.run'])
  })
})

it('a pipeline with commands cannot be deployed, and the problem names the step', () => {
  const file = write('pipeline.yaml', pipeline('  - {name: Make Room, run: mkdir -p out}\n'))
  expect(() => readPipeline({ file })).toThrow(/`make_room` is a shell step, which cannot be deployed/)
})

describe('commands', () => {
  it('get values by variables only, whatever is in them', async () => {
    write(
      'pipeline.yaml',
      pipeline(
        '  - {id: go, type: shell, with: {run: \'echo "$WHAT" > said.txt\', env: {WHAT: "{{ what }}"}}}\n',
        'inputs: {what: {type: string, required: true}}\n',
      ),
    )
    const hostile = `"; touch broken; echo '$(touch worse)`
    const { code } = await runCli(['run', 'pipeline.yaml', '--input', `what=${hostile}`], { cwd: place })
    expect(code).toBe(0)
    expect(readFileSync(at('said.txt'), 'utf8')).toBe(`${hostile}\n`)
    expect([existsSync(at('broken')), existsSync(at('worse'))]).toEqual([false, false])
  })

  it('fail their step with the exit code and the last line of errors, and are not tried again', async () => {
    write('pipeline.yaml', pipeline('  - {name: Go, run: "echo one >> tried.txt; echo no such table >&2; false; echo never"}\n'))
    const { code, out, err } = await runCli(['run', 'pipeline.yaml'], { cwd: place })
    expect(code).toBe(1)
    expect(out + err).toContain('the commands ended with exit code 1: no such table')
    expect(readFileSync(at('tried.txt'), 'utf8')).toBe('one\n')
  })

  it('are killed with all their processes when the step takes too long', async () => {
    const script = 'echo $$ > pid.txt; (sleep 300 & echo $! >> pid.txt; wait); echo late > late.txt'
    write('pipeline.yaml', pipeline(`  - {id: go, type: shell, timeout: 2s, with: {run: '${script}'}}\n`))
    const { code } = await runCli(['run', 'pipeline.yaml'], { cwd: place })
    expect(code).toBe(1)
    const pids = readFileSync(at('pid.txt'), 'utf8').trim().split('\n').map(Number)
    expect(pids).toHaveLength(2)
    while (pids.some(isAlive)) await wait(50)
    expect(existsSync(at('late.txt'))).toBe(false)
  })
})

/** A zombie has ended, even if nobody has asked for its end. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

it('what commands write is read, checked and reported, and rows that do not exist as dates are in quarantine', async () => {
  write('settings.yaml', 'garden: {raw: data/raw, done: data/done, most: 2}\n')
  write(
    'pipeline.yaml',
    `version: 1
id: garden
config: ./settings.yaml
defaults: {max_concurrency: "\${garden.most}"}
blocks:
  - name: "Make folders"
    run: mkdir -p \${garden.raw} \${garden.done}
  - name: "Fetch"
    run: |
      echo "A title" > \${garden.raw}/days.csv
      for i in {1..40}; do echo "2024-02-$i,2.$i" >> \${garden.raw}/days.csv; done
  - parallel:
      - id: days
        type: process
        with:
          source: {path: "\${garden.raw}/days.csv", skip_lines: 1, header: false, columns: [day, rain]}
          validate: [{rule_type: date, column: day, on_fail: quarantine}]
          to: "\${garden.done}/days.csv"
  - {id: report, type: report, with: {from: days, stats: {days: count(*), first: min(rain)}, to: "\${garden.done}/report.txt"}}
`,
  )
  const { code, out } = await runCli(['run', 'pipeline.yaml'], { cwd: place })
  expect(out).toContain('40 in = 29 out + 11 quarantined   balanced ✓')
  expect(code).toBe(4)
  expect(readFileSync(at('data/done/report.txt'), 'utf8')).toContain('days   29')
})
