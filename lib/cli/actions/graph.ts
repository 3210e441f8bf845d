/** siftstep graph */
import { EXIT } from '#run/local/events.ts'
import type { Graph } from '#data/report/graph/graph.ts'
import { mermaid } from '#data/report/graph/mermaid.ts'
import { svg } from '#data/report/graph/svg.ts'
import { folderStore } from '#io/store/folder.ts'
import { graphOf } from '#run/runs/graph-of.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { compiledHere, printProblems, readOptions, readOverlay } from '#cli/arguments/read-definition.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { localPlace, readRunFacts } from '#run/runs/facts.ts'
import { findRun } from '#run/runs/list.ts'
import { runGraph } from '#run/runs/run-graph.ts'
import { compileStored } from '#run/runs/stored-definition.ts'

const FORMATS = new Map<string, (graph: Graph) => string>([
  ['mermaid', mermaid],
  ['svg', svg],
  ['json', (graph) => `${JSON.stringify(graph, null, 2)}\n`],
])

export async function showGraph(args: Args, terminal: Terminal): Promise<number> {
  const format = args.value('format') ?? (args.has('json') ? 'json' : 'mermaid')
  const print = FORMATS.get(format)
  if (print === undefined) throw new UsageError(`unknown format ${format}`, `use one of ${[...FORMATS.keys()].join(', ')}`, 'graph')
  const [given = ''] = args.positionals
  const graph = /\.ya?ml$/i.test(given) ? await ofDefinition(given, args, terminal) : await ofRun(given, args, terminal)
  if (graph === null) return EXIT.definition
  terminal.out(print(graph))
  return EXIT.ok
}

async function ofDefinition(file: string, args: Args, terminal: Terminal): Promise<Graph | null> {
  const text = await onePipeline(file, args, terminal)
  const { compiled } = compiledHere(text, await readOptions(file, await readOverlay(args, terminal), terminal), terminal)
  if (compiled.ok) return graphOf(compiled.definition)
  printProblems(compiled.problems, terminal)
  return null
}

async function ofRun(given: string, args: Args, terminal: Terminal): Promise<Graph | null> {
  const folder = storeFolder(args, terminal)
  const run = await findRun(given, folder)
  const { compiled } = await compileStored(run.record, folderStore(folder), terminal.env)
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    throw new UsageError(`the definition of the run ${run.record.id} no longer compiles`, 'set the environment variables that it had then')
  }
  return runGraph(graphOf(compiled.definition), await readRunFacts(run, await localPlace(run.record.id, folder)))
}
