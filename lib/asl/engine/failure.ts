/** The two ways in which work of an execution ends early: a failure that Retry and Catch can handle, and a stop that nothing handles. */

/** An ASL error. Both parts may be missing: a Fail state can omit either, and a timeout has no cause. */
export class StateFailure extends Error {
  readonly error: string | undefined
  readonly why: string | undefined
  /** The field whose expression failed, for the EvaluationFailed event. */
  readonly location: string | undefined
  /** Whether the history already contains the failed evaluation. */
  isRecorded = false

  constructor(error: string | undefined, why: string | undefined, location?: string) {
    super(`${error ?? 'no error name'}: ${why ?? 'no cause'}`)
    this.name = 'StateFailure'
    this.error = error
    this.why = why
    this.location = location
  }

  /** The parts that exist, as events and executions show them. */
  details(): { error?: string; cause?: string } {
    return { ...(this.error !== undefined && { error: this.error }), ...(this.why !== undefined && { cause: this.why }) }
  }
}

/** A task that exceeded TimeoutSeconds, or sent no heartbeat within HeartbeatSeconds. The service gives no cause for either. */
export class TaskTimedOut extends StateFailure {
  readonly missed: 'answer' | 'heartbeat'

  constructor(missed: TaskTimedOut['missed']) {
    super('States.Timeout', undefined)
    this.name = 'TaskTimedOut'
    this.missed = missed
  }
}

/** Stops work that is no longer needed: the caller aborted, the machine's TimeoutSeconds passed, or a sibling failed. */
export class Stopped extends Error {
  readonly reason: 'aborted' | 'timed out' | 'sibling failed'

  constructor(reason: Stopped['reason']) {
    super(`stopped: ${reason}`)
    this.name = 'Stopped'
    this.reason = reason
  }
}

/** A machine contains something the engine does not implement. Thrown before its first state runs. */
export class UnsupportedMachine extends Error {
  readonly problems: readonly { readonly path: string; readonly message: string }[]

  constructor(problems: UnsupportedMachine['problems']) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? 'the machine' : path}: ${message}`)
    super(
      `this machine cannot run here; nothing was started. ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    )
    this.name = 'UnsupportedMachine'
    this.problems = problems
  }
}
