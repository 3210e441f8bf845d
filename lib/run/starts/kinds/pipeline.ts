/**
 * The end of a run of another pipeline, as Step Functions reports it on the bus. Sources: Step Functions developer guide, "Automating Step
 * Functions event delivery with EventBridge"; the output of an execution is in docs/aws.md.
 */
import type { AwaitedStatus, PipelineTrigger } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { momentValues } from '../fill.ts'
import type { StartEvent, StartKind } from '../kind.ts'
import { matches } from '../match.ts'
import { type MachineOf, machineIn, type StartSettings } from '../settings.ts'
import { StartError } from '../start-error.ts'
import { asBusEvent, type BusEvent, momentOfEvent } from './bus-event.ts'

export const STATUS_CHANGE = 'Step Functions Execution Status Change'

/** The endings of an execution that a trigger waits for. Of a stopped one (ABORTED) nobody knows whether it will go on. */
const ENDINGS: { readonly [Status in AwaitedStatus]: readonly string[] } = {
  succeeded: ['SUCCEEDED'],
  failed: ['FAILED', 'TIMED_OUT'],
  finished: ['SUCCEEDED', 'FAILED', 'TIMED_OUT'],
}

export const pipelinePattern = ({ pipeline, status }: PipelineTrigger, machineOf: MachineOf): JsonObject => ({
  source: ['aws.states'],
  'detail-type': [STATUS_CHANGE],
  detail: { stateMachineArn: [machineOf(pipeline)], status: ENDINGS[status] },
})

/** Whether an event is one that a trigger waits for. */
export const isAwaited = (event: Json, trigger: PipelineTrigger, settings: Pick<StartSettings, 'machines'>): boolean =>
  matches(pipelinePattern(trigger, machineIn(settings)), event)

export const pipelineKind: StartKind = {
  parse: async (message, settings) => {
    const event = asBusEvent(message)
    if (event === undefined || event['detail-type'] !== STATUS_CHANGE) return undefined
    const waiting = settings.triggers.filter(
      (trigger): trigger is PipelineTrigger => trigger.type === 'pipeline' && isAwaited(event, trigger, settings),
    )
    // an event trigger may match it
    if (waiting.length === 0) return undefined
    const found = waiting.map((trigger) => occurrenceOf(event, trigger, settings))
    return {
      events: found.flatMap((one) => ('identity' in one ? [one] : [])),
      ignored: found.flatMap((one) => ('ignored' in one ? [one.ignored] : [])),
    }
  },
}

function occurrenceOf(
  event: BusEvent,
  { pipeline, status: awaited, inputs }: PipelineTrigger,
  { id, name }: StartSettings,
): StartEvent | { readonly ignored: string } {
  const { run, logical_date, start } = begunBy(event)
  const { status, outputs } = endedWith(event)
  // pipelines of different files may form a cycle that no check has seen
  const through = [...pipelinesBefore(start), pipeline]
  if (through.includes(id)) return { ignored: `${id} would start itself forever: ${[...through, id].join(' → ')}` }
  const last = outputs.at(-1)
  return {
    // a run that is resumed, or redriven, ends again and is the same run
    identity: `pipeline ${pipeline} ${awaited} ${run}`,
    label: `${pipeline}-${momentValues(logical_date)['ds_nodash']}`,
    logical_date,
    values: {
      ...momentValues(logical_date),
      pipeline: { id, name },
      event: { pipeline, run_id: run, status, time: momentOfEvent(event), outputs, ...(last === undefined ? {} : { output: last }) },
    },
    inputs,
    collects: [],
    group: '',
    cause: { type: 'pipeline', pipeline, run, status, ...(through.length === 1 ? {} : { through }) },
  }
}

/** What the run was started with: on AWS an execution that continues an earlier run has the id and the start of that run. */
function begunBy({ detail }: BusEvent): { readonly run: string; readonly logical_date: string; readonly start: Json | undefined } {
  const input = jsonIn(detail['input'])
  if (input === undefined)
    throw new StartError('the event does not hold the input of the run that ended, so its date is unknown: the input is too large')
  const { run_id, logical_date, started_at, start } = input
  const begun = typeof detail['startDate'] === 'number' ? new Date(detail['startDate']).toISOString() : undefined
  const date = logical_date ?? started_at ?? begun
  const run = run_id ?? detail['name']
  if (typeof run !== 'string' || typeof date !== 'string') throw new StartError('the event has no name of a run, or no date of its start')
  return { run, logical_date: date, start }
}

/** An execution that did not succeed has no output. */
function endedWith({ detail }: BusEvent): { readonly status: string; readonly outputs: readonly string[] } {
  const summary = jsonIn(detail['output'])
  if (summary === undefined) return { status: detail['status'] === 'SUCCEEDED' ? 'succeeded' : 'failed', outputs: [] }
  const { status, output } = summary as { status?: Json; output?: Published | null }
  const published = output === null || output === undefined ? [] : [...(output.others ?? []), output]
  return { status: String(status ?? 'succeeded'), outputs: published.map(({ to }) => to) }
}

interface Published {
  readonly to: string
  readonly others?: readonly { readonly to: string }[]
}

/** The pipelines that led to a run, from the first: those of `through`, or the one that started it. */
function pipelinesBefore(start: Json | undefined): readonly string[] {
  if (start === null || typeof start !== 'object' || Array.isArray(start)) return []
  const { through, pipeline } = start as JsonObject
  return Array.isArray(through) ? through.map(String) : typeof pipeline === 'string' ? [pipeline] : []
}

/** Input and output are JSON as a text; null if there is none, or if it is too large for the event. */
function jsonIn(value: Json | undefined): JsonObject | undefined {
  if (typeof value !== 'string') return undefined
  try {
    const found = JSON.parse(value) as Json
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? (found as JsonObject) : undefined
  } catch {
    return undefined
  }
}
