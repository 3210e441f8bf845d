/** Keys that say in other words what the language has: each does the same, and none is ignored. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { definitionOf, foundIn, problemsOf, stepOf, withSteps } from './problems-of.ts'

const PUBLISH = '  - {id: publish, type: export, with: {to: out}}\n'

describe('a loop', () => {
  const looped = (loop: string, namespace = 'x', head = '') =>
    withSteps(`  - {id: a, type: lineage, loop: {${loop}}, with: {namespace: "${namespace}"}}\n`, head)

  it('bounds what runs at a time by max_iterations if it is parallel, and else what there may be', () => {
    expect(stepOf(looped('foreach: [x, y], parallel: true, max_iterations: 4'), 'a').loop).toMatchObject({
      max_concurrency: 4,
      max_items: 0,
    })
    expect(stepOf(looped('foreach: [x, y], max_iterations: 4'), 'a').loop).toMatchObject({ max_concurrency: 1, max_items: 4 })
    expect(problemsOf(looped('foreach: [x, y, z], max_iterations: 2')).map(({ what }) => what)).toEqual([
      'the list has 3 items, but `max_iterations` is 2',
    ])
    expect(foundIn(looped('foreach: [x], parallel: true, max_iterations: 4, max_concurrency: 2'))).toHaveLength(1)
    expect(foundIn(looped('foreach: [x], max_iterations: 4, max_items: 2'))).toHaveLength(1)
  })

  it('may call its item like an input, which inputs.… still reads', () => {
    const head = 'inputs: {file: {type: string, default: a}}\n'
    const step = stepOf(looped('foreach: [x], as: file', '{{ file }}-{{ inputs.file }}', head), 'a')
    expect(step.with).toMatchObject({ namespace: "{% $string($states.input.item) & '-' & $string($inputs.file) %}" })
  })

  it('over sources has no item, not even one called like an input', () => {
    const head = 'inputs: {source: {type: string, default: a}}\n'
    const over = 'foreach: "{{ find.result.sources }}", as: source'
    const text = (read: string) => withSteps(`  - {id: a, type: profile, loop: {${over}}, with: {top_values: "${read}"}}\n`, head)
    expect(problemsOf(text('{{ source }}')).map(({ code, hint }) => [code, hint?.split(' for ')[0]])).toEqual([
      ['item-outside-loop', 'write {{ inputs.source }}'],
    ])
    expect(problemsOf(text('{{ inputs.source }}'))).toEqual([])
  })

  it('over file_chunks is one over the sources of the only discover step before', () => {
    const text = (more = '') =>
      `${withSteps('')}${more}  - {id: look, type: profile, loop: {foreach: "{{ file_chunks }}", max_iterations: 1000}}\n`
    expect(stepOf(text(), 'look').loop).toMatchObject({ sources_of: 'find', max_items: 1000 })
    expect(foundIn(text('  - {id: more, type: discover, with: {source: b.csv}}\n'))).toEqual(['invalid-value at "{{ file_c'])
    expect(foundIn(withSteps('  - {id: a, type: lineage, with: {namespace: "{{ file_chunks }}"}}\n'))).toEqual([
      'unknown-name at {{ file_ch',
    ])
  })
})

describe('on_error', () => {
  const failing = (on_error: string, more = '') =>
    withSteps(`  - {id: tidy, type: clean, on_error: {${on_error}}${more}, with: {rules: [{missing: auto}]}}\n`)

  it('names the retries in its own words', () => {
    expect(stepOf(failing('retry_count: 2, retry_delay: 10'), 'tidy').retry).toMatchObject({ max_attempts: 2, interval: 10 })
    expect(foundIn(failing('retry_count: 2', ', retry: {max_attempts: 3}'))).toEqual(['invalid-value at 2}, retry:'])
  })

  it('lets no row go to quarantine with rows: fail', () => {
    expect(stepOf(failing('rows: fail'), 'tidy').on_error).toMatchObject({ max_bad_rows: 0, too_many_bad_rows: 'fail' })
    expect(stepOf(failing('rows: quarantine, max_bad_rows: 2%'), 'tidy').on_error).toMatchObject({ max_bad_rows: 0.02 })
    expect(foundIn(failing('rows: fail, max_bad_rows: 2%'))).toHaveLength(1)
  })

  it('sends rows that break an error to quarantine with rows: quarantine, where a rule does not say otherwise', () => {
    const rules = '[{rule_type: email, column: a}, {rule_type: not_null, column: b, on_fail: fail}, {rule_type: row_count, min: 1}]'
    const text = withSteps(`  - {id: check, type: validate, on_error: {rows: quarantine}, with: {rules: ${rules}}}\n`)
    expect((stepOf(text, 'check').with['rules'] as readonly { on_fail?: string }[]).map(({ on_fail }) => on_fail)).toEqual([
      'quarantine',
      'fail',
      undefined,
    ])
  })
})

describe('state.high_water_mark', () => {
  const MARK = 'state: {high_water_mark: {column: updated_at, lookback: 1h}, store: auto}\n'

  it('is the column and the lookback of detect_changes steps that have none', () => {
    expect(stepOf(withSteps('  - {id: fresh, type: detect_changes}\n', MARK), 'fresh').with).toMatchObject({
      column: 'updated_at',
      lookback: '1h',
    })
    const own = withSteps('  - {id: fresh, type: detect_changes, with: {column: id, lookback: 0}}\n', MARK)
    expect(stepOf(own, 'fresh').with).toMatchObject({ column: 'id', lookback: 0 })
  })

  it('that no step uses is a problem', () => {
    expect(foundIn(withSteps(PUBLISH, MARK))).toEqual(['invalid-value at {column: u'])
  })
})

describe('what this version cannot do', () => {
  const refused = (text: string, given: { readonly [name: string]: string } = {}) => {
    const resolved = resolveInputs(definitionOf(text), given)
    return resolved.ok ? [] : resolved.problems.map(({ code, path, what }) => [code, path, what])
  }

  it('is valid, and refused when a run asks for it: a setting', () => {
    const text = withSteps('  - {id: publish, type: export, with: {to: out, format: delta}}\n')
    expect(problemsOf(text)).toEqual([])
    expect(refused(text)).toEqual([['not-available', 'publish.with.format', 'tables of Delta Lake cannot be written by this version']])
  })

  it('is valid, and refused when a run asks for it: the value of an input', () => {
    const head = 'inputs: {format: {type: string, default: csv, enum: [csv, delta]}}\n'
    const text = withSteps('  - {id: publish, type: export, with: {to: out, format: "{{ inputs.format }}"}}\n', head)
    expect(refused(text)).toEqual([])
    expect(refused(text, { format: 'delta' })).toHaveLength(1)
    expect(refused(text.replace('default: csv', 'default: delta'))).toHaveLength(1)
  })

  const STREAM =
    'stream: {batch_interval: "{{ inputs.every }}s", window: {type: tumbling, size: 5m, event_time: at, allowed_lateness: 10m}, on_late: quarantine}\n'
  const MODE =
    'inputs: {mode: {type: string, default: batch, enum: [batch, incremental, streaming]}, every: {type: integer, default: 60}}\n'

  it('is streaming, whose settings are checked', () => {
    const text = withSteps(PUBLISH, `${MODE}${STREAM}`)
    expect(problemsOf(text)).toEqual([])
    expect(refused(text)).toEqual([])
    expect(refused(text, { mode: 'streaming' })[0]?.[2]).toBe("the value is 'streaming', which this version does not support")
    expect(foundIn(text.replace('size: 5m', 'size: soon'))).toEqual(['invalid-value at soon, even'])
    expect(foundIn(text.replace('tumbling', 'sliding'))).toHaveLength(1)
  })

  it('is a mode that the steps do not have', () => {
    const text = withSteps(PUBLISH, MODE)
    expect(refused(text, { mode: 'incremental' })).toHaveLength(1)
    const fresh = withSteps('  - {id: fresh, type: detect_changes, with: {column: id}}\n', MODE)
    expect(refused(fresh, { mode: 'incremental' })).toEqual([])
    expect(refused(fresh, { mode: 'batch' })).toHaveLength(1)
    // a step that reads the mode gives it a meaning of its own
    const own = withSteps('  - {id: a, type: lineage, with: {namespace: "{{ mode }}"}}\n', MODE)
    expect(refused(own, { mode: 'incremental' })).toEqual([])
  })
})

describe('the machine', () => {
  const machine = (text: string) => {
    const compiled = compile(text, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    return compiled.text
  }

  it('removes the rows of steps with cache_results: false at the end', () => {
    const text = (cache: string) =>
      withSteps(
        `  - {id: tidy, type: clean${cache}, with: {rules: [{missing: auto}]}}\n  - {id: publish, type: export, fuse: false, with: {to: out}}\n`,
      )
    expect(machine(text(', cache_results: false'))).toContain('"discard"')
    expect(machine(text(''))).not.toContain('"discard"')
  })

  it('knows the last run only where a step reads it', () => {
    const text = (read: string) => withSteps(`  - {id: a, type: lineage, with: {namespace: "${read}"}}\n`)
    expect(machine(text('{{ last_run_timestamp }}'))).toContain('"last_run": true')
    expect(machine(text('x'))).not.toContain('last_run')
  })
})
