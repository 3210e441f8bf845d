/** Names of executions and map runs, in the form the service gives them. */

interface Parts {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly name: string
}

/** The parts of a state machine's ARN; of an id that is none, the id is the name and the rest says that it is local. */
function parseCause(stateMachineId: string): Parts {
  const [arn, partition, service, region, account, kind, ...name] = stateMachineId.split(':')
  if (arn === 'arn' && service === 'states' && kind === 'stateMachine' && partition && region && account) {
    return { partition, region, account, name: name.join(':') }
  }
  return { partition: 'aws', region: 'local', account: '000000000000', name: stateMachineId }
}

/** The region of a state machine's ARN, or `local`. */
export function regionOf(stateMachineId: string): string {
  return parseCause(stateMachineId).region
}

/** What a map run is called: its own ARN, and the state machine and execution ARNs of its children. */
export interface MapRunNames {
  readonly mapRunArn: string
  readonly stateMachine: { readonly Id: string; readonly Name: string }
  childArn(name: string): string
}

/** Names for the run `runId` of the Map state labelled `label`. */
export function mapRunNames(stateMachineId: string, label: string, runId: string): MapRunNames {
  const { partition, region, account, name } = parseCause(stateMachineId)
  const labelled = `${name.split('/')[0]}/${label}`
  const arn = (kind: string, rest: string) => `arn:${partition}:states:${region}:${account}:${kind}:${labelled}${rest}`
  return {
    mapRunArn: arn('mapRun', `:${runId}`),
    stateMachine: { Id: arn('stateMachine', ''), Name: labelled },
    childArn: (child) => arn('execution', `:${child}`),
  }
}
