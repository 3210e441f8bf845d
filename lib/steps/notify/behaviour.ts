/** What a notify step does: one message, with what the run has written so far. */
import { deliver } from '#io/channels/deliver.ts'
import type { ChannelSettings } from '#io/channels/channel.ts'
import { enclosuresOfRun, enclosuresOfSteps } from '#data/report/enclosures.ts'
import { factsOfFailure, factsOfReport, factsOfSteps } from '#data/report/message-facts.ts'
import type { QualityReport } from '#data/report/model.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { findJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { config } from './config.ts'

export const notifyBehaviour: ControlBehaviour = {
  run: async (settings, context, loadArtifacts) => {
    const aboutSteps = async () => {
      const artifacts = await loadArtifacts()
      return {
        facts: factsOfSteps(artifacts, context, context.post ?? {}),
        enclose: enclosuresOfSteps(artifacts, context, context.post ?? {}),
      }
    }
    const channel = config.parse(settings) as unknown as ChannelSettings
    const { run, step, store, workspace, post = {}, now, log, item } = context
    const about = {
      id: [run.id, step, ...(item === undefined ? [] : [item])].join('.'),
      ...(context.failure?.reported === true ? await aboutFailure(context.failure, context) : await aboutSteps()),
    }
    const { to, how, at } = await deliver(channel, about, { store, outbox: workspace.outbox, now, post, log })
    const message = how === 'sent' ? `Sent to ${to}` : `Kept a message for ${to} in ${at}, as there is no mail server`
    return { result: { sent: how === 'sent', to }, report: { level: 'ok', message, lines: [] } }
  },
}

/** The run has failed, and its report is written, unless that could not be done. */
async function aboutFailure(failure: NonNullable<TaskContext['failure']>, context: TaskContext) {
  const post = context.post ?? {}
  const report = await findJson<QualityReport>(context.store, context.workspace.report('json'))
  const facts = report?.run.status === 'failed' ? factsOfReport('failure', report, context, post) : factsOfFailure(failure, context, post)
  return { facts, enclose: enclosuresOfRun(facts, context, post) }
}
