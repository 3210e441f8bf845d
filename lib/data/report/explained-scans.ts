/** Explains the columns of the scans of a run that are doubtful, or written in a way that had to be decided. */
import { cellKinds } from '#data/dataset/cell-kinds.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { makerOf, type RunArtifacts } from '#data/ledger/artifacts.ts'
import { findJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { ExplainedScan } from './attention.ts'
import { explainColumn } from './explain-column.ts'

/** Records of each source that are examined for examples. */
const EXAMINED = 2000

/** Columns and sources that are looked at: the report is about some of them, not about all. */
const MAX_COLUMNS = 20
const MAX_SOURCES = 20

type Context = Pick<TaskContext, 'store' | 'scratch'>

export async function explainedScans(artifacts: RunArtifacts, context: Context): Promise<readonly ExplainedScan[]> {
  const scans: ExplainedScan[] = []
  for (const { step, plan } of artifacts.scans) {
    // as the survey corrected it
    const read = artifacts.segments.find((segment) => makerOf(segment.file.dataset, segment.plan, artifacts.scans) === step)?.plan ?? plan
    scans.push(await explainScan(step, read, context))
  }
  return scans
}

async function explainScan(step: string, read: DatasetPlan, context: Context): Promise<ExplainedScan> {
  const plan = { ...read, sources: read.sources.slice(0, MAX_SOURCES) }
  const sources: InspectedSource[] = []
  for (const { inspection } of plan.sources) {
    const found = await findJson<InspectedSource>(context.store, inspection)
    if (found !== undefined) sources.push(found)
  }
  const doubts = sources.flatMap(({ inspection }, at) => (inspection.doubts ?? []).map((doubt) => `${plan.sources[at]?.name}: ${doubt}`))
  const columns = plan.columns.filter(isOpen).slice(0, MAX_COLUMNS)
  if (columns.length === 0 || sources.length < plan.sources.length) return { step, columns: [], doubts }
  // a report shows a few examples; siftstep explain examines the whole sample
  const kinds = await cellKinds(plan, sources, columns, context, EXAMINED)
  // misfits are among the rows in quarantine already
  const known = { plan, sources, kinds, facts: [] }
  return { step, doubts, columns: columns.map((column) => explainColumn(column, known)) }
}

/** Whether something about the column was doubtful, or was decided between several readings. */
const isOpen = ({ doubts = [], notes, number, date }: ColumnPlan) =>
  doubts.length > 0 ||
  notes.length > 0 ||
  (number !== null && (number.decimal === ',' || number.grouping !== '' || number.symbols.length > 0)) ||
  date?.formats.some((format) => /^%[dm][-/. ]%[dm]/.test(format) || format.endsWith('+')) === true
