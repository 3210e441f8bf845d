/** notify: sends notifications when a run ends. What cannot be sent is part of its result, and never fails the run. */
import { detailsOf, foreignError } from '#core/errors/foreign-error.ts'
import { type CaughtError, readFailure } from '#core/errors/failure.ts'
import { count } from '#core/text/numbers.ts'
import type { MessageFacts } from '#core/text/message-text.ts'
import type { Notice } from '#core/task/task.ts'
import { enclosuresOfRun } from '#data/report/enclosures.ts'
import { factsOfFailure, factsOfReport } from '#data/report/message-facts.ts'
import type { QualityReport } from '#data/report/model.ts'
import type { ChannelSettings } from '#io/channels/channel.ts'
import { deliver } from '#io/channels/deliver.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { findJson } from '#io/workspace/json-store.ts'

export interface NotifySettings {
  /** By event: `on_success`, `on_failure`, `on_quality`, `on_retry`. */
  readonly channels: { readonly [event: string]: readonly ChannelSettings[] | undefined }
  readonly min_quality?: number
  readonly failure: CaughtError | null
}

type Ending = { readonly report: QualityReport | undefined; readonly failure: { readonly error: string; readonly cause: string } | null }

export const notify: Task<NotifySettings> = async ({ channels, min_quality, failure: caught }, _item, context) => {
  const failure = caught === null ? null : readFailure(caught)
  const found = await findJson<QualityReport>(context.store, context.workspace.report('json'))
  // the task that writes the report of a failure can have failed as well
  const report = (found?.run.status === 'failed') === (failure !== null) ? found : undefined
  const ending = { report, failure: report?.failure ?? failure }
  const notices: Notice[] = []
  for (const [event, own = []] of Object.entries(channels)) {
    const facts = await factsIf(event, ending, min_quality, context)
    if (facts === undefined) continue
    for (const [at, channel] of own.entries()) notices.push(await notice(event, at, channel, facts, context))
  }
  return { notices }
}

/** The facts of an event; undefined if it did not happen. */
async function factsIf(
  event: string,
  { report, failure }: Ending,
  min_quality: number | undefined,
  context: TaskContext,
): Promise<MessageFacts | undefined> {
  const about = event.replace('on_', '')
  const post = context.post ?? {}
  const facts = () =>
    report === undefined
      ? factsOfFailure(failure ?? { error: 'Engine.Bug', cause: '' }, context, post)
      : factsOfReport(about, report, context, post)
  if (event === 'on_retry') {
    const { retried } = await context.usage()
    if (retried.length === 0) return undefined
    const lines = retried.map(
      ({ step, task, times }) => `${step}: ${task} was tried again${times === 1 ? '' : `, ${count(times, 'time')}`}`,
    )
    return { ...facts(), event: about, warnings: lines.join('; ') }
  }
  if (event === 'on_success' ? failure !== null : event === 'on_failure' ? failure === null : !isAboutQuality(report, failure, min_quality))
    return undefined
  return { ...facts(), event: about }
}

function isAboutQuality(report: QualityReport | undefined, failure: Ending['failure'], min_quality: number | undefined): boolean {
  if (failure !== null) return /^(Quality\.|Data\.TooManyBadRows$)/.test(failure.error)
  const score = report?.summary.quality_score ?? null
  return report?.run.status === 'partial' || (score !== null && min_quality !== undefined && score < min_quality)
}

async function notice(event: string, at: number, channel: ChannelSettings, facts: MessageFacts, context: TaskContext): Promise<Notice> {
  const { store, workspace, run, now, log, post = {} } = context
  const named = { about: event.replace('on_', ''), channel: channel.type }
  const about = { id: [run.id, event, ...(at === 0 ? [] : [at])].join('.'), facts, enclose: enclosuresOfRun(facts, context, post) }
  try {
    const { to, how, at: file = null } = await deliver(channel, about, { store, outbox: workspace.outbox, now, post, log })
    return { ...named, how, to, file, why: null }
  } catch (error) {
    const { name, message, hint } = foreignError(error, `notifying by ${channel.type}`)
    for (const line of detailsOf(error)) log(line)
    return { ...named, how: 'failed', to: null, file: null, why: `${name}: ${message}${hint === undefined ? '' : ` (${hint})`}` }
  }
}
