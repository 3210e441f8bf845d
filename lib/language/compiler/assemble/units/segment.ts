/** Assembles a segment: steps on rows, fused into one pass over the batches, and their commit. */
import type { Step } from '#language/definition/definition.ts'
import type { State } from '#asl/machine/asl.ts'
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { SegmentUnit } from '../../plan.ts'
import { type Chain, type TaskLimits, limitsOf, mapped, payload, task } from '../emit.ts'
import { datasetPlan, datasetVariable, roundVariable, stepVariable } from '../variables.ts'
import { type Assemble, calledAgain, join, one, overBatches, result } from './assembler.ts'
import { stepSettings, surveyed } from './survey.ts'
import type { JsonObject } from '#core/json.ts'

export const segment: Assemble<SegmentUnit> = (unit, settings, next) => {
  const { id, steps, sink, reads, surveys, repeats, key, latest } = unit
  const owner = steps[0]?.step ?? sink
  const all = [...steps.map(({ step }) => step), ...(sink === null ? [] : [sink])]
  const stepLimits = all.length === 0 ? NO_LIMITS : largestLimits(all.map(limitsOf) as [TaskLimits, ...TaskLimits[]])
  const dataset = `$${datasetVariable(reads)}`
  // cells that do not fit a declared type count for the scan that declares it
  const meant = [...(settings.scans.has(reads) ? [reads] : []), ...all.map((step) => step.id)]
  const limits = Object.fromEntries(
    meant.flatMap((step) => {
      const limit = settings.limits.get(step)?.max_bad_rows
      return limit === undefined ? [] : [[step, limit]]
    }),
  )
  const scanned = settings.scanOf.get(id)
  const failing = meant.filter((step) => settings.failing.has(step))
  const body: JsonObject = {
    dataset: datasetPlan(unit),
    steps: steps.map(stepSettings),
    sink: sink === null ? null : { id: sink.id, type: sink.type, with: sink.with },
    latest,
    key,
    ...(repeats ? { round: jsonata(`$${roundVariable(id)}.round`) } : {}),
  }
  const results: JsonObject = Object.fromEntries(all.map((step) => [stepVariable(step.id), result(`steps.${step.id}`)]))
  const map = mapped(
    settings,
    {
      ...overBatches(id, 'segment', dataset, owner ?? undefined),
      // the name of a unit without steps is longer than an id, and names of states are limited
      ...(all.length === 0 ? { name: id } : {}),
      settings: body,
      ...stepLimits,
    },
    `${id}.commit`,
  )
  const commit = task(
    {
      task: 'commit',
      payload: payload(settings, 'commit', id, {
        ...body,
        max_bad_rows: limits,
        ...(failing.length === 0 ? {} : { failing, reads }),
        ...(sink === null || settings.remembers.length === 0 ? {} : { remembers: settings.remembers }),
        ...(sink === null || scanned === undefined ? {} : { scan: scanned }),
      }),
      ...stepLimits,
      assign: {
        ...results,
        ...(sink === null ? { [datasetVariable(id)]: result('dataset') } : {}),
        ...(repeats ? { [roundVariable(id)]: { again: result('again'), round: result('round') } } : {}),
      },
      onError: settings.onError,
    },
    repeats ? `${id}.again` : next,
  )
  const first = steps[0]?.step
  return surveyed(
    surveys,
    (found) => (found.place !== null ? found.prefix.at(-1)?.step : steps.find(({ step }) => step.id === found.id)?.step) ?? (first as Step),
    settings,
    repeats ? twice(id, map, commit, next) : join(map, one(`${id}.commit`, commit)),
  )
}

/** The pass, and a second pass for the batches in which another row stays in place of its duplicates than was chosen before. */
const twice = (id: string, map: Chain, commit: State, next: string): Chain =>
  join(
    one(`${id}.pass`, { Type: 'Pass', Assign: { [roundVariable(id)]: { again: null, round: 0 } }, Next: map.start }),
    map,
    one(`${id}.commit`, commit),
    calledAgain(`${id}.again`, `$${roundVariable(id)}.again`, map.start, next),
  )

const NO_LIMITS: TaskLimits = {
  timeout: 900,
  retry: { errors: [], max_attempts: 0, interval: 1, backoff_rate: 2, max_delay: 60, jitter: 'full' },
}

/** A task of several steps gets the largest timeout and memory of them, and the retries of the first. */
function largestLimits(stepLimits: readonly [TaskLimits, ...TaskLimits[]]): TaskLimits {
  const memories = stepLimits.flatMap(({ memory }) => (memory === undefined ? [] : [memory]))
  return {
    timeout: Math.max(...stepLimits.map(({ timeout }) => timeout)),
    retry: stepLimits[0].retry,
    memory: memories.length === 0 ? undefined : Math.max(...memories),
  }
}
