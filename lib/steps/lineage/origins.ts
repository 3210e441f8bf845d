/** Traces the columns of an output through every segment and every operation across rows, back to the files. */
import { type DatasetPlan, fieldOf } from '#data/dataset/plan.ts'
import type { Outside, TracedColumn } from '#relational/operations/traced.ts'
import type { RunArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import { tracedTo } from '#data/ledger/traced-columns.ts'
import { isAmong } from '#core/text/lookup.ts'

/** A column of a file. */
export interface FileField {
  readonly uri: string
  readonly field: string
}

export interface OriginatedColumn extends Pick<TracedColumn, 'name' | 'through' | 'derived'> {
  readonly fields: readonly FileField[]
}

export function originsOf(segment: SegmentArtifacts, artifacts: RunArtifacts): readonly OriginatedColumn[] {
  const { columns, plan } = tracedTo(segment.file.step, artifacts)
  return columns.map(({ name, from, outside, through, derived }) => ({
    name,
    through,
    derived,
    fields: [...from.flatMap((column) => fieldsOf(column, plan)), ...outside.map(({ source, column }) => ({ uri: source, field: column }))],
  }))
}

/** Files besides the sources whose columns are in the output. */
export function outsideOf({ exchanges }: RunArtifacts): readonly Outside[] {
  return exchanges.flatMap(({ file }) => file.lineage.flatMap(({ outside }) => outside))
}

/** A column of the dataset in each source that has it, under the source's own name. */
function fieldsOf(column: string, plan: DatasetPlan | undefined): readonly FileField[] {
  return (plan?.sources ?? []).flatMap(({ uri, layout, absent }) => {
    if (isAmong(absent, column)) return []
    const fields = plan?.layouts[layout]?.columns ?? []
    const field = fields[fieldOf(fields, column)]?.physical ?? column
    return [{ uri, field }]
  })
}
