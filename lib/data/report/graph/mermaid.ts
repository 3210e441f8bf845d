/** A graph as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
import { escapeControls } from '#core/text/escape-controls.ts'
import { COLOURS, type Graph, kindLine, NODE_STATES } from './graph.ts'

export function mermaid({ name, nodes, edges }: Graph): string {
  // ids of our own: words such as `end` have a meaning in Mermaid
  const ids = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const used = NODE_STATES.filter((state) => nodes.some((node) => node.state === state))
  return [
    '---',
    `title: ${JSON.stringify(escapeControls(name))}`,
    '---',
    'flowchart TD',
    ...nodes.map(
      (node, at) => `  n${at}["${quoted(node.id)}<br/>${quoted(kindLine(node))}"]${node.state === undefined ? '' : `:::${node.state}`}`,
    ),
    ...edges.map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`),
    ...used.map((state) => `  classDef ${state} fill:${COLOURS[state].fill},stroke:${COLOURS[state].stroke},color:#111`),
    '',
  ].join('\n')
}

/** Everything but letters, digits and harmless marks as a character code, which Mermaid shows as the character. */
const quoted = (text: string) => escapeControls(text).replace(/[^\p{L}\p{M}\p{N} _.,:/·…-]/gu, (one) => `#${one.codePointAt(0)};`)
