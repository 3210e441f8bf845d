/** Assembles surveys, which measure what steps need to know of the data before they change it. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Step } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { SegmentStepPlan, Survey, SurveyReference } from '../../plan.ts'
import { type Chain, limitsOf, mapped, payload, task } from '../emit.ts'
import { datasetVariable, surveyVariable } from '../variables.ts'
import { calledAgain, join, one, overBatches, type UnitSettings } from './assembler.ts'

export const stepSettings = ({ step, facts, places, until }: SegmentStepPlan): Json => ({
  id: step.id,
  type: step.type,
  with: step.with,
  active: step.condition ?? true,
  facts: factsSettings(facts),
  ...(places.length === 0 ? {} : { places: places as unknown as Json }),
  ...(until === undefined ? {} : { until }),
})

const factsSettings = (facts: SurveyReference | null): Json =>
  facts === null
    ? null
    : { key: jsonata(`$${surveyVariable(facts.survey)}.facts`), survey: facts.survey, key_sets: facts.key_sets as unknown as Json }

/** Survey, evaluate, and survey again while the types of columns turn out wrong. */
function survey(found: Survey, owner: Step, settings: UnitSettings, next: string): Chain {
  const { id, reads, prefix, key_sets, detail, uniqueness, place } = found
  const dataset = `$${datasetVariable(reads)}`
  const variable = surveyVariable(id)
  // the first survey can have replanned the columns
  const first = prefix[0]?.facts?.survey
  const planned = first === undefined ? `${dataset}.plan` : `$${surveyVariable(first)}.dataset`
  const body: JsonObject = {
    dataset: jsonata(`$${variable}.dataset`),
    round: jsonata(`$${variable}.round`),
    key_sets: key_sets as unknown as Json,
    uniqueness,
    prefix: prefix.map(stepSettings),
    ...(place === null ? {} : { place: place as unknown as Json }),
  }
  const begin = (then: string) =>
    one(`${id}.begin`, { Type: 'Pass', Assign: { [variable]: { dataset: jsonata(planned), round: 0 } }, Next: then })
  const facts = (then: string) =>
    one(
      `${id}.facts`,
      task(
        {
          task: 'facts',
          payload: payload(settings, 'facts', id, { ...body, detail: detail as unknown as Json }),
          ...limitsOf(owner),
          assign: { [variable]: jsonata('$states.result.Payload') },
          onError: settings.onError,
        },
        then,
      ),
    )
  // the sample exists already, so no batch is read
  if (place?.figures === 'sample') return join(begin(`${id}.facts`), facts(next))
  return join(
    begin(`${id}.survey`),
    mapped(
      settings,
      {
        ...overBatches(id, 'survey', dataset, owner),
        settings: body,
        ...limitsOf(owner),
      },
      `${id}.facts`,
    ),
    facts(`${id}.settled`),
    calledAgain(`${id}.settled`, `$${variable}.again`, `${id}.survey`, next),
  )
}

/** The surveys of a unit, in order, then its own states. */
export function surveyed(surveys: readonly Survey[], ownerOf: (survey: Survey) => Step, settings: UnitSettings, then: Chain): Chain {
  return surveys.reduceRight((after, found) => {
    const before = survey(found, ownerOf(found), settings, after.start)
    return { start: before.start, states: { ...before.states, ...after.states } }
  }, then)
}
