/** Pipelines whose runs start another: where their machines are found, and what of them the other one may read. */
import { Fn } from 'aws-cdk-lib'
import { entryOf } from '#core/text/record.ts'
import type { Definition } from '#language/definition/definition.ts'
import type { PipelineProps } from './pipeline-props.ts'

type Triggered = Pick<Definition, 'id' | 'triggers'>

/** The ids of the pipelines that the triggers of a definition name, each once. */
export const upstreamIds = ({ triggers }: Pick<Triggered, 'triggers'>): readonly string[] => [
  ...new Set(triggers.flatMap((trigger) => (trigger.type === 'pipeline' ? [trigger.pipeline] : []))),
]

/** The name under which the stack of a pipeline exports the ARN of its machine. */
export const machineExport = (stack: string) => `${stack}-StateMachine`

/** The machines of other stacks, as values that CloudFormation imports: it refuses to remove one that is in use. */
export const importedUpstream = (definition: Triggered, stackOf: (pipeline: string) => string): PipelineProps['upstream'] =>
  Object.fromEntries(upstreamIds(definition).map((id) => [id, { machineArn: Fn.importValue(machineExport(stackOf(id))) }]))

interface Upstream {
  /** ARNs of the machines, by pipeline. */
  readonly machines: { readonly [pipeline: string]: string }
  /** Pipelines whose output the runs read. */
  readonly read: readonly string[]
}

/** Throws if a pipeline is not given. */
export function upstreamOf(definition: Triggered, { upstream = {} }: Pick<PipelineProps, 'upstream'>): Upstream {
  const machines = upstreamIds(definition).map((id): readonly [string, string] => {
    const given = entryOf(upstream, id)
    if (given === undefined)
      throw new Error(
        `${definition.id}: a trigger waits for the pipeline ${id}, which is not given: set \`upstream: {${id}: …}\` to the pipeline, or to Pipeline.fromArn(…)`,
      )
    return [id, given.machineArn]
  })
  const read = definition.triggers.flatMap((trigger) =>
    trigger.type === 'pipeline' && JSON.stringify(trigger.inputs).includes('event.output') ? [trigger.pipeline] : [],
  )
  return { machines: Object.fromEntries(machines), read: [...new Set(read)] }
}
