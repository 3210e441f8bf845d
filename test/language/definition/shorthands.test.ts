/** Shorthands as ordinary steps: which steps, in which order, and where their problems are shown. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import { allStepsOf, stepsOf } from './steps-of.ts'

function problems(text: string): readonly string[] {
  const compiled = compile(text, { file: 'p.yaml' })
  return compiled.ok ? [] : compiled.problems.map(({ line, column, code, path, what }) => `${line}:${column} ${code} ${path} ${what}`)
}

const HEAD = 'version: 1\nid: shop\n'

describe('process', () => {
  const text = `${HEAD}steps:
  - id: sales
    type: process
    name: Sales
    retry: {max_attempts: 7}
    on_error: {max_bad_rows: 10%, continue_on_error: true}
    with:
      source: data/sales.csv
      clean: [{missing: quarantine}]
      operations: [{filter: price > 0}]
      columns: {total: quantity * price}
      validate: [{rule_type: range, column: total, min: 2}]
      merge: {keys: [id], mode: upsert}
      to: out
  - {id: look, type: profile}
`

  it('becomes a step for each of its parts, one after the other', () => {
    expect(stepsOf(text)).toEqual([
      'sales_find discover []',
      'sales_clean clean [sales_find]',
      'sales_columns transform [sales_clean]',
      'sales_check validate [sales_columns]',
      'sales export [sales_check]',
      'look profile [sales]',
    ])
  })

  it('gives its steps their settings, and what the author set for the whole', () => {
    const [find, clean, columns, check, publish] = allStepsOf(text)
    expect(find?.with).toMatchObject({ source: 'data/sales.csv' })
    expect(clean?.with).toEqual({ rules: [{ missing: 'quarantine' }] })
    expect(columns?.with).toMatchObject({ operations: [{ filter: { expression: 'price > 0' } }] })
    expect(check?.with).toMatchObject({ rules: [{ column: 'total' }] })
    expect(publish?.with).toMatchObject({ to: 'out', mode: 'merge', keys: ['id'] })
    expect([find, clean, columns, check, publish].map((step) => step?.retry.max_attempts)).toEqual([7, 7, 7, 7, 7])
    expect([find, clean, columns, check, publish].map((step) => step?.on_error.max_bad_rows)).toEqual([0.1, 0.1, 0.1, 0.1, 0.1])
    expect([find, clean, columns, check, publish].map((step) => step?.on_error.continue_on_error)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ])
    expect(publish?.name).toBe('Sales')
  })

  it('reads the rows of the step before when it has no source', () => {
    const found = `${HEAD}steps:
  - {id: find, type: discover, with: {source: a.csv}}
  - {id: tidy, type: process, condition: "{{ find.result.count }} > 1", with: {clean: [{missing: auto}], columns: {x: a + 1}}}
`
    expect(stepsOf(found)).toEqual(['find discover []', 'tidy_clean clean [find]', 'tidy transform [tidy_clean]'])
    expect(allStepsOf(found).map(({ condition }) => condition !== undefined)).toEqual([false, true, true])
  })

  it('is skipped as a whole by its condition', () => {
    const found = allStepsOf(`${HEAD}inputs: {on: {type: boolean, default: true}}
steps:
  - {id: a, type: process, condition: "{{ on }}", with: {source: a.csv, to: out}}
`)
    expect(found.map(({ id, condition }) => [id, condition !== undefined])).toEqual([
      ['a_find', true],
      ['a', false],
    ])
  })

  it('shows the problems of its steps at the keys and lines of the author', () => {
    expect(
      problems(`${HEAD}steps:
  - id: sales
    type: process
    with:
      source: data/sales.csv
      columns: {total: "quantity * ("}
      validate:
        - {rule_type: rnge, column: total}
      to: "{{ nothing }}/sales.csv"
      fromat: csv
`),
    ).toEqual([
      expect.stringMatching(/^8:37 invalid-expression steps\.0\.with\.columns\.total /),
      expect.stringMatching(/^10:23 invalid-value steps\.0\.with\.validate\.0\.rule_type /),
      expect.stringMatching(/^11:12 unknown-name steps\.0\.with\.to /),
      expect.stringMatching(/^12:7 unknown-setting steps\.0\.with\.fromat `fromat` is not a setting of a process step/),
    ])
  })

  it.each([
    ['an unknown key of the step', 'type: process\n    colour: red\n    with: {source: a.csv, to: out}', '6:5 unknown-key steps.0.colour'],
    ['no settings', 'type: process', '4:5 missing-key steps.0 the process step does nothing'],
    ['settings that are a text', 'type: process\n    with: data.csv', '6:11 wrong-type steps.0.with'],
    ['a format without a target', 'type: process\n    with: {source: a.csv, format: csv}', '6:35 invalid-value steps.0.with.format'],
    [
      'merge beside mode',
      'type: process\n    with: {source: a.csv, to: out, mode: append, merge: {keys: [id]}}',
      '6:42 invalid-value steps.0.with.mode',
    ],
    [
      'loading that is not atomic',
      'type: load\n    with: {source: a.csv, to: out, atomic: false}',
      '6:44 invalid-value steps.0.with.atomic',
    ],
    ['a copy without a source', 'type: ingest\n    with: {to: out}', '6:11 missing-key steps.0.with'],
  ])('reports %s once', (_name, step, expected) => {
    const found = problems(`${HEAD}steps:\n  - id: one\n    ${step}\n`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it('reports a setting of the source without one', () => {
    const text = `${HEAD}steps:
  - {id: find, type: discover, with: {source: a.csv}}
  - {id: tidy, type: process, with: {clean: [{missing: auto}], chunk_rows: 5}}
`
    expect(problems(text)).toEqual([
      expect.stringMatching(/^5:76 invalid-value steps\.1\.with\.chunk_rows `chunk_rows` has no effect without `source`/),
    ])
  })

  it('reports an id that is missing or wrong once, for the step as a whole', () => {
    expect(problems(`${HEAD}steps:\n  - {type: process, with: {source: a.csv, to: out}}\n`)).toEqual([
      expect.stringMatching(/^4:5 missing-key steps\.0 a process step needs `id`|^4:5 missing-key steps\.0 /),
    ])
    expect(problems(`${HEAD}steps:\n  - {id: Big Sales, type: process, with: {source: a.csv, to: out}}\n`)).toEqual([
      expect.stringMatching(/^4:10 invalid-id steps\.0\.id /),
    ])
  })

  it('names a step of the author that has the id of one of its steps', () => {
    const text = `${HEAD}steps:\n  - {id: a, type: process, with: {source: a.csv, to: out}}\n  - {id: a_find, type: profile}\n`
    expect(problems(text)).toEqual([expect.stringMatching(/^5:10 duplicate-step-id steps\.1\.id /)])
  })
})

describe('load and ingest', () => {
  it('keep a copy, and bring it into a table', () => {
    const text = `${HEAD}connections: {warehouse: {type: sqlite, path: w.db}}
steps:
  - {id: extract, type: ingest, with: {source: a.csv, to: raw/a.json}}
  - {id: by_address, type: load, with: {to: "sqlite://w.db/", table: products}}
  - {id: by_name, type: load, depends_on: [extract], with: {to: {connection: warehouse}, table: items, atomic: true}}
`
    expect(stepsOf(text)).toEqual([
      'extract_find discover []',
      'extract export [extract_find]',
      'by_address export [extract]',
      'by_name export [extract]',
    ])
    expect(allStepsOf(text).map((step) => step.with['to'])).toEqual([
      undefined,
      'raw/a.json',
      'sqlite://w.db/products',
      expect.objectContaining({ table: 'items' }),
    ])
  })
})

describe('a step that works on rows', () => {
  it('also publishes them to its `to`', () => {
    const text = `${HEAD}steps:
  - {id: find, type: discover, with: {source: a.csv}}
  - {id: more, type: transform, with: {columns: {x: a + 1}, to: out/x.csv, format: csv}}
  - {id: tidy, type: clean, depends_on: [find], with: {rules: [{missing: auto}], to: out/tidy}}
`
    expect(stepsOf(text)).toEqual([
      'find discover []',
      'more_rows transform [find]',
      'more export [more_rows]',
      'tidy_rows clean [find]',
      'tidy export [tidy_rows]',
    ])
  })

  it('reports unknown settings as its own', () => {
    const text = `${HEAD}steps:
  - {id: find, type: discover, with: {source: a.csv}}
  - {id: more, type: transform, with: {colums: {x: a + 1}, to: out/x.csv}}
`
    expect(problems(text)).toEqual([
      expect.stringMatching(/^5:40 unknown-setting steps\.1\.with\.colums `colums` is not a setting of a transform step/),
    ])
  })
})

describe('parallel groups', () => {
  it('become steps with explicit dependencies where one of them is several', () => {
    const text = `${HEAD}steps:
  - {id: wait, type: sensor, with: {for: a.csv}}
  - parallel:
      - {id: a, type: process, with: {source: a.csv, to: out/a.csv}}
      - {id: look, type: sensor, with: {for: b.csv}}
      - parallel:
          - {id: c, type: ingest, with: {source: c.csv}}
  - {id: last, type: sensor, with: {for: d.csv}}
  - {id: end, type: sensor, with: {for: d.csv}}
`
    expect(stepsOf(text)).toEqual([
      'wait sensor []',
      'a_find discover [wait]',
      'a export [a_find]',
      'look sensor [wait]',
      'c discover [wait]',
      'last sensor [a,look,c]',
      'end sensor [last]',
    ])
  })

  it('are waited for by their id, and wait for others by theirs', () => {
    const text = `${HEAD}steps:
  - id: first
    parallel:
      - {id: a, type: ingest, with: {source: a.csv, to: out/a.csv}}
      - {id: b, type: sensor, with: {for: b.csv}}
  - id: second
    depends_on: [first]
    parallel:
      - {id: c, type: sensor, with: {for: b.csv}}
  - {id: d, type: sensor, depends_on: [second, b], with: {for: d.csv}}
`
    expect(stepsOf(text)).toEqual(['a_find discover []', 'a export [a_find]', 'b sensor []', 'second [a,b]: c', 'd sensor [second,b]'])
  })

  it('report what a group cannot have, also where they are replaced', () => {
    const text = `${HEAD}steps:
  - colour: red
    parallel:
      - {id: a, type: ingest, with: {source: a.csv, to: out/a.csv}}
      - {id: b, type: sensor, depends_on: [a], with: {for: b.csv}}
`
    expect(problems(text)).toEqual([
      expect.stringMatching(/^4:5 unknown-key steps\.0\.colour /),
      expect.stringMatching(/^7:31 parallel-depends-on steps\.0\.parallel\.1\.depends_on /),
    ])
  })
})

describe('other spellings of steps', () => {
  it.each(['blocks', 'stages'])('%s is the same as steps', (key) => {
    const steps = (name: string) => `${HEAD}${name}:\n  - {id: find, type: discover, with: {source: a.csv}}\n`
    const [given, canonical] = [compile(steps(key), { file: 'p.yaml' }), compile(steps('steps'), { file: 'p.yaml' })]
    expect(given.ok && given.text).toBe(canonical.ok && canonical.text)
    expect(problems(`${HEAD}${key}:\n  - {id: find, type: discover, with: {sorce: a.csv}}\n`)[0]).toMatch(
      new RegExp(`^4:39 unknown-setting ${key}\\.0\\.with\\.sorce `),
    )
    expect(problems(`${HEAD}${key}: []\n`)[0]).toContain(`\`${key}\``)
    expect(canonicalText(steps(key), { file: 'p.yaml' }).text).toContain('\nsteps:\n')
  })

  it('refuses two of them in one file', () => {
    const text = `${HEAD}steps:\n  - {id: find, type: discover, with: {source: a.csv}}\nblocks:\n  - {id: b, type: profile}\n`
    expect(problems(text)).toEqual([expect.stringMatching(/^5:1 unknown-key blocks /)])
  })

  it('calls a step without an id by its name, also in groups', () => {
    const text = `${HEAD}steps:
  - {name: Find the Files, type: discover, with: {source: a.csv}}
  - parallel:
      - {name: "Zürich: look", type: profile}
      - {name: Straße, type: schema}
  - {id: last, type: monitor, depends_on: [zurich_look, strasse]}
`
    expect(stepsOf(text)).toEqual([
      'find_the_files discover []',
      'parallel_1 [find_the_files]: zurich_look strasse',
      'last monitor [zurich_look,strasse]',
    ])
    expect(problems(text.replace('Straße', 'Zürich look'))).toEqual([
      expect.stringMatching(/^7:9 duplicate-step-id|^7:16 duplicate-step-id/),
      expect.stringContaining('unknown-dependency'),
    ])
  })

  it('does not take a misspelt id for none', () => {
    expect(problems(`${HEAD}steps:\n  - {idd: find, name: Find, type: discover, with: {source: a.csv}}\n`)).toEqual([
      expect.stringMatching(/^4:6 unknown-key steps\.0\.idd /),
    ])
  })
})
