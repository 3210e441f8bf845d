/** What a deployment refuses because only this machine has it. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { localAddresses } from '#language/compiler/only-local.ts'

function problems(steps: string, head = '') {
  const compiled = compile(`version: 1\nid: p\n${head}steps:\n${steps}`, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what, hint }) => `${what} (${hint})`).join('\n'))
  return localAddresses(compiled, 'p.yaml').map(({ line, column, path, what }) => `${line}:${column} ${path}: ${what}`)
}

const FOLDER = 'which cannot be deployed: a function on AWS has no folder of this machine'

describe('addresses of this machine', () => {
  it('are refused where a step names them, each with its place', () => {
    expect(
      problems(`  - {id: find, type: discover, with: {source: [data/*.csv, "s3://lake/raw/"]}}
  - {id: look, type: transform, with: {operations: [{join: {source: /srv/customers.csv, on: [id], columns: [name]}}]}}
  - {id: publish, type: export, with: {to: "s3://mart/out/"}}
`),
    ).toEqual([
      `4:48 steps.0.with.source.0: \`find\` reads data/*.csv, ${FOLDER}`,
      `5:69 steps.1.with.operations.0.join.source: \`look\` reads /srv/customers.csv, ${FOLDER}`,
    ])
  })

  it('are refused in the fallback of a step', () => {
    expect(
      problems(`  - {id: find, type: discover, with: {source: "s3://lake/raw/"}}
  - {id: publish, type: export, on_error: {fallback: [{to: spare/out}]}, with: {to: "s3://mart/out"}}
`),
    ).toEqual([
      expect.stringMatching(new RegExp(`^5:\\d+ steps\\.1\\.on_error\\.fallback\\.0\\.to: \`publish\` writes spare/out, ${FOLDER}$`)),
    ])
  })

  it('are refused for databases that are files, by their address and by a connection', () => {
    const why = 'which cannot be deployed: a SQLite database is a file of this machine, and a function on AWS has none'
    expect(
      problems(
        `  - {id: find, type: discover, with: {source: {connection: shop, table: orders}}}
  - {id: publish, type: export, with: {to: "sqlite://out.db/clean"}}
`,
        'connections: {shop: {type: sqlite, path: shop.db}}\n',
      ),
    ).toEqual([
      expect.stringContaining(`\`find\` reads sqlite://shop.db/orders, ${why}`),
      expect.stringContaining(`\`publish\` writes sqlite://out.db/clean, ${why}`),
    ])
  })

  it('are not refused as the value of an input, which the start of a run can replace', () => {
    const head = 'inputs: {source: {type: string, default: data/*.csv}}\n'
    const steps = `  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: publish, type: export, with: {to: "s3://mart/out/"}}
`
    expect(problems(steps, head)).toEqual([])
  })
})
