/** Assembles a scan: list the sources, inspect each, plan the dataset. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { JsonObject } from '#core/json.ts'
import type { ScanUnit } from '../../plan.ts'
import { limitsOf, mapped, payload, task } from '../emit.ts'
import { datasetVariable, sourcesVariable, stepVariable } from '../variables.ts'
import { type Assemble, join, one, result } from './assembler.ts'

export const scan: Assemble<ScanUnit> = ({ id, step, asked = {} }, settings, next) => {
  const listed = sourcesVariable(id)
  const body = (extra: JsonObject = {}): JsonObject => ({
    type: step.type,
    with: step.with,
    tolerant: step.on_error.continue_on_error,
    ...extra,
  })
  const common = { ...limitsOf(step), onError: settings.onError }
  return join(
    one(
      `${id}.list`,
      task(
        {
          task: 'list',
          payload: payload(settings, 'list', id, body({ resources: settings.resources })),
          assign: { [listed]: jsonata('$states.result.Payload') },
          ...common,
        },
        `${id}.inspect`,
      ),
    ),
    mapped(
      settings,
      {
        name: `${id}.inspect`,
        task: 'inspect',
        step: id,
        settings: body(),
        count: `$${listed}.count`,
        distributed: `$${listed}.distributed`,
        concurrency: `$${listed}.workers`,
        items: `$${listed}.items`,
        results: `$${listed}.results`,
        ...limitsOf(step),
      },
      id,
    ),
    one(
      id,
      task(
        {
          task: 'plan',
          payload: payload(settings, 'plan', id, body({ resources: settings.resources, ...asked })),
          assign: { [stepVariable(id)]: result('result'), [datasetVariable(id)]: result('dataset') },
          ...common,
        },
        next,
      ),
    ),
  )
}
