/** What is known of the sources once all are inspected: the catalogue for readers, and the types that most rows have. */
import { delimiterOf } from '#io/formats/source.ts'
import { entryOf, record } from '#core/text/record.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Inspected } from '#data/dataset/build.ts'
import type { SourceFile } from '#io/connectors/find.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { isAmong } from '#core/text/lookup.ts'

/** Writes an entry for each source; `metadata` are the parts it has (default: all). */
export async function writeCatalogue(
  { columns, sources }: DatasetPlan,
  inspected: readonly Inspected[],
  files: readonly SourceFile[],
  metadata: readonly string[] | undefined,
  { store, workspace, step }: TaskContext,
): Promise<void> {
  const entries = sources.map(({ name, uri, bytes, records, bad, absent, other_types }, at) => {
    const { inspection } = inspected[at] as Inspected
    const own = columns.filter((column) => !isAmong(absent, column.name))
    const parts: { readonly [part: string]: object } = {
      schema: { schema: own.map(({ name: column, type }) => ({ column, type: entryOf(other_types, column) ?? type })) },
      statistics: { statistics: { records, unreadable: bad, columns: own.length, chunks: inspection.chunks.length } },
      encoding: { encoding: inspection.encoding },
      delimiter: { delimiter: delimiterOf(inspection) ?? null },
      compression: { compression: inspection.compression },
    }
    const version = files.find((file) => file.uri === uri)?.version ?? null
    const chosen = Object.entries(parts).flatMap(([part, value]) => ((metadata?.includes(part) ?? true) ? [value] : []))
    return Object.assign({ name, uri, bytes, version, format: inspection.format }, ...chosen) as object
  })
  await store.write(workspace.catalogue(step), `${JSON.stringify(entries, null, 2)}\n`)
}

/** For each column that sources hold with different types: the type of the sources with the most rows; the earlier source decides a tie. */
export function usualTypes({ columns, sources }: DatasetPlan): { readonly [column: string]: string } {
  const found = record<string>()
  for (const { name, type } of columns) {
    if (!sources.some(({ other_types }) => entryOf(other_types, name) !== undefined)) continue
    const rows = new Map<string, number>()
    for (const { absent, other_types, records } of sources) {
      if (isAmong(absent, name)) continue
      const own = entryOf(other_types, name) ?? type
      rows.set(own, (rows.get(own) ?? 0) + records)
    }
    const [usual] = [...rows].reduce((most, one) => (one[1] > most[1] ? one : most), ['', -1] as [string, number])
    if (usual !== '' && usual !== type) found[name] = usual
  }
  return found
}
