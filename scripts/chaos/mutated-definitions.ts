/** Definitions changed at random: their text, their keys and their values. What still compiles, and keeps its places, is run. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml'
import { compile } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { dirtySales } from '../../test/kit/dirty-sales.ts'
import { mutateBytes } from '../../test/kit/mutate-bytes.ts'
import { EXAMPLES } from '../examples.ts'
import { internalErrors } from './books.ts'
import { type Disturbance, assert, pick } from './disturbance.ts'
import { HOSTILE_VALUES } from './hostile-values.ts'
import { assertAccounted } from './whole-run.ts'

/** The kinds of step that work on rows, over dirty sales. */
const RICH = `version: 1
id: rich
inputs:
  source: {type: string, required: true}
  out: {type: string, required: true}
  most: {type: number, default: 1000}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: 10, types: {price: float}}}
  - {id: look, type: profile, depends_on: [find]}
  - id: tidy
    type: clean
    depends_on: [look]
    with:
      rules:
        - {standardize: [whitespace, null_values]}
        - {map: {column: country, values: {germany: Germany}}}
        - {missing: {columns: [quantity], strategy: median}}
        - {deduplicate: {keys: [order_id], keep: first}}
  - id: shape
    type: transform
    depends_on: [tidy]
    with:
      operations:
        - {filter: "quantity > 0 OR quantity IS NULL"}
        - {add_column: {amount: "round(quantity * price, 2)"}}
        - {sort: [{column: amount, order: desc}]}
  - id: check
    type: validate
    depends_on: [shape]
    with:
      rules:
        - {rule_type: not_null, columns: [customer], on_fail: quarantine}
        - {rule_type: range, column: price, max: "{{ most }}", on_fail: quarantine}
  - {id: write, type: export, depends_on: [check], with: {to: "{{ out }}", format: csv}}
`
const TEXTS = [...EXAMPLES.map(() => RICH), ...EXAMPLES.map(({ text }) => text)]

export const mutatedDefinitions: Disturbance = {
  name: 'definitions',
  title: 'Definitions with changed bytes, keys and values, compiled; run where they still compile',
  holds: 'problems with words, or a machine that the checks take and a run that is accounted for',
  cases: { usual: 1000, short: 100 },
  inProcess: true,
  open: async (folder) => {
    const source = join(folder, 'sales.csv')
    writeFileSync(source, dirtySales(1, 30)[0] ?? '')
    return {
      one: async (number, random) => {
        const base = pick(TEXTS, random)
        const isText = random() < 0.3
        const text = isText ? Buffer.from(mutateBytes(Buffer.from(base), random)).toString('utf8') : changedTree(base, random)
        const compiled = compile(text, { file: 'pipeline.yaml' })
        if (!compiled.ok) {
          for (const { what, hint } of compiled.problems)
            assert(what !== '' && hint !== '' && internalErrors(what) === undefined, `a problem in internal words: ${what}\n${text}`)
          return 'problems reported'
        }
        if (base !== RICH || !keepsPlaces(text)) return 'compiles'
        const work = join(folder, `case-${number}`)
        const out = join(work, 'out')
        if (!resolveInputs(compiled.definition, { source, out }).ok) return 'inputs refused'
        mkdirSync(work)
        const end = await assertAccounted({ definition: text, inputs: { source, out }, out, store: join(work, 'store') }).catch(
          (error: unknown) => {
            throw new Error(`${(error as Error).message}\n${text}`)
          },
        )
        rmSync(work, { recursive: true, force: true })
        return typeof end === 'string' ? `runs: ${end}` : 'runs: balanced'
      },
    }
  },
}

/** Reads and writes where it did: a run of any other would write to a place that chance has made up. */
const keepsPlaces = (text: string) =>
  /source: "?\{\{ source \}\}"?/.test(text) && /to: "?\{\{ out \}\}"?/.test(text) && !/quarantine: ?[^,}\n]*\//.test(text)

type Spot = { readonly get: () => Node | null; readonly set: (value: unknown) => void; readonly remove: () => void }

/** One or three keys or values are replaced, removed, repeated or moved. */
function changedTree(base: string, random: () => number): string {
  const document = parseDocument(base)
  for (let changes = random() < 0.7 ? 1 : 3; changes > 0; changes--) {
    const spots: Spot[] = []
    collect(document.contents, spots)
    if (spots.length === 0) break
    const spot = pick(spots, random)
    const change = random()
    if (change < 0.2) spot.remove()
    else if (change < 0.5) spot.set(pick(spots, random).get()?.clone() as Node)
    else spot.set(pick([...HOSTILE_VALUES, ...ODD_VALUES], random))
  }
  try {
    return document.toString({ lineWidth: 0 })
  } catch {
    // a tree that cannot be written as YAML is no definition anyone could give
    return base
  }
}

const ODD_VALUES: readonly unknown[] = [null, true, 0, -1, 1.5, 1e308, '', [], {}, [[]], { a: { b: [1] } }, ['id'], 2 ** 53]

function collect(node: unknown, spots: Spot[]): void {
  if (isSeq(node)) {
    for (const [at, item] of node.items.entries()) {
      spots.push({
        get: () => item as Node | null,
        set: (value) => node.set(at, value),
        remove: () => node.delete(at),
      })
      collect(item, spots)
    }
  }
  if (!isMap(node)) return
  for (const pair of node.items as Pair<unknown, unknown>[]) {
    const { key } = pair
    spots.push({
      get: () => pair.value as Node | null,
      set: (value) => {
        pair.value = value
      },
      remove: () => node.delete(key),
    })
    if (isScalar(key)) {
      const renamed = key
      spots.push({
        get: () => renamed,
        set: (value) => {
          if (typeof value === 'string') renamed.value = value
        },
        remove: () => node.delete(renamed),
      })
    }
    collect(pair.value, spots)
  }
}
