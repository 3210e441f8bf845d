/** Names of executions and map runs, in the format of the service. */

/** The ARN of the machine of a pipeline on this machine. */
export const localMachine = (pipeline: string) => `arn:aws:states:local:000000000000:stateMachine:${pipeline}`

/** The ARN of a run on this machine. */
export const localExecution = (pipeline: string, run: string) => `arn:aws:states:local:000000000000:execution:${pipeline}:${run}`

interface Parts {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly name: string
}

/** Parses the ARN of a state machine. An id that is not an ARN is used as the name, in the region `local`. */
function parseArn(stateMachineId: string): Parts {
  const [arn, partition, service, region, account, kind, ...name] = stateMachineId.split(':')
  if (arn === 'arn' && service === 'states' && kind === 'stateMachine' && partition && region && account) {
    return { partition, region, account, name: name.join(':') }
  }
  return { partition: 'aws', region: 'local', account: '000000000000', name: stateMachineId }
}

/** The region of a state machine's ARN, or `local`. */
export function regionOf(stateMachineId: string): string {
  return parseArn(stateMachineId).region
}

/** The ARN of a map run, and the state machine and execution ARNs of its children. */
export interface MapRunNames {
  readonly mapRunArn: string
  readonly stateMachine: { readonly Id: string; readonly Name: string }
  childArn(name: string): string
}

/** The names of the run `runId` of the Map state labelled `label`. */
export function mapRunNames(stateMachineId: string, label: string, runId: string): MapRunNames {
  const { partition, region, account, name } = parseArn(stateMachineId)
  const labelled = `${name.split('/')[0]}/${label}`
  const arn = (kind: string, rest: string) => `arn:${partition}:states:${region}:${account}:${kind}:${labelled}${rest}`
  return {
    mapRunArn: arn('mapRun', `:${runId}`),
    stateMachine: { Id: arn('stateMachine', ''), Name: labelled },
    childArn: (child) => arn('execution', `:${child}`),
  }
}
