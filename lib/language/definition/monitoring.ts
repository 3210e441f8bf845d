/** The monitoring of a pipeline: shares and times as numbers. */
import { toSeconds } from '#steps/kind/fields.ts'
import { alertOf } from './alerts.ts'
import { toShare } from './atoms.ts'
import type { Monitoring } from './definition.ts'
import type { Top } from './schema.ts'

export function monitoringOf({ sla, expect_every, min_quality, max_error_rate, logs, ...more }: Top['monitoring']): Monitoring {
  return {
    metrics: [...new Set(more.metrics ?? [])],
    ...(more.tracing === undefined ? {} : { tracing: more.tracing }),
    alerts: more.alerts.map(alertOf),
    ...(sla === undefined ? {} : { sla: toSeconds(sla) }),
    ...(expect_every === undefined ? {} : { expect_every: toSeconds(expect_every) }),
    ...(min_quality === undefined ? {} : { min_quality: toShare(min_quality) }),
    ...(max_error_rate === undefined ? {} : { max_error_rate: toShare(max_error_rate) }),
    logs: {
      level: logs.level,
      retention_days: logs.retention_days,
      ...(logs.sampling_rate === undefined ? {} : { sampling_rate: logs.sampling_rate }),
    },
  }
}
