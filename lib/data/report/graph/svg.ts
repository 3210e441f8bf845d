/** A graph as an SVG picture that loads nothing and runs nothing: steps in layers from top to bottom, each below what it waits for. */
import { escaped } from '../html-drawings.ts'
import { COLOURS, type Graph, type GraphNode, kindLine } from './graph.ts'

const [WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, TITLE] = [230, 52, 34, 44, 24, 34]
/** About the width of a character of the title. */
const TITLE_CHARACTER = 9
/** What fits into a box. */
const MAX_LABEL = 28

interface Placed {
  readonly node: GraphNode
  readonly layer: number
  readonly x: number
  readonly y: number
}

export function svg(graph: Graph): string {
  const placed = place(graph)
  const all = [...placed.values()]
  const right = Math.max(0, ...all.map(({ x }) => x + WIDTH))
  const bottom = Math.max(0, ...all.map(({ y }) => y + HEIGHT))
  const edges = graph.edges.flatMap(([from, to]) => {
    const [start, end] = [placed.get(from), placed.get(to)]
    return start === undefined || end === undefined ? [] : [edge(start, end, right)]
  })
  const title = MARGIN + [...graph.name].length * TITLE_CHARACTER
  const [width, height] = [Math.max(right + GAP_X, title) + MARGIN, bottom + MARGIN]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" role="img">
<title>${escaped(graph.name)}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${MARGIN}" y="${MARGIN + 4}" font-size="16" font-weight="600" fill="#111">${escaped(graph.name)}</text>
<g fill="none" stroke="#6b7280" stroke-width="1.5">
${edges.join('\n')}
</g>
${all.map(box).join('\n')}
</svg>
`
}

/** The layer of a step is one more than that of the lowest step it waits for. */
function place({ nodes, edges }: Graph): ReadonlyMap<string, Placed> {
  const before = new Map<string, string[]>()
  for (const [from, to] of edges) before.set(to, [...(before.get(to) ?? []), from])
  const layers = new Map<string, number>()
  const rows: GraphNode[][] = []
  // steps stand in the order of their dependencies
  for (const node of nodes) {
    const layer = Math.max(-1, ...(before.get(node.id) ?? []).map((id) => layers.get(id) ?? 0)) + 1
    layers.set(node.id, layer)
    while (rows.length <= layer) rows.push([])
    rows[layer]?.push(node)
  }
  const widest = Math.max(1, ...rows.map(({ length }) => length))
  const widthOf = (amount: number) => amount * WIDTH + (amount - 1) * GAP_X
  return new Map(
    rows.flatMap((row, layer) =>
      row.map((node, at) => {
        const x = MARGIN + (widthOf(widest) - widthOf(row.length)) / 2 + at * (WIDTH + GAP_X)
        return [node.id, { node, layer, x, y: MARGIN + TITLE + layer * (HEIGHT + GAP_Y) }] as const
      }),
    ),
  )
}

function box({ node, x, y }: Placed): string {
  const { fill, stroke } = COLOURS[node.state ?? 'none']
  const label = [...node.id].length > MAX_LABEL ? `${[...node.id].slice(0, MAX_LABEL - 1).join('')}…` : node.id
  const about = [node.id, node.condition === null ? '' : `if ${node.condition}`, node.state ?? '', node.message ?? '']
  const drawn = `<g>
<title>${escaped(about.filter((part) => part !== '').join(': '))}</title>
<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="8" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>
<text x="${x + WIDTH / 2}" y="${y + 22}" text-anchor="middle" font-size="14" font-weight="600" fill="#111">${escaped(label)}</text>
<text x="${x + WIDTH / 2}" y="${y + 40}" text-anchor="middle" font-size="12" fill="#374151">${escaped([kindLine(node), ...(node.state === undefined ? [] : [node.state])].join(' · '))}</text>
</g>`
  return node.link === undefined ? drawn : `<a href="${escaped(node.link)}">\n${drawn}\n</a>`
}

/** A line to the next layer; one that skips layers goes around their boxes, on the right. */
function edge(from: Placed, to: Placed, right: number): string {
  const [x1, y1, x2, y2] = [from.x + WIDTH / 2, from.y + HEIGHT, to.x + WIDTH / 2, to.y]
  const arrow = `M ${x2 - 5} ${y2 - 8} L ${x2} ${y2} L ${x2 + 5} ${y2 - 8}`
  if (to.layer === from.layer + 1) return `<path d="M ${x1} ${y1} C ${x1} ${y1 + GAP_Y / 2} ${x2} ${y2 - GAP_Y / 2} ${x2} ${y2} ${arrow}"/>`
  const lane = right + GAP_X / 2
  return `<path d="M ${x1} ${y1} C ${x1} ${y1 + GAP_Y} ${lane} ${y1} ${lane} ${y1 + GAP_Y} L ${lane} ${y2 - GAP_Y} C ${lane} ${y2} ${x2} ${y2 - GAP_Y} ${x2} ${y2} ${arrow}"/>`
}
