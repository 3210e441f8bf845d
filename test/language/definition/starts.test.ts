import { describe, expect, it } from 'vitest'
import { definitionOf, foundIn, problemsOf, withSteps } from './problems-of.ts'

const SOURCE = 'inputs: {source: {type: string, required: true, description: What to read}}\n'
const sourced = (head: string, inputs = SOURCE) =>
  `version: 1\nid: sales\n${inputs}${head}steps:\n  - {id: find, type: discover, with: {source: "{{ source }}"}}\n`
const reported = (text: string) => problemsOf(text).map(({ code, what, hint }) => `${code}: ${what} → ${hint}`)

describe('a schedule', () => {
  it('is a cron expression, or a mapping', () => {
    expect(definitionOf(withSteps('', 'schedule: "0  */6 * * *"\n')).schedule).toEqual({
      cron: '0 */6 * * *',
      timezone: 'UTC',
      catchup: false,
      inputs: {},
    })
    expect(definitionOf(withSteps('', 'schedule: {every: 30m, start_date: 2026-11-21, catchup: true}\n')).schedule).toEqual({
      every: 1800,
      timezone: 'UTC',
      start_date: '2026-11-21',
      catchup: true,
      inputs: {},
    })
  })

  it('reports each mistake at its character', () => {
    const schedule = (fields: string) => foundIn(withSteps('', `schedule: {${fields}}\n`))
    expect(schedule('cron: "0 25 * * *"')).toEqual(['invalid-cron at 25 * * *"}'])
    expect(schedule("cron: '0 8 1 * 1'")).toEqual(["invalid-cron at 1'}"])
    expect(schedule('cron: 0 8 * * *, timezone: Europe/Zurch')).toEqual(['unknown-timezone at Europe/Zur'])
    expect(schedule('cron: 0 8 * * *, start_date: 2026-02-30')).toEqual(['invalid-value at 2026-02-30'])
    expect(schedule('cron: 0 8 * * *, every: 1h')).toEqual(['choose-one at every: 1h}'])
    expect(schedule('timezone: UTC')).toEqual(['choose-one at {timezone:'])
    expect(schedule('every: 90s')).toEqual(['invalid-value at 90s}'])
    expect(schedule('cron: 0 8 * * *, end_date: 2026-12-01')).toEqual(['unsupported-key at end_date: '])
  })

  it('may depend on the past, by its own key or by that of the defaults', () => {
    const past = (head: string) => definitionOf(withSteps('', head)).schedule?.depends_on_past
    expect(past('schedule: {cron: 0 8 * * *, depends_on_past: true}\n')).toBe('schedule.depends_on_past')
    expect(past('schedule: 0 8 * * *\ndefaults: {depends_on_past: true}\n')).toBe('defaults.depends_on_past')
    for (const value of [
      'schedule: {cron: 0 8 * * *, depends_on_past: false}\n',
      'schedule: 0 8 * * *\ndefaults: {depends_on_past: false}\n',
    ])
      expect(past(value)).toBeUndefined()
    const found = (head: string) => foundIn(withSteps('', head))
    expect(found('defaults: {depends_on_past: false}\n')).toEqual([])
    expect(found('defaults: {depends_on_past: true}\n')).toEqual(['invalid-value at true}'])
    expect(found('schedule: {cron: 0 8 * * *, depends_on_past: true}\ndefaults: {depends_on_past: true}\n')).toEqual([
      'invalid-value at true}',
    ])
    expect(found('schedule: {cron: 0 8 * * *, depends_on_past: sometimes}\n')).toEqual(['wrong-type at sometimes}'])
  })

  it('gives its runs the inputs they need, of the right types', () => {
    const inputs = 'inputs: {source: {type: string, required: true, description: What to read}, rows: {type: integer, default: 1}}\n'
    const schedule = (given: string) =>
      reported(
        `version: 1\nid: sales\n${inputs}schedule: {cron: 0 8 * * *${given}}\nsteps:\n  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: "{{ rows }}"}}\n`,
      )
    expect(schedule(', inputs: {source: "data/{{ ds }}.csv", rows: 5}')).toEqual([])
    expect(schedule('')).toEqual([
      'missing-input: the schedule does not set the required input `source`: What to read → add `source` to its `inputs`, or set a default for the input',
    ])
    expect(schedule(', inputs: {sorce: a.csv}')).toEqual([
      'unknown-input: unknown input `sorce` → did you mean `source`? inputs: source, rows',
    ])
    expect(schedule(', inputs: {source: a.csv, rows: many}')).toEqual([
      "invalid-input: the value is 'many', not of type integer → write an integer in digits: 10000",
    ])
    expect(schedule(', inputs: {source: a.csv, rows: "{{ ds }}"}')).toEqual([
      'invalid-input: the value has type string, expected integer → use a value of type integer',
    ])
    expect(schedule(', inputs: {source: "{{ event.uri }}"}')).toEqual([
      'unknown-name: `event.uri` is unknown when a run starts → names here: ds, ds_nodash, ts, pipeline.id, pipeline.name',
    ])
    expect(schedule(', inputs: {source: "{% \'a\' %}"}')).toEqual([
      'invalid-reference: `{% … %}` cannot be used here, because the run has not started yet → use `{{ … }}`, and calculate in the steps',
    ])
  })
})

