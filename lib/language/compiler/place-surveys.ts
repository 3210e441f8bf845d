/** Surveys in the middle of a step, for rules that use keys or figures which earlier rules of the step can change. Pure. */
import type { Step } from '#language/definition/definition.ts'
import type { Place } from '#steps/kind/step.ts'
import type { PlaceReference, SegmentStepPlan, Survey } from './plan.ts'

/** Contains a capital, which no id has. */
const placeId = ({ id }: Step, rule: number) => `${id}_Rule${rule + 1}`

/** `before` are the earlier steps of the segment. */
export function placeSurveys(
  step: Pick<SegmentStepPlan, 'step' | 'facts'>,
  asked: readonly Place[],
  before: readonly SegmentStepPlan[],
  reads: string,
): { readonly places: readonly PlaceReference[]; readonly inner: readonly Survey[] } {
  const places = asked.map((place): PlaceReference => ({ ...place, survey: placeId(step.step, place.rule) }))
  const inner = asked.map((place, at): Survey => {
    const part: SegmentStepPlan = { ...step, places: places.slice(0, at), until: place.rule }
    const { key_sets } = place
    return { id: placeId(step.step, place.rule), reads, prefix: [...before, part], key_sets, detail: null, uniqueness: 0, place }
  })
  return { places, inner }
}
