/** Reads what a run left, to compare it with another. */
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import type { ComparedRun } from './compare.ts'
import { localPlace, readRunFacts } from './facts.ts'
import type { StoredRun } from './list.ts'
import { storedText } from './stored-definition.ts'

/** `folder` is that of the store. */
export async function readComparedRun(run: StoredRun, folder: string): Promise<ComparedRun> {
  const { id } = run.record
  const place = await localPlace(id, folder)
  const seconds = (place.events ?? []).flatMap((event) =>
    event.event === 'step_finished' ? [[event.report.step, event.seconds] as const] : [],
  )
  const store = folderStore(folder)
  const catalogues = (await store.list(`${runPrefix(id)}/`)).map(({ key }) => key).filter(workspace(id).isCatalogue)
  const sources = (await Promise.all(catalogues.map((key) => readJson<readonly CataloguedSource[]>(store, key)))).flat()
  return {
    facts: await readRunFacts(run, place),
    definition: await storedText(store, workspace(id).definition),
    read: new Map(sources.flatMap(({ schema = [] }) => schema.map(({ column, type }) => [column, type] as const))),
    seconds: new Map(seconds),
  }
}

/** What a scan writes of each source; without the schema where `metadata` leaves it out. */
interface CataloguedSource {
  readonly schema?: readonly { readonly column: string; readonly type: string }[]
}
