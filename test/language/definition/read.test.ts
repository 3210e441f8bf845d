import fc from 'fast-check'
import { NO_REFERENCES } from '#language/definition/references.ts'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readDefinition } from '#language/definition/read.ts'
import type { Json } from '#core/json.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { changed, JUNK, KEYS } from './changed.ts'
import { DEFINITIONS, EVERY_FEATURE, NINE_STEPS } from './definitions.ts'
import { definitionOf, foundIn, problemsOf, stepOf, withSteps } from './problems-of.ts'

describe('a definition', () => {
  it('is read with the defaults of the language', () => {
    expect(definitionOf('version: 1\nid: tiny\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}}\n')).toEqual({
      version: 1,
      id: 'tiny',
      name: 'tiny',
      description: '',
      inputs: {},
      functions: {},
      on_failure: [],
      finally: [],
      environments: {},
      resources: {
        workers: 0,
        tiers: [
          { max_bytes: 1e9, workers: 1, distributed: false },
          { max_bytes: 1e10, workers: 4, distributed: false },
          { workers: 8, distributed: true },
        ],
        task_bytes: 256e6,
      },
      concurrency: {},
      steps: [
        {
          id: 'find',
          name: 'find',
          type: 'discover',
          with: { source: 'a.csv', chunk_rows: 10000, types: {}, date_order: 'auto', allow_empty: false },
          depends_on: [],
          retry: { errors: ['Transient'], max_attempts: 3, interval: 2, backoff_rate: 2, max_delay: 60, jitter: 'full' },
          on_error: { continue_on_error: false, fallback: [] },
          timeout: 900,
          fuse: true,
          resources: {},
          references: { settings: NO_REFERENCES, condition: NO_REFERENCES, fallback: [] },
        },
      ],
      timeout: 86_400,
      tags: [],
      triggers: [],
      monitoring: { metrics: [], alerts: [], logs: { level: 'INFO', retention_days: 30 } },
      notifications: {},
    })
  })

  it('is plain JSON, and the same each time', () => {
    for (const text of [NINE_STEPS, EVERY_FEATURE]) {
      const definition = definitionOf(text)
      expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
      expect(JSON.stringify(definitionOf(text))).toBe(JSON.stringify(definition))
    }
  })

  it('lays the defaults of the pipeline over those of the language, and each step over both', () => {
    expect(stepOf(NINE_STEPS, 'validate_schema').retry).toEqual({
      errors: ['Transient'],
      max_attempts: 3,
      interval: 5,
      backoff_rate: 2,
      max_delay: 120,
      jitter: 'full',
    })
    expect(stepOf(NINE_STEPS, 'discover_sources').retry).toEqual({
      errors: ['Transient', 'Data.NoSources'],
      max_attempts: 5,
      interval: 10,
      backoff_rate: 2,
      max_delay: 120,
      jitter: 'full',
    })
    expect(stepOf(EVERY_FEATURE, 'tidy')).toMatchObject({ timeout: 300, fuse: false, resources: { memory: 2 ** 30, max_concurrency: 8 } })
  })

  it('names errors to retry one by one, by category, and by what they mean', () => {
    const errors = (list: string) => stepOf(withSteps(`  - {id: a, type: lineage, retry: {errors: [${list}]}}\n`), 'a').retry.errors
    expect(errors('SourceUnavailable')).toEqual(['Transient', 'Data.NoSources'])
    expect(errors('Transient, Transient')).toEqual(['Transient'])
    expect(errors('Quality, States.Timeout')).toEqual(['Quality.GateFailed', 'States.Timeout'])
    expect(errors('Output')).toEqual(['Output.Conflict', 'Output.NoSpace', 'Output.Unwritable'])
    expect(errors('Transient, States.ALL')).toEqual(['States.ALL'])
  })

  it('never waits shorter than the first time; a shorter limit is a problem', () => {
    expect(stepOf(withSteps('  - {id: a, type: lineage, retry: {interval: 5m}}\n'), 'a').retry).toMatchObject({
      interval: 300,
      // the third wait
      max_delay: 1200,
    })
    expect(foundIn(withSteps('  - {id: a, type: lineage, retry: {interval: 5m, max_delay: 1m}}\n'))).toEqual(['invalid-value at 1m}}'])
    const defaults = 'defaults: {retry: {interval: 5m, max_delay: 1m}}\n'
    expect(foundIn(withSteps('  - {id: a, type: lineage}\n', defaults))).toEqual(['invalid-value at 1m}}'])
  })

  it('says how many rows may be bad, as a share', () => {
    const share = (value: string) =>
      stepOf(withSteps(`  - {id: a, type: lineage, on_error: {max_bad_rows: ${value}}}\n`), 'a').on_error.max_bad_rows
    expect([share('5%'), share('0.05'), share('"0.5 %"'), share('100%'), share('0')]).toEqual([0.05, 0.05, 0.005, 1, 0])
    const [problem] = problemsOf(withSteps('  - {id: a, type: lineage, on_error: {max_bad_rows: 5}}\n'))
    expect(problem?.hint).toContain('write 5%')
  })

  it('holds a fallback as complete settings, checked like them', () => {
    const steps = (fallback: string) =>
      withSteps(`  - {id: out, type: export, with: {to: "x/{{ ds }}", format: parquet}, on_error: {fallback: [${fallback}]}}\n`)
    expect(stepOf(steps('{format: csv}, {to: y}'), 'out').on_error.fallback).toEqual([
      { to: "{% 'x/' & $string($run.ds) %}", mode: 'replace', format: 'csv' },
      { to: 'y', mode: 'replace', format: 'parquet' },
    ])
    expect(foundIn(steps('{frmat: csv}'))).toEqual(['unknown-setting at frmat: csv'])
    expect(foundIn(steps('{format: cvs}'))).toEqual(['invalid-value at cvs}]}}'])
  })

  it('has tiers from small to large, the last for any amount', () => {
    const tiers = (list: string) => foundIn(withSteps('  - {id: a, type: lineage}\n', `resources: {tiers: [${list}]}\n`))
    expect(tiers('{max_bytes: 1GB, workers: 1}, {workers: 2}')).toEqual([])
    expect(tiers('{max_bytes: 1GB, workers: 1}')).toEqual(['invalid-value at 1GB, worke'])
    expect(tiers('{workers: 1}, {max_bytes: 1GB, workers: 2}, {workers: 3}')).toEqual(['invalid-value at {workers: '])
    expect(tiers('{max_bytes: 2GB, workers: 1}, {max_bytes: 1GB, workers: 2}, {workers: 3}')).toEqual(['invalid-value at {max_bytes'])
  })

  it('has no more steps than a machine has room for', () => {
    const steps = Array.from({ length: 1000 }, (_, at) => `  - {id: s${at}, type: lineage}\n`)
    expect(foundIn(withSteps(steps.join('')))).toEqual(['invalid-value at - {id: fin'])
    expect(foundIn(withSteps(steps.slice(1).join('')))).toEqual([])
  })

  it('warns of tasks that are longer than a Lambda lives', () => {
    const result = readDefinition(withSteps('  - {id: a, type: lineage, timeout: 20m}\n'), { file: 'p.yaml' })
    expect(result.ok && result.warnings.map(({ code, level, path }) => `${level} ${code} ${path}`)).toEqual([
      'warning timeout-over-lambda steps.1.timeout',
    ])
  })

  it('limits every run: to a day and the waits of its sensors, or to what the definition says', () => {
    const timeoutOf = (steps: string, top = '') => {
      const result = readDefinition(withSteps(steps, top), { file: 'p.yaml' })
      return result.ok ? result.definition.timeout : result.problems
    }
    expect(timeoutOf('')).toBe(86_400)
    expect(timeoutOf('  - {id: a, type: sensor, with: {for: a.csv, timeout: 2h}}\n')).toBe(86_400 + 7200)
    expect(
      timeoutOf(
        '  - {id: a, type: sensor, with: {for: a.csv, timeout: "{{ inputs.wait }}"}}\n',
        'inputs: {wait: {type: string, default: 1h}}\n',
      ),
    ).toBe(86_400)
    expect(timeoutOf('', 'timeout: 90m\n')).toBe(5400)
  })

  it('finds durations that no run can have', () => {
    const long = (top: string) => foundIn(withSteps('', top))
    expect(long('timeout: 366d\n')).toEqual(['invalid-value at 366d'])
    expect(long('timeout: 365d\n')).toEqual([])
    expect(long('monitoring: {sla: 99999999999}\n')).toEqual(['invalid-value at 9999999999'])
    expect(long('schedule: {every: 9999d}\n')).toEqual(['invalid-value at 9999d}'])
    expect(foundIn(withSteps('  - {id: a, type: lineage, retry: {max_delay: 1000000h}}\n'))).toEqual(['invalid-value at 1000000h}}'])
    expect(foundIn(withSteps('  - {id: a, type: sensor, with: {for: a.csv, timeout: 9999d, poke_interval: 300d}}\n'))).toEqual([
      'invalid-value at 9999d, pok',
    ])
    const lookback = (time: string) => `  - {id: a, type: detect_changes, with: {column: at, lookback: ${time}}}\n`
    expect(foundIn(withSteps(lookback('3650d')))).toEqual([])
    expect(foundIn(withSteps(lookback('99999d')))).toEqual(['invalid-value at 99999d}}'])
  })

  it('has the places of its parts, for problems found only in a run', () => {
    const result = readDefinition(EVERY_FEATURE, { file: 'p.yaml' })
    if (!result.ok) throw new Error('it has problems')
    const lines = EVERY_FEATURE.split('\n')
    const at = (path: string) => {
      const { line, column } = result.map.at(path)
      return lines[line - 1]?.slice(column - 1, column + 11)
    }
    expect(at('steps.3.with.operations.0.filter')).toBe('"amount > 0 ')
    expect(at('steps.3.with.operations.0.filter.nothing.here')).toBe('"amount > 0 ')
    expect(at('steps.1.parallel.1.with.required.0')).toBe('order_id], c')
    expect(at('steps.6.with.derive')).toBe('to: "${paths'.slice(0, 12))
    expect(at('')).toBe('version: 1')
    expect(at('no.such.path')).toBe('version: 1')
  })
})

