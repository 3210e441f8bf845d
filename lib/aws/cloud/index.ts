/** Exports for other CDK apps, as `siftstep/cdk`. */
export { AlarmTopic } from './alarm-topic.ts'
export { DataBucket, type DataBucketProps } from './data-bucket.ts'
export type { RunMetric } from './metrics.ts'
export { Pipeline, type PipelineProps } from './pipeline.ts'
export { PipelineStack, type PipelineStackProps } from './pipeline-stack.ts'
export { PlatformStack, type PlatformStackProps } from './platform-stack.ts'
export { DefinitionError } from './read-pipeline.ts'
export type { TaskMetric } from '#core/task/metrics.ts'
