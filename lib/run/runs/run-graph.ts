/** The graph of a run: that of its definition, with how far each step came. Pure. */
import { pathToFileURL } from 'node:url'
import type { StepReport } from '#core/task/task.ts'
import { parseCause } from '#core/errors/failure.ts'
import type { Graph, GraphNode, NodeState } from '#data/report/graph/graph.ts'
import type { RunFacts } from './facts.ts'

const STATES: { readonly [Level in StepReport['level']]: NodeState } = {
  ok: 'done',
  warning: 'warning',
  error: 'failed',
  skipped: 'skipped',
}

export function runGraph(graph: Graph, facts: RunFacts): Graph {
  const reports = new Map([
    ...(facts.progress?.finished ?? []).map((report) => [report.step, report] as const),
    ...(facts.report?.steps ?? []).map(({ id, report }) => [id, report] as const),
  ])
  const failure = failureOf(facts)
  const page = facts.files.find(({ what }) => what === 'report')?.path
  const nodes = graph.nodes.map((node): GraphNode => {
    const link =
      page === undefined || !reports.has(node.id)
        ? {}
        : { link: `${page.includes('://') ? page : pathToFileURL(page).href}#step-${node.id}` }
    if (failure?.step === node.id) return { ...node, ...link, state: 'failed', message: failure.message }
    const report = reports.get(node.id)
    if (report !== undefined) return { ...node, ...link, state: STATES[report.level], message: report.message }
    return { ...node, state: facts.progress?.working.includes(node.id) === true ? begun(facts) : 'waiting' }
  })
  return { ...graph, name: `${graph.name}: ${facts.record.id}, ${facts.state}`, nodes }
}

/** A step that began, in a run that no process works on, has not ended. */
const begun = ({ state }: RunFacts): NodeState => (state === 'running' ? 'running' : 'waiting')

function failureOf({ record, failed }: RunFacts): { readonly step: string | null; readonly message: string } | null {
  if (!('failure' in record) || record.failure === null) return null
  const { step, message } = parseCause(record.failure.cause)
  return { step: step ?? failed?.step ?? null, message }
}
