/** What an approval does at each look: decided, look again later, or too late. */
import { TaskError } from '#core/errors/errors.ts'
import { seconds as shown } from '#core/text/numbers.ts'
import { type Decision, readDecision } from '#io/workspace/decision.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import { MAX_LOOKS } from '#steps/kind/looks.ts'
import { config } from './config.ts'

export const approvalBehaviour: ControlBehaviour = {
  run: async (settings, { step, store, workspace, run, now }, _loadArtifacts, state) => {
    const { message, timeout, poke_interval, on_reject, on_timeout } = config.parse(settings)
    const total = toSeconds(timeout)
    const moment = now()
    // the first look, ISO 8601
    const since = typeof state === 'string' ? state : moment.toISOString()
    const waited = (moment.getTime() - Date.parse(since)) / 1000
    const found = await readDecision(store, workspace, step)
    const answer = (decision: string, made: Decision | null) => ({
      approved: decision === 'approved',
      decision,
      by: made?.by ?? null,
      reason: made?.reason ?? null,
      decided_at: made?.at ?? null,
      waited_seconds: Math.round(waited),
    })
    if (found !== undefined) {
      const what = `${found.decision === 'approved' ? 'Approved' : 'Rejected'} by ${found.by}${found.reason === null ? '' : `: ${found.reason}`}`
      const result = answer(found.decision, found)
      if (found.decision === 'approved') return { result, report: { level: 'ok', message: what, lines: [] } }
      if (on_reject === 'skip') return { result, report: { level: 'warning', message: what, lines: [] } }
      const hint = `to go on after all: siftstep approve ${run.id} ${step}, then resume the run`
      throw new TaskError('Approval.Rejected', what, { step, hint })
    }
    if (waited >= total) {
      const what = `Nobody decided within ${shown(total)}`
      if (on_timeout === 'skip') return { result: answer('timeout', null), report: { level: 'warning', message: what, lines: [] } }
      const hint = `siftstep approve ${run.id} ${step}, then resume the run; or raise \`timeout\``
      throw new TaskError('Approval.Timeout', what, { step, hint })
    }
    const interval = poke_interval === undefined ? Math.max(30, Math.ceil(total / MAX_LOOKS)) : toSeconds(poke_interval)
    const delay = Math.max(1, Math.ceil(Math.min(interval, total - waited)))
    const asked = message === undefined ? '' : `${message} `
    return {
      again: { after_seconds: delay, state: since, waiting_for: `${asked}Waiting for a decision: siftstep approve ${run.id} ${step}` },
    }
  },
}
