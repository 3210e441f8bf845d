/** Compiles the resources of a pipeline: sizes as bytes, tiers in their order. */
import { toBytes } from '#steps/kind/fields.ts'
import type { CheckContext } from './check-shape.ts'
import { compileText } from './compile-value.ts'
import type { Resources } from './definition.ts'
import { report } from './parse-context.ts'
import type { Top } from './schema.ts'
import type { Scope } from './scope.ts'

/** Problems of the tiers are reported. */
export function compileResources(given: Top['resources'], scope: Scope, context: CheckContext): Resources {
  const tiers = given.tiers.map(({ max_bytes, workers, distributed }) => ({
    ...(max_bytes === undefined ? {} : { max_bytes: toBytes(max_bytes) }),
    workers,
    distributed,
  }))
  tiers.forEach((tier, at) => {
    const before = tiers[at - 1]
    const place = ['resources', 'tiers', at]
    if (tier.max_bytes !== undefined && at === tiers.length - 1) {
      report(context, 'invalid-value', [...place, 'max_bytes'], {
        what: 'the last tier has a limit',
        hint: 'remove its `max_bytes`, or add a tier without one',
      })
    } else if (tier.max_bytes === undefined && at < tiers.length - 1) {
      report(context, 'invalid-value', place, {
        what: 'only the last tier can omit `max_bytes`',
        hint: 'add `max_bytes`, or move the tier to the end',
      })
    } else if (tier.max_bytes !== undefined && tier.max_bytes <= (before?.max_bytes ?? 0)) {
      report(context, 'invalid-value', place, {
        what: '`max_bytes` is not larger than that of the tier before',
        hint: 'sort the tiers by `max_bytes`',
      })
    }
  })
  const workers = typeof given.workers === 'string' ? compileText(given.workers, ['resources', 'workers'], scope, context) : given.workers
  return {
    workers: workers as number | string,
    tiers,
    ...(given.memory_limit === undefined ? {} : { memory_limit: toBytes(given.memory_limit) }),
    task_bytes: toBytes(given.task_bytes),
  }
}
