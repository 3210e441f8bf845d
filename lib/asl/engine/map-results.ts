/** The results of a map run: a record per child, and with a ResultWriter the objects the service would write. */
import type { MapState } from '#asl/machine/asl.ts'
import type { MapRunNames } from './arns.ts'
import { StateFailure, Stopped } from './failure.ts'
import type { Frame } from './frame.ts'
import { unlessStopped } from './stop.ts'
import { record } from '#core/text/record.ts'
import type { Json } from '#core/json.ts'

interface Begun {
  readonly name: string
  readonly arn: string
  /** JSON text. */
  readonly input: string
}
interface Ended extends Begun {
  /** ISO 8601. */
  readonly start: string
  readonly stop: string
}

/** A child execution of a map run. */
export type Child =
  | (Begun & { readonly status: 'PENDING' })
  | (Ended & { readonly status: 'SUCCEEDED'; readonly output: string })
  | (Ended & { readonly status: 'FAILED'; readonly failure: { readonly error?: string; readonly cause?: string } })
  | (Ended & { readonly status: 'ABORTED' })

/**
 * A child's record in the format of ResultWriter: inputs and outputs are JSON text, keys in alphabetical order. Source:
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export function recordOf(child: Child, stateMachineArn: string): Json {
  const input = { Input: child.input, InputDetails: { Included: true } }
  if (child.status === 'PENDING') return { ...input, Status: 'PENDING' }
  const redrive =
    child.status === 'SUCCEEDED'
      ? { RedriveStatus: 'NOT_REDRIVABLE', RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }
      : { RedriveStatus: 'REDRIVABLE' }
  const record: { [key: string]: Json } = {
    ExecutionArn: child.arn,
    ...input,
    Name: child.name,
    ...(child.status === 'SUCCEEDED' && { Output: child.output, OutputDetails: { Included: true } }),
    ...(child.status === 'FAILED' && child.failure.error !== undefined && { Error: child.failure.error }),
    ...(child.status === 'FAILED' && child.failure.cause !== undefined && { Cause: child.failure.cause }),
    RedriveCount: 0,
    ...redrive,
    StartDate: child.start,
    StateMachineArn: stateMachineArn,
    Status: child.status,
    StopDate: child.stop,
  }
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Writes the records by status (aborted ones with the failed, like the service) and a manifest that lists the objects, and returns the Map
 * state's result. One object per status: the service splits at sizes that no map run here reaches.
 */
export async function writeResults(
  frame: Frame<MapState>,
  children: readonly Child[],
  location: { readonly bucket: string; readonly path: string },
  names: MapRunNames,
  runId: string,
): Promise<Json> {
  const folder = location.path === '' ? runId : `${location.path}/${runId}`
  const put = async (file: string, value: Json): Promise<{ Key: string; Size: number }> => {
    const bytes = new TextEncoder().encode(JSON.stringify(value))
    const key = `${folder}/${file}`
    try {
      await unlessStopped(frame.run.world.objects.put(location.bucket, key, bytes), frame.signal)
    } catch (error) {
      if (error instanceof Stopped) throw error
      throw new StateFailure('States.ResultWriterFailed', `${location.bucket}/${key}: ${(error as Error).message}`)
    }
    return { Key: key, Size: bytes.byteLength }
  }
  const files = record<Json>()
  for (const status of ['FAILED', 'PENDING', 'SUCCEEDED']) {
    const records = children.filter((child) => (child.status === 'ABORTED' ? 'FAILED' : child.status) === status)
    files[status] =
      records.length === 0
        ? []
        : [
            await put(
              `${status}_0.json`,
              records.map((child) => recordOf(child, names.stateMachine.Id)),
            ),
          ]
  }
  const manifest = await put('manifest.json', { DestinationBucket: location.bucket, MapRunArn: names.mapRunArn, ResultFiles: files })
  return { MapRunArn: names.mapRunArn, ResultWriterDetails: { Bucket: location.bucket, Key: manifest.Key } }
}
