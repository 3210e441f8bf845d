/** Among which pipelines a run is looked for. */
import type { Args } from '#cli/arguments/flags.ts'
import type { Aws } from './clients.ts'
import { type Deployed, deployedPipeline, deployedPipelines } from './deployed.ts'

export async function pipelinesMeant(args: Args, environment: string | undefined, aws: Aws): Promise<readonly Deployed[]> {
  const pipeline = args.value('pipeline')
  return pipeline === undefined ? deployedPipelines(aws, environment) : [await deployedPipeline(aws, environment, pipeline)]
}