describe('a trigger', () => {
  it('on uploads gives an input called source what was uploaded', () => {
    const [trigger] = definitionOf(sourced('triggers: [{type: s3, bucket: acme-inbox, debounce: 60s}]\n')).triggers
    expect(trigger).toEqual({
      type: 's3',
      bucket: 'acme-inbox',
      debounce: 60,
      dedupe: 'etag',
      inputs: { source: '{{ event.uri }}' },
      collects: [],
    })
  })

  it('collects values for an input of type array, unless it is given a list of one', () => {
    const collects = (given: string) => {
      const list = 'inputs: {source: {type: array, required: true}}\n'
      const [trigger] = definitionOf(sourced(`triggers: [{type: s3, bucket: acme-inbox${given}}]\n`, list)).triggers
      return trigger?.type === 's3' ? trigger.collects : undefined
    }
    expect(collects('')).toEqual(['source'])
    expect(collects(', inputs: {source: ["{{ event.uri }}"]}')).toEqual([])
  })

  it('does not collect some inputs and take one value of each of the others', () => {
    const inputs = 'inputs: {source: {type: array, required: true}, at: {type: string, default: x}}\n'
    const text = (given: string) =>
      `version: 1\nid: sales\n${inputs}triggers: [{type: s3, bucket: acme-inbox, inputs: {${given}}}]\nsteps:\n  - {id: find, type: discover, with: {source: "{{ source }}"}}\n  - {id: trace, type: lineage, with: {namespace: "{{ at }}"}}\n`
    expect(foundIn(text('at: "{{ event.key }}"'))).toEqual(['invalid-input at "{{ event.'])
    expect(foundIn(text('at: "{{ event.bucket }}"'))).toEqual([])
  })

  it('reports each mistake at its place', () => {
    const trigger = (fields: string) => foundIn(sourced(`triggers: [{${fields}}]\n`))
    expect(trigger('type: s3, bucket: s3://inbox')).toEqual(['invalid-value at s3://inbox'])
    expect(trigger('type: s3, bucket: inbox, debounce: 10m')).toEqual(['invalid-value at 10m}]'])
    expect(trigger('type: s3, bucket: inbox, suffix: "*.csv"')).toEqual(['invalid-value at "*.csv"}]'])
    expect(trigger('type: s3, bucket: inbox, prefix: "in/{{ ds }}"')).toEqual(['reference-out-of-place at {{ ds }}"}'])
    expect(trigger('type: s3, bucket: inbox, prefix: /in')).toEqual(['invalid-value at /in}]'])
    expect(trigger('type: s3, bucket: inbox, inputs: {source: "{{ event.url }}"}')).toEqual(['unknown-name at {{ event.u'])
    expect(trigger('type: webhook, url: x')).toEqual(['invalid-value at webhook, u'])
    expect(trigger('type: event, event_type: a')).toEqual(['missing-input at {type: eve'])
    expect(trigger('type: event, event_type: a, inputs: {source: a}, params: {source: b}')).toEqual(['choose-one at params: {s'])
  })

  it('filters events by a pattern of EventBridge', () => {
    const filter = (pattern: string) =>
      reported(withSteps('', `triggers: [{type: event, event_type: a, filter_criteria: ${pattern}}]\n`)).map((one) => one.split(' → ')[0])
    expect(filter('{detail: {region: [eu, {prefix: us}], n: [{numeric: [">", 0]}], $or: [{a: [1]}, {b: [null]}]}}')).toEqual([])
    expect(filter('{detail: {region: eu}}')).toEqual(["invalid-pattern: the pattern is 'eu' here"])
    expect(filter('{region_of: [eu]}')).toEqual(['invalid-pattern: an event has no `region_of`'])
    expect(filter('{source: [eu]}')).toEqual(['invalid-pattern: `source` cannot be used in the filter'])
    expect(filter('{detail: {a: []}}')).toEqual(['invalid-pattern: the list of allowed values is empty'])
    expect(filter('{detail: {a: [{prefx: x}]}}')).toEqual(['invalid-pattern: a mapping (prefx) is not a comparison'])
    expect(filter('{detail: {}}')).toEqual(['invalid-pattern: the pattern is empty here'])
  })
})

