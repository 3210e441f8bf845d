/** The tables in which a person looks up what became of single rows and cells: each row once, with where it stands, what it says, and why. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { harmless, writeDuplicates, writeQuarantine } from '#data/ledger/side-tables.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import { folderStore } from '#io/store/folder.ts'
import { encodeRepeats } from '#data/survey/repeats.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { parquetRows, runDefinition, type TestRun, type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { someArtifacts, aSegment } from '../report/reports.ts'
import { aCounted, anOutcome } from '../pass/outcomes.ts'

let place: Workplace
let run: TestRun
beforeAll(async () => {
  place = workplace()
  place.write('in/a.csv', 'id,name,amount\n1, Ann ,5\n2,=1+1,6\n3,too,many,fields\n4,"x, ""y""",n/a\n1,Ann,7\n5,Eve,oops\n')
  place.write('in/b.csv', 'id,name,amount\n6,Bo,8\n7,Cy,\n2,Dup,9\n8,Z,1\n')
  const definition = `version: 1
id: tables
resources: {task_bytes: 1}
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/in/*.csv", chunk_rows: 2, types: {amount: integer}}}
  - {id: look, type: profile}
  - id: tidy
    type: clean
    with: {rules: [{standardize: {rules: [whitespace]}}, {deduplicate: {keys: [id]}}, {map: {column: name, values: {Bo: Bob, Z: null}}}]}
  - id: probe
    type: validate
    with:
      quarantine: "${place.folder}/aside"
      rules:
        - {rule_type: not_null, column: amount, on_fail: quarantine}
        - {rule_type: range, column: amount, max: 7, severity: warning}
        - {rule_type: pattern, column: name, pattern: "[A-Z].*", on_fail: quarantine}
  - {id: write, type: export, with: {to: "${place.folder}/out"}}
`
  run = await runDefinition(definition, { store: join(place.folder, 'store') })
})
afterAll(() => place.clear())

const HEADER = '_source,_record,_line,_byte,_step,_rule,_column,_value,_reason,_raw\n'
const BAD = 'a.csv,3,4,34,find,record,,,has 4 fields instead of 3,"3,too,many,fields"\n'
const UNREAD = 'a.csv,6,7,77,tidy,type,amount,oops,amount is not of type integer,"5,Eve,oops"\n'
const RULES_FIRST = `a.csv,2,3,25,probe,pattern_name,name,'=1+1,name does not match [A-Z].*,"2,=1+1,6"
a.csv,4,5,52,probe,not_null_amount,amount,n/a,amount is missing; name does not match [A-Z].*,"4,""x, """"y"""""",n/a"
`
const RULES_LAST = 'b.csv,2,3,22,probe,not_null_amount,amount,,amount is missing,"7,Cy,"\n'

const table = (name: string) => parquetRows(join(place.folder, 'store/runs/r-test', name))

describe('the tables of a run', () => {
  it('quarantine lists each quarantined row: first records that could not be read, then rows found by rules', () => {
    expect(run.cause).toBeUndefined()
    expect(run.text('quarantine/quarantine.csv')).toBe(HEADER + BAD + RULES_FIRST + UNREAD + RULES_LAST)
    expect(run.ledger.rows).toMatchObject({ in: 10, out: 4, quarantined: 5, deduplicated: 1 })
  })

  it('the quarantine folder of a step has the rows it quarantined, as an output of the pipeline', () => {
    const folder = join(place.folder, 'aside')
    const manifest = JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8')) as Manifest
    const [file] = manifest.files
    const text = HEADER + RULES_FIRST + RULES_LAST
    expect(readdirSync(folder).sort()).toEqual(['_manifest.json', file?.name])
    expect(readFileSync(join(folder, file?.name ?? ''), 'utf8')).toBe(text)
    expect(file?.name).toBe(`quarantine-${file?.sha256.slice(0, 12)}.csv`)
    expect(manifest).toMatchObject({ pipeline: 'tables', format: 'csv', rows: 3, bytes: text.length })
    expect(file).toMatchObject({ rows: 3, bytes: text.length })
    expect(manifest.columns).toEqual(
      HEADER.trim()
        .split(',')
        .map((name) => ({ name, type: 'text' })),
    )
  })

  it('duplicates hold each row removed, with the one that stays in its place', () => {
    // the other row with the key 2 stays: the first is in quarantine
    expect(run.text('duplicates.csv')).toBe(
      '_source,_record,_line,_step,_rule,_kept_source,_kept_record,_kept_line,_raw\na.csv,5,6,tidy,deduplicate,a.csv,1,2,"1,Ann,7"\n',
    )
  })

  it('violations list the rows that a rule only flagged', async () => {
    const common = { step: 'probe', rule: 'range_amount', column: 'amount', reason: 'amount is not at most 7', quarantined: false }
    expect(await table('violations.parquet')).toEqual([
      { source: 'b.csv', record: '1', line: '2', value: '8', ...common },
      { source: 'b.csv', record: '3', line: '4', value: '9', ...common },
    ])
  })

  it('changes hold each rule that changed cells, by column, with their number and a cell before and after', async () => {
    const common = { step: 'tidy', column: 'name' }
    expect(await table('changes.parquet')).toEqual([
      { ...common, rule: 'whitespace', cells: '1', before: ' Ann ', after: 'Ann' },
      { ...common, rule: 'map', cells: '2', before: 'Bo', after: 'Bob' },
      { ...common, rule: 'map', cells: '2', before: 'Z', after: null },
    ])
  })
})

it.skipIf(!existsSync('/dev/full'))('a table that finds no room fails its task, and says where', async () => {
  const full = { createLocal: async () => ({ path: '/dev/full', publish: async () => {}, discard: async () => {} }) }
  const context = { store: full, workspace: workspace('r') } as unknown as TaskContext
  const nothing = { scans: [], segments: [], exchanges: [], facts: null, reports: [], unreadable: 0 }
  for (const write of [writeQuarantine, writeDuplicates])
    await expect(write(nothing, context)).rejects.toMatchObject({
      name: 'Output.NoSpace',
      message: expect.stringContaining('writing /dev/full'),
    })
})

it('a duplicate fails its table whose kept row is not listed', async () => {
  const store = folderStore(join(place.folder, 'unlisted'))
  const own = workspace('r')
  const row = {
    fate: 'deduplicate',
    row: 1,
    source: 0,
    record: 2,
    line: 3,
    byte: 9,
    step: 'tidy',
    rule: 'r',
    column: '',
    value: null,
    reason: '',
    raw: 'x',
  }
  await store.write('rows', Buffer.from(`${JSON.stringify(row)}\n`))
  await store.write(own.repeats('look', 0, 0), encodeRepeats({ repeats: [[1, 0, 0]], kept: [0] }))
  const flag = aCounted([1], { step: 'tidy', fate: 'deduplicate', key_set: { survey: 'look', set: 0, after: 0 } })
  const segment = { ...aSegment([], { step: 'tidy' }), outcomes: [anOutcome({ rows_key: 'rows', flags: [flag] })] }
  const context = { store, workspace: own, step: 'end' } as unknown as TaskContext
  const rows_key = 'no outcome lists the row that stays in place of row 1 of batch 0'
  await expect(writeDuplicates(someArtifacts({ segments: [segment] }), context)).rejects.toThrow(rows_key)
  const kept = { ...row, fate: 'kept', row: 0, record: 1, line: 2 }
  await store.write('rows', Buffer.from(`${JSON.stringify(kept)}\n${JSON.stringify(row)}\n`))
  await writeDuplicates(someArtifacts({ segments: [segment] }), context)
  expect(String(Buffer.from((await store.read(own.duplicates)) as Uint8Array))).toContain('q1.csv,2,3,tidy,r,q1.csv,1,2,x\n')
})

describe('a cell of a table', () => {
  it.each([
    ['=cmd', "'=cmd"],
    ['＝cmd', "'＝cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-1+2', "'-1+2"],
    ['-12.5', '-12.5'],
    ['+1,200.5e-3', '+1,200.5e-3'],
    ["'x", "''x"],
    ['a=b', 'a=b'],
    ['\x1b[31m', '\\x1b[31m'],
    ['\0\x07\x9f', '\\x00\\x07\\x9f'],
    ['a\\b', 'a\\b'],
    ['a\\b\x07', 'a\\\\b\\x07'],
    ['a\tb\nc\r', 'a\tb\nc\r'],
  ])('%j is harmless as %j', (value, shown) => {
    expect(harmless(value)).toBe(shown)
  })
})
