/** What a notify step does: one message, with what the run has written so far. */
import { deliver } from '#io/channels/deliver.ts'
import type { ChannelSettings } from '#io/channels/channel.ts'
import { enclosuresOfSteps } from '#data/report/enclosures.ts'
import { factsOfSteps } from '#data/report/message-facts.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

export const notifyBehaviour: ControlBehaviour = {
  run: async (settings, context, loadArtifacts) => {
    const channel = config.parse(settings) as unknown as ChannelSettings
    const artifacts = await loadArtifacts()
    const { run, step, store, workspace, post = {}, now, log, item } = context
    const about = {
      id: [run.id, step, ...(item === undefined ? [] : [item])].join('.'),
      facts: factsOfSteps(artifacts, context, post),
      enclose: enclosuresOfSteps(artifacts, context, post),
    }
    const { to, how, at } = await deliver(channel, about, { store, outbox: workspace.outbox, now, post, log })
    const message = how === 'sent' ? `Sent to ${to}` : `Kept a message for ${to} in ${at}, as there is no mail server`
    return { result: { sent: how === 'sent', to }, report: { level: 'ok', message, lines: [] } }
  },
}
