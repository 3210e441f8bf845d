/** The pipelines that triggers wait for must be deployed: the stack of a pipeline imports what theirs export. Checked before a deployment. */
import { upstreamIds } from '#aws/cloud/upstream.ts'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import type { ChainedPipeline } from '#language/definition/starts/chains.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Aws } from './clients.ts'
import { everyPipeline, inEnvironment } from './deployed.ts'

/** Throws a UsageError for the first that is neither deployed in the environment nor among those to be deployed. */
export async function assertUpstream(aws: Aws, pipelines: readonly ChainedPipeline[], environment: string | undefined): Promise<void> {
  const given = pipelines.map(({ definition }) => definition.id)
  const missing = pipelines.flatMap((pipeline) =>
    upstreamIds(pipeline.definition)
      .filter((id) => !given.includes(id))
      .map((id) => ({ id, pipeline })),
  )
  if (missing.length === 0) return
  const deployed = inEnvironment(await everyPipeline(aws), environment).map(({ pipeline }) => pipeline)
  const absent = missing.find(({ id }) => !deployed.includes(id))
  if (absent === undefined) return
  const { id, pipeline } = absent
  const at = pipeline.definition.triggers.findIndex((trigger) => trigger.type === 'pipeline' && trigger.pipeline === id)
  const { line, column } = pipeline.map.at(`triggers.${at}.pipeline`)
  const meant = nearest(id, [...given, ...deployed])
  throw new UsageError(
    `${pipeline.file}:${line}:${column}: the pipeline ${id}, which starts ${pipeline.definition.id}, is not deployed in ${environment === undefined ? aws.region : `the environment ${environment}`}`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}deploy it first, or together with this one: siftstep deploy FILE ${pipeline.file}${deployed.length === 0 ? '' : `; deployed: ${preview(deployed, 8)}`}`,
  )
}