describe('what a pipeline publishes', () => {
  const text = (trigger: string, to: string, more = '') =>
    `version: 1\nid: sales\ninputs:\n  source: {type: string, required: true}\n  folder: {type: string, default: s3://acme/out}\ntriggers: [{type: s3, ${trigger}}]\nsteps:\n  - {id: find, type: discover, with: {source: "{{ source }}"}}\n  - {id: publish, type: export, with: {to: "${to}"}}\n${more || '  - {id: trace, type: lineage, with: {namespace: "{{ folder }}"}}\n'}`

  it.each([
    ['the same folder', 'bucket: acme, prefix: in/', 's3://acme/in', true],
    ['below it', 'bucket: acme, prefix: in/', 's3://acme/in/clean/{{ ds }}', true],
    ['above it, as far as is known', 'bucket: acme, prefix: in/new/', 's3://acme/in', true],
    ['a whole bucket', 'bucket: acme', 's3://acme/out', true],
    ['a place that depends on the run, in the same bucket', 'bucket: acme, prefix: in/', 's3://acme/{{ ds }}', true],
    ['the default of an input', 'bucket: acme, prefix: out/', '{{ folder }}/{{ ds }}', true],
    ['what the trigger gives', 'bucket: acme, prefix: in/, inputs: {folder: s3://acme/in/x}', '{{ folder }}', true],
    ['another value than the default', 'bucket: acme, prefix: out/, inputs: {folder: s3://other}', '{{ folder }}', false],
    ['another bucket', 'bucket: acme, prefix: in/', 's3://acme-lake/in', false],
    ['another prefix', 'bucket: acme, prefix: in/', 's3://acme/out', false],
    ['a folder whose name only begins the same', 'bucket: acme, prefix: in/', 's3://acme/in-clean', false],
    ['a place that is not known', 'bucket: acme, prefix: in/', '{{ source }}', false],
    ['no bucket at all', 'bucket: acme, prefix: in/', 'in/', false],
  ])('%s', (_name, trigger, to, refused) => {
    expect(problemsOf(text(trigger, to)).map(({ code }) => code)).toEqual(refused ? ['trigger-on-output'] : [])
  })
})

describe('a trigger on the keys of runs', () => {
  it.each([
    ['prefix: runs/', ['warning']],
    ['prefix: state/sales/', ['warning']],
    ['prefix: incoming/', []],
    ['prefix: runs', []],
    ['suffix: .csv', []],
  ])('%s', (trigger, levels) => {
    const head = `triggers: [{type: s3, bucket: acme, ${trigger}}]\n`
    expect(problemsOf(withSteps('', head)).map(({ code, level }) => [code, level])).toEqual(
      levels.map((level) => ['trigger-on-run', level]),
    )
  })
})

describe('watching', () => {
  it('is read into seconds and shares', () => {
    const head =
      'owner: data-team\ntags: [etl, etl]\nmonitoring: {sla: 30m, expect_every: 25h, min_quality: 90%, max_error_rate: 0.05, logs: {level: WARN}}\nnotifications: {on_failure: {type: email, to: [a@example.com]}}\nconcurrency: {max_active_runs: 2}\n'
    expect(definitionOf(withSteps('', head))).toMatchObject({
      owner: 'data-team',
      tags: ['etl'],
      monitoring: { sla: 1800, expect_every: 90_000, min_quality: 0.9, max_error_rate: 0.05, logs: { level: 'WARN', retention_days: 30 } },
      notifications: { on_failure: [{ type: 'email', to: ['a@example.com'] }] },
      concurrency: { max_active_runs: 2 },
    })
  })

  it('refuses what nothing does yet, and what cannot be', () => {
    const found = (head: string) => foundIn(withSteps('', head))
    expect(found('monitoring: {health: [a]}\n')).toEqual(['unsupported-key at health: [a'])
    expect(found('monitoring: {metrics: [a]}\n')).toEqual(['invalid-value at a]}'])
    expect(found('monitoring: {logs: {retention_days: 31}}\n')).toEqual(['invalid-value at 31}}'])
    expect(found('monitoring: {min_quality: 90}\n')).toEqual(['invalid-value at 90}'])
    expect(found('notifications: {on_start: {type: email, to: [a@b.ch]}}\n')).toEqual(['unsupported-key at on_start: '])
    expect(found('notifications: {on_failure: {type: webhook, to: [a@b.ch]}}\n')).toEqual(['unknown-key at to: [a@b.c'])
    expect(found('notifications: {on_success: {type: pager, to: [a@b.ch]}}\n')).toEqual(['invalid-value at pager, to:'])
    expect(found('notifications: {on_success: never}\n')).toEqual(['invalid-value at never}'])
    expect(found('notifications: {on_success: {type: slack, url: "https://hooks.slack.com/services/T/B/X"}}\n')).toEqual([
      'secret-in-the-open at "https://h',
    ])
    expect(found('notifications: {on_failure: {type: email, to: [nobody]}}\n')).toEqual(['invalid-value at nobody]}}'])
    expect(found('tags: ["a,b"]\n')).toEqual(['invalid-value at "a,b"]'])
  })
})
