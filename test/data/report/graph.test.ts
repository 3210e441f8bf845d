/** The graph of a pipeline as Mermaid and SVG: every step and dependency once, whatever the names hold. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLOURS, type Graph, type GraphNode, NODE_STATES } from '#data/report/graph/graph.ts'
import { mermaid } from '#data/report/graph/mermaid.ts'
import { svg } from '#data/report/graph/svg.ts'
import { compile } from '#language/compiler/compile.ts'
import { graphOf } from '#run/runs/graph-of.ts'
import { HOSTILE_TEXTS } from '../../kit/hostile-texts.ts'

const node = (id: string, more: Partial<GraphNode> = {}): GraphNode => ({ id, type: 'clean', condition: null, loop: false, ...more })

/** The elements of an XML text, in order; throws where a tag is not closed, or a character stands where it must be escaped. */
function elementsOf(xml: string): readonly string[] {
  const [open, found]: [string[], string[]] = [[], []]
  for (const [, text = '', tag = ''] of xml.matchAll(/([^<]*)(<[^>]*>)?/g)) {
    const rest = text.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/gi, '')
    if (/[&>]/.test(rest)) throw new Error(`a character that is not escaped: ${text}`)
    if (tag === '') continue
    const [, closing, name = '', attributes = '', single] = /^<(\/?)([a-z]+)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>$/.exec(tag) ?? []
    if (name === '') throw new Error(`not a tag: ${tag}`)
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`${tag} closes another element`)
    } else {
      if (/\son[a-z]+=/i.test(attributes)) throw new Error(`an event handler: ${tag}`)
      found.push(name)
      if (single !== '/') open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`)
  return found
}

const names = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS.map(([, text]) => text)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
)
const graphs: fc.Arbitrary<Graph> = fc
  .record({ name: names, ids: fc.uniqueArray(names, { minLength: 1, maxLength: 8 }), message: names, link: names })
  .chain(({ name, ids, message, link }) =>
    fc
      .record({
        states: fc.array(fc.constantFrom(...NODE_STATES), { minLength: ids.length, maxLength: ids.length }),
        edges: fc.subarray(ids.flatMap((from, at) => ids.slice(at + 1).map((to) => [from, to] as const))),
      })
      .map(({ states, edges }) => ({
        name,
        nodes: ids.map((id, at) => node(id, { condition: message, message, link, state: states[at] ?? 'done' })),
        edges,
      })),
  )

describe('a graph', () => {
  it('is well-formed SVG without scripts, whatever the names hold', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const elements = elementsOf(svg(graph))
        expect(elements.filter((name) => name === 'a')).toHaveLength(graph.nodes.length)
        expect(elements.filter((name) => name === 'path')).toHaveLength(graph.edges.length)
        expect(new Set(elements)).toEqual(new Set(['svg', 'title', 'rect', 'text', 'g', 'a', ...(graph.edges.length > 0 ? ['path'] : [])]))
      }),
    )
  })

  it('is a Mermaid flowchart of one line for each step and dependency, whatever the names hold', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const [open, title = '', close, kind, ...lines] = mermaid(graph).trimEnd().split('\n')
        expect([open, close, kind]).toEqual(['---', '---', 'flowchart TD'])
        expect(() => JSON.parse(title.replace('title: ', ''))).not.toThrow()
        const steps = lines.filter((line) =>
          /^ {2}n\d+\["[^"<>`[\]{}()|;\\]*((#\d+;)[^"<>`[\]{}()|;\\]*)*<br\/>[^"<>`]*"\]:::[a-z]+$/.test(line),
        )
        expect(steps).toHaveLength(graph.nodes.length)
        expect(lines.filter((line) => /^ {2}n\d+ --> n\d+$/.test(line))).toHaveLength(graph.edges.length)
        expect(lines.filter((line) => line.startsWith('  classDef '))).toHaveLength(new Set(graph.nodes.map(({ state }) => state)).size)
      }),
    )
  })

  it('colours the states of a run, and links each step to what is written about it', () => {
    const graph: Graph = {
      name: 'Sales',
      nodes: [node('find', { state: 'done', message: 'Found 3 files', link: 'report.html#step-find' }), node('tidy', { state: 'failed' })],
      edges: [['find', 'tidy']],
    }
    expect(svg(graph)).toContain('<a href="report.html#step-find">\n<g>\n<title>find: done: Found 3 files</title>')
    expect(svg(graph)).toContain(`fill="${COLOURS.failed.fill}"`)
    expect(mermaid(graph)).toBe(
      `---\ntitle: "Sales"\n---\nflowchart TD\n  n0["find<br/>clean"]:::done\n  n1["tidy<br/>clean"]:::failed\n  n0 --> n1\n  classDef done fill:${COLOURS.done.fill},stroke:${COLOURS.done.stroke},color:#111\n  classDef failed fill:${COLOURS.failed.fill},stroke:${COLOURS.failed.stroke},color:#111\n`,
    )
  })

  it('of a definition has its steps, those of parallel entries, and what each waits for', () => {
    const compiled = compile(
      `version: 1
id: shop
steps:
  - {id: find, type: discover, with: {source: "a/*.csv"}}
  - id: both
    parallel:
      - {id: schema_check, type: schema}
      - {id: profile, type: profile}
  - {id: out, type: export, condition: "{{ ds }} != '2026-01-01'", with: {to: out}}
`,
      { file: 'shop.yaml' },
    )
    if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('; '))
    const { nodes, edges } = graphOf(compiled.definition)
    expect(nodes.map(({ id, type }) => [id, type])).toEqual([
      ['find', 'discover'],
      ['schema_check', 'schema'],
      ['profile', 'profile'],
      ['out', 'export'],
    ])
    expect(nodes.at(-1)?.condition).toBe("{{ ds }} != '2026-01-01'")
    expect(edges).toEqual([
      ['find', 'schema_check'],
      ['find', 'profile'],
      ['schema_check', 'out'],
      ['profile', 'out'],
    ])
  })
})