describe('the order of steps', () => {
  const waits = (steps: string) => definitionOf(withSteps(steps)).steps.map(({ id, depends_on }) => `${id}: ${depends_on.join(' ')}`)

  it('is that of the list, unless depends_on says otherwise', () => {
    expect(
      waits(
        '  - {id: a, type: lineage}\n  - {id: b, type: lineage}\n  - {id: c, type: lineage, depends_on: [find]}\n  - {id: d, type: monitor, depends_on: []}\n',
      ),
    ).toEqual(['find: ', 'a: find', 'b: a', 'c: find', 'd: '])
  })

  it('has groups of steps that run side by side; a step of one is waited for by itself', () => {
    const steps =
      '  - parallel:\n      - {id: a, type: lineage}\n      - {id: b, type: lineage}\n  - {id: c, type: lineage, depends_on: [a, b]}\n  - {id: d, type: lineage, with: {namespace: "{{ b.result.events }}"}}\n'
    expect(waits(steps)).toEqual(['find: ', 'parallel_1: find', 'c: a b', 'd: c'])
    const [, group] = definitionOf(withSteps(steps)).steps
    expect(group).toMatchObject({
      parallel: [
        { id: 'a', depends_on: ['find'] },
        { id: 'b', depends_on: ['find'] },
      ],
    })
    expect(waits('  - {id: parallel_1, type: lineage}\n  - parallel: [{id: a, type: lineage}]\n').at(-1)).toBe('parallel_2: parallel_1')
  })

  it('lets the steps of a group read nothing of each other', () => {
    expect(
      foundIn(
        withSteps(
          '  - parallel:\n      - {id: a, type: lineage}\n      - {id: b, type: lineage, with: {namespace: "{{ a.result.events }}"}}\n',
        ),
      ),
    ).toEqual(['not-yet-run at {{ a.resul'])
  })

  it('shows a circle once, as the steps that make it', () => {
    const problems = problemsOf(
      withSteps(
        '  - {id: a, type: lineage, depends_on: [c]}\n  - {id: b, type: lineage}\n  - {id: c, type: lineage}\n  - {id: d, type: lineage, with: {namespace: "{{ a.result.events }}"}}\n',
      ),
    )
    expect(problems.map(({ code, what }) => `${code}: ${what}`)).toEqual(['cycle: steps depend on each other in a cycle: a → c → b → a'])
  })

  it('reports no problem for a name it cannot know', () => {
    expect(
      foundIn(
        withSteps('  - {id: A, type: lineage}\n  - {id: b, type: lineage, depends_on: [a], with: {namespace: "{{ a.result.events }}"}}\n'),
      ),
    ).toEqual(['invalid-id at A, type: l'])
    expect(foundIn(withSteps('  - {id: a, typ: lineage}\n  - {id: b, type: lineage, with: {namespace: "{{ a.result.x }}"}}\n'))).toEqual([
      'unknown-key at typ: linea',
    ])
    expect(
      foundIn(
        'version: 1\nid: a\ninptus: {x: {type: string, default: y}}\nsteps:\n  - {id: find, type: discover, with: {source: "{{ x }}{{ inputs.x }}"}}\n',
      ),
    ).toEqual(['unknown-key at inptus: {x'])
  })
})

