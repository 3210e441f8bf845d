/**
 * Finds the failure behind a distributed map. Step Functions reports only that too many children failed. The failure of the first child
 * is in the results that the map wrote to the store, with one folder per map run, also for redriven runs.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { type CaughtError, TOO_MANY_FAILED } from '#core/errors/failure.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'

type Place = Pick<TaskContext, 'store' | 'workspace'>

/** The failure of the first failed child in the last failed map run; other failures are returned unchanged. `unit` is the unit of the map. */
export async function childFailure(failure: CaughtError, unit: string | null, { store, workspace }: Place): Promise<CaughtError> {
  if (failure.Error !== TOO_MANY_FAILED) return failure
  const keys = (await store.list(workspace.data(unit))).map(({ key }) => key).filter((key) => workspace.isFailedResults(key))
  const runs = await inParallel(keys, 16, async (key) =>
    (await readJson<readonly JsonObject[]>(store, key)).flatMap(failedChild).sort(byEnd),
  )
  const last = runs
    .filter((children) => children.length > 0)
    .sort((a, b) => byEnd(a.at(-1), b.at(-1)))
    .at(-1)
  return last?.[0]?.failure ?? failure
}

interface FailedChild {
  readonly ended: string
  readonly failure: CaughtError
}

/** Children stopped because another failed have no error of their own. */
function failedChild({ Error: error, Cause: cause, StopDate: ended }: JsonObject): FailedChild[] {
  if (!isText(error)) return []
  return [{ ended: isText(ended) ? ended : '', failure: { Error: error, ...(isText(cause) ? { Cause: cause } : {}) } }]
}

const isText = (value: Json | undefined): value is string => typeof value === 'string'

const byEnd = (a: FailedChild | undefined, b: FailedChild | undefined) => ((a?.ended ?? '') < (b?.ended ?? '') ? -1 : 1)
