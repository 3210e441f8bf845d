/** The two ways work of an execution ends early: a failure Retry and Catch may take, and a stop nothing takes. */

/** An ASL error. Both parts may be missing: a Fail state need name neither, and a timeout has no cause. */
export class StateFailure extends Error {
  readonly error: string | undefined
  readonly why: string | undefined
  /** The field whose expression failed, when it is a failed evaluation; EvaluationFailed tells of it. */
  readonly location: string | undefined
  /** Whether the history has told of the failed evaluation. */
  isRecorded = false

  constructor(error: string | undefined, why: string | undefined, location?: string) {
    super(`${error ?? 'no error name'}: ${why ?? 'no cause'}`)
    this.name = 'StateFailure'
    this.error = error
    this.why = why
    this.location = location
  }

  /** The parts there are, as events and executions give them. */
  details(): { error?: string; cause?: string } {
    return { ...(this.error !== undefined && { error: this.error }), ...(this.why !== undefined && { cause: this.why }) }
  }
}

/** A task that took longer than TimeoutSeconds, or did not say within HeartbeatSeconds that it is alive. The service gives neither a cause. */
export class TaskTimedOut extends StateFailure {
  readonly missed: 'answer' | 'heartbeat'

  constructor(missed: TaskTimedOut['missed']) {
    super('States.Timeout', undefined)
    this.name = 'TaskTimedOut'
    this.missed = missed
  }
}

/** Work is no longer wanted: the caller aborted, the machine's TimeoutSeconds passed, or a sibling failed. */
export class Stopped extends Error {
  readonly reason: 'aborted' | 'timed out' | 'sibling failed'

  constructor(reason: Stopped['reason']) {
    super(`stopped: ${reason}`)
    this.name = 'Stopped'
    this.reason = reason
  }
}

/** A machine holds something the engine does not implement. Thrown before its first state runs. */
export class UnsupportedMachine extends Error {
  readonly places: readonly { readonly path: string; readonly message: string }[]

  constructor(places: UnsupportedMachine['places']) {
    const lines = places.map(({ path, message }) => `  ${path === '' ? 'the machine' : path}: ${message}`)
    super(
      `this machine cannot run here; nothing was started. ${places.length} ${places.length === 1 ? 'place' : 'places'}:\n${lines.join('\n')}`,
    )
    this.name = 'UnsupportedMachine'
    this.places = places
  }
}