describe('problems', () => {
  it('are found all at once, in the order of their places', () => {
    const text = `version: 1
id: sales
inputs:
  source: {type: strng}
  other: {type: integer, default: x}
steps:
  - id: find
    type: discover
    with: {source: "{{ inputs.source }}", chunk_rows: zero}
    timout: 5m
  - id: tidy
    type: clean
    depends_on: [fnd]
    with:
      rules:
        - {mising: auto}
        - {missing: {strategy: medain}}
  - id: out
    type: export
    with: {to: "x/{{ run.idd }}"}
`
    expect(foundIn(text)).toEqual([
      'invalid-value at strng}',
      'unused-input at other: {ty',
      'invalid-input-default at x}',
      'wrong-type at zero}',
      'unknown-key at timout: 5m',
      'unknown-dependency at fnd]',
      'unknown-setting at mising: au',
      'invalid-value at medain}}',
      'unknown-name at {{ run.idd',
    ])
  })

  it('say what is meant by keys of other tools', () => {
    const hints = problemsOf('version: 1\nid: a\nsteps:\n  - {task_id: b, task_type: x, parameters: {}, retries: 3, if: y}\n').map(
      ({ code, hint }) => `${code}: ${hint.split(';')[0]}`,
    )
    expect(hints).toEqual([
      'unknown-key: write `id`',
      'unknown-key: write `type`',
      'unknown-key: write `with`',
      'unknown-key: write `retry: {max_attempts: …}`',
      'unknown-key: write `condition`',
    ])
  })

  it.each(['outputs', 'tags'])('refuse the key %s of a step as one of a later version', (key) => {
    const [problem, ...rest] = problemsOf(withSteps(`  - {id: a, type: lineage, ${key}: {}}\n`))
    expect([problem?.code, problem?.what, rest]).toEqual(['unsupported-key', `\`${key}\` is not supported by this version`, []])
  })

  it('speak of the branch that is meant', () => {
    const rules = (kind: string, list: string) =>
      problemsOf(withSteps(`  - id: a\n    type: ${kind}\n    with:\n      rules:\n        - ${list}\n`)).map(({ what }) => what)
    expect(rules('clean', '{missing: {strategi: mean}}')).toEqual(['`strategi` is not a setting of `missing`'])
    expect(rules('clean', '{missing: auot}')).toEqual(["`missing` is 'auot'"])
    expect(rules('clean', '{missing: [a]}')).toEqual(['`missing` is a list of 1'])
    expect(rules('clean', '{}')).toEqual(['item 1 of `rules` is empty'])
    expect(rules('clean', '{missing: auto, drop: [a]}')).toEqual(['`missing` and `drop` cannot be used together in item 1 of `rules`'])
    expect(rules('validate', '{rule_type: range, colum: a, min: 1}')).toEqual(['`colum` is not a setting of `rule_type: range`'])
    expect(rules('validate', '{rule_type: rang, column: a}')).toEqual(["`rule_type` is 'rang'"])
    expect(rules('validate', '{column: a, min: 1}')).toEqual(['item 1 of `rules` has no `rule_type`'])
    expect(rules('validate', '{rule_type: range, column: a}')).toEqual(['item 1 of `rules` is a mapping (rule_type, column)'])
  })

  it('suggest fixes for common mistakes', () => {
    const hint = (settings: string) =>
      problemsOf(`version: 1\nid: a\nsteps:\n  - {id: find, type: discover, with: {source: x, ${settings}}}\n`)[0]?.hint.split(/[;?]/)[0]
    expect(hint('chunk_rows: 010')).toBe('write 10, without zeros in front')
    expect(hint('chunk_rows: "007_000"')).toBe('write 7000, without zeros in front')
    expect(hint('chunk_rows: "10_000"')).toBe('write 10000, without quotes or separators')
    expect(hint('chunk_rows: 10,000')).toContain('remove it')
    expect(hint('skip_lines: 3')).toBe('it belongs in `source`: write source: {path: …, skip_lines: …}')
    expect(hint('allow_empty: no')).toBe('write false')
    expect(hint('allow_empty: Yes')).toBe('write true')
    expect(hint('date_order: DMY')).toBe('did you mean dmy')
    expect(hint('null_values: none')).toBe('write it as a list: [none]')
    expect(hint('types: {a: "{{ x }}"}')).toBe('this value must be known before the run, so it cannot be a reference')
    expect(hint('chunk_rows:')).toBe('give it a value or remove the key')
  })
})

