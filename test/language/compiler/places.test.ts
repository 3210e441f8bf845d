// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of definitions, as texts
/** Which permissions a definition asks for: those of the addresses in its settings, and of no other text. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { placeIn, placesOf } from '#language/compiler/places.ts'

function places(steps: string, head = '') {
  const result = compile(`version: 1\nid: p\n${head}steps:\n${steps}`, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what, hint }) => `${what} (${hint})`).join('\n'))
  return placesOf(result)
}

const at = (bucket: string, prefix: string) => ({ bucket, prefix })

describe('the places of a pipeline', () => {
  it('are the addresses its steps read and write, also those beside its sources and in fallbacks', () => {
    expect(
      places(`  - {id: find, type: discover, with: {source: {path: ["s3://lake/raw/2026-*.csv", "s3://lake/other/"], delimiter: ";"}}}
  - {id: look, type: transform, with: {operations: [{join: {source: "s3://refs/customers.csv", on: [id], columns: [name]}}]}}
  - id: check
    type: validate
    with: {quarantine: "s3://bad/rows/", rules: [{rule_type: references, column: id, source: "s3://refs/ids.csv"}]}
  - {id: publish, type: export, on_error: {fallback: [{to: "s3://spare/out"}]}, with: {to: "s3://mart/out"}}
`),
    ).toEqual({
      sources: [at('lake', 'raw/2026-'), at('lake', 'other/'), at('refs', 'customers.csv'), at('refs', 'ids.csv')],
      outputs: [at('bad', 'rows/'), at('mart', 'out'), at('spare', 'out')],
    })
  })

  it('come in by the inputs an address reads, and by no others', () => {
    const head = `inputs:
  source: {type: string, default: "s3://lake/in/*.csv"}
  to: {type: string, default: "s3://mart/out/"}
  note: {type: string, default: "s3://secret/notes"}
`
    expect(
      places(
        `  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}
  - {id: tag, type: transform, with: {columns: {note: "'{{ inputs.note }}'", also: "'s3://secret/more'"}}}
  - {id: publish, type: export, with: {to: "{{ inputs.to }}"}}
`,
        head,
      ),
    ).toEqual({ sources: [at('lake', 'in/')], outputs: [at('mart', 'out/')] })
  })

  it('are none for files and tables of a machine', () => {
    const steps = `  - {id: find, type: discover, with: {source: {connection: shop, table: orders}}}
  - {id: publish, type: export, with: {to: "sqlite://out.db/clean"}}
`
    expect(places(steps, 'connections: {shop: {type: sqlite, path: shop.db}}\n')).toEqual({ sources: [], outputs: [] })
  })

  it('given by hand must be addresses in S3', () => {
    expect([placeIn('s3://lake/raw/'), placeIn('lake/raw'), placeIn('s3://NOT A BUCKET/x')]).toEqual([
      [{ service: 's3', bucket: 'lake', prefix: 'raw/' }],
      [],
      [],
    ])
  })
})

describe('a connection', () => {
  const problems = (steps: string, head: string) => {
    const result = compile(`version: 1\nid: p\n${head}steps:\n${steps}`, { file: 'p.yaml' })
    return result.ok ? [] : result.problems.map(({ code, path, what, hint }) => ({ code, at: path, what, hint }))
  }
  const SHOP = 'connections: {shop: {type: sqlite, path: shop.db}}\n'
  const find = (source: string) => `  - {id: find, type: discover, with: {source: ${source}}}\n`

  it('stands in the settings of the steps that name it', () => {
    const result = compile(`version: 1\nid: p\n${SHOP}steps:\n${find('{connection: shop, table: orders}')}`, { file: 'p.yaml' })
    expect(result.ok && result.definition.steps[0]).toMatchObject({
      with: { source: { connection: { type: 'sqlite', path: 'shop.db' }, table: 'orders' } },
    })
  })

  it('that is misspelt, of no known type, or named without a table is a problem at its place', () => {
    expect(problems(find('{connection: shpo, table: orders}'), SHOP)).toEqual([
      {
        code: 'unknown-connection',
        at: 'steps.0.with.source.connection',
        what: 'there is no connection `shpo`',
        hint: 'did you mean `shop`? declared: shop',
      },
    ])
    expect(problems(find('a.csv'), 'connections: {shop: {type: sqllite, path: shop.db}}\n')).toMatchObject([
      {
        code: 'unknown-connection-type',
        at: 'connections.shop.type',
        hint: 'did you mean `sqlite`? allowed: sqlite, postgresql, mysql, https, http',
      },
    ])
    expect(problems(find('a.csv'), 'connections: {shop: {type: sqlite, pth: shop.db}}\n')).toMatchObject([
      { code: 'unknown-setting', at: 'connections.shop.pth' },
    ])
    expect(problems(find('{connection: shop}'), SHOP)).toMatchObject([{ code: 'invalid-value', at: 'steps.0.with.source' }])
    expect(problems(find('{connection: shop, table: a, query: SELECT 1}'), SHOP)).toMatchObject([
      { code: 'invalid-value', at: 'steps.0.with.source' },
    ])
  })

  it('keeps no secret where its type declares none', () => {
    expect(problems(find('a.csv'), 'connections: {shop: {type: sqlite, path: "${secret.PATH}"}}\n')).toMatchObject([
      { code: 'secret-out-of-place', at: 'connections.shop.path' },
    ])
  })
})

describe('an export', () => {
  const problem = (settings: string) => {
    const steps = `  - {id: find, type: discover, with: {source: a.csv}}\n  - {id: publish, type: export, with: {${settings}}}\n`
    const result = compile(`version: 1\nid: p\nsteps:\n${steps}`, { file: 'p.yaml' })
    return result.ok ? undefined : result.problems.map(({ path, what, hint }) => `${path}: ${what} (${hint})`).join('\n')
  }

  it.each([
    ['to: out, mode: append', undefined],
    ['to: out, mode: merge, keys: [id]', undefined],
    [
      'to: out, mode: merge, keys: [id], format: csv',
      'steps.1.with.format: files of format csv cannot be merged: they do not keep types and missing values (use parquet)',
    ],
    [
      'to: out, mode: merge, keys: [id], partition_by: [region]',
      'steps.1.with.mode: `mode: merge` cannot be used with `partition_by` (remove `partition_by`, or use append or replace)',
    ],
    [
      'to: out/x.parquet, mode: merge, keys: [id]',
      'steps.1.with.mode: `mode: merge` cannot be used with one file, `out/x.parquet` (give the address of a folder, or use replace)',
    ],
    [
      'to: out/a.csv, mode: append',
      'steps.1.with.mode: `mode: append` cannot be used with one file, `out/a.csv` (give the address of a folder, or use replace)',
    ],
    ['to: "sqlite://a.db/t", mode: merge', 'steps.1.with.mode: `mode: merge` needs the columns that identify a row (add `keys: [id]`)'],
    [
      'to: "sqlite://a.db/t", keys: [id]',
      'steps.1.with.keys: `keys` has no effect with `mode: replace` (write `mode: merge`, or remove `keys`)',
    ],
    ['to: "sqlite://a.db/t", format: csv', 'steps.1.with.format: `format: csv` has no effect: the target is a table (remove `format`)'],
    [
      'to: out/a.csv, format: parquet',
      'steps.1.with.format: `format: parquet` does not fit the name `out/a.csv` (remove `format`, or change the name)',
    ],
    [
      'to: out/a.tsv',
      'steps.1.with.to: a file such as `out/a.tsv` cannot be written (use .parquet, .csv, .json or .ndjson; end with a slash for a folder)',
    ],
    [
      'to: "out/{source.name}/"',
      'steps.1.with.to: `{source.name}` stands in the address of a folder (use it in the name of a file: out/{source.name}.csv)',
    ],
    ['to: out/a.csv/, format: parquet', undefined],
    ['to: out/a.csv.gz', undefined],
    ['to: "sqlite://a.db/t", mode: merge, keys: [id]', undefined],
  ])('with %s', (settings, expected) => {
    expect(problem(settings)).toBe(expected)
  })
})
