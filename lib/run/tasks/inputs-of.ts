/** The sources of the rows that are published, for the result of an export. */
import type { JsonObject } from '#core/json.ts'
import type { SourceFile } from '#io/connectors/find.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson } from '#io/workspace/json-store.ts'

/** Results pass through the machine, which limits their size. */
const ROOM_FOR_INPUTS = 60_000

/** The sources that a scan read; null if there are too many to pass on. */
export async function inputsOf(scan: string | undefined, { store, workspace }: TaskContext): Promise<readonly JsonObject[] | null> {
  if (scan === undefined) return null
  const inputs = (await readJson<readonly SourceFile[]>(store, workspace.read(scan))).map(({ uri, name, bytes, version }) => ({
    uri,
    name,
    bytes,
    ...(version === undefined ? {} : { version }),
  }))
  return JSON.stringify(inputs).length > ROOM_FOR_INPUTS ? null : inputs
}