describe('the kinds of steps', () => {
  const examples = (STEP_KINDS as readonly StepKind[]).flatMap((kind) =>
    kind.examples.map((example) => [kind.kind, example.title, [...(example.before ?? []), example.yaml]] as const),
  )

  it.each(examples)('%s: the example "%s" is read', (kind, _title, steps) => {
    const step = steps.map((yaml) => yaml.replace(/^/gm, '    ').replace('    ', '  - ').trimEnd()).join('\n')
    const text = kind === 'discover' ? `version: 1\nid: a\nsteps:\n${step}\n` : withSteps(`${step}\n`)
    // the files that examples name are not here
    const problems = problemsOf(text, { readAsset: () => ({ content: new Uint8Array(1) }) })
    expect(problems.map(({ code }) => code)).toEqual(kind === 'todo' ? ['not-written-yet'] : [])
  })
})

describe('reading', () => {
  it('gives a whole definition, or says why not, whatever is changed', () => {
    const whole = Object.values(DEFINITIONS).map((text) => parse(text) as Json)
    const seen = { read: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(250),
        fc.constantFrom('replace', 'remove', 'add'),
        JUNK,
        KEYS,
        (which, at, how, part, name) => {
          const text = stringify(changed(whole[which] ?? null, at, how, part, name))
          const result = readDefinition(text, { file: 'p.yaml' })
          if (!result.ok) {
            seen.refused++
            expect(result.problems.filter(({ level }) => level === 'error')).not.toEqual([])
            return
          }
          seen.read++
          const steps = (parse(text) as { steps: unknown[] }).steps
          expect(result.definition.steps).toHaveLength(steps.length)
        },
      ),
      { numRuns: 500 },
    )
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(20)
  })
})
