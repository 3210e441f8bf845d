/**
 * What a distributed map failed of. Step Functions says of the map only that too many of its children failed; what the first of them
 * failed of stands among the results the map wrote to the store, as it does of a run that is gone on with, in a folder for each map run.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { type CaughtError, TOO_MANY_FAILED } from '#core/errors/failure.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'

type Place = Pick<TaskContext, 'store' | 'workspace'>

/** The failure of the child that failed first, of the map run that failed last; any other failure as it is. `unit` is the one whose map it is. */
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

/** Children that were stopped because another failed have no error of their own. */
function failedChild({ Error: error, Cause: cause, StopDate: ended }: JsonObject): FailedChild[] {
  if (!isText(error)) return []
  return [{ ended: isText(ended) ? ended : '', failure: { Error: error, ...(isText(cause) ? { Cause: cause } : {}) } }]
}

const isText = (value: Json | undefined): value is string => typeof value === 'string'

const byEnd = (a: FailedChild | undefined, b: FailedChild | undefined) => ((a?.ended ?? '') < (b?.ended ?? '') ? -1 : 1)
