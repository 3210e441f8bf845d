import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type App, Stack, Validations } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { assertLambdas, FULL, PLAIN, pipelineStack, platformStack, testApp } from './stacks.ts'

beforeAll(assertLambdas)

/** Findings are reported and do not end the synthesis. */
const REPORT_ONLY = { '@aws-cdk/core:failSynthOnValidationErrors': false }

/** Every finding that has no reason, as `rule path`. */
function findings(app: App): readonly string[] {
  // synthesis also prints its report
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const silentToo = vi.spyOn(console, 'error').mockReturnValue()
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const { directory } = app.synth()
  silent.mockRestore()
  silentToo.mockRestore()
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[]
  }
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
  )
}

describe('cdk-nag, AwsSolutions', () => {
  it('finds what is wrong, so that its silence means something', () => {
    const app = testApp(REPORT_ONLY)
    new sqs.Queue(new Stack(app, 'Careless'), 'Open')
    expect(findings(app)).toEqual(['AwsSolutions-SQS3 Careless/Open/Resource', 'AwsSolutions-SQS4 Careless/Open/Resource'])
  })

  it('finds nothing without a reason: platform, and a pipeline with everything', () => {
    const app = testApp(REPORT_ONLY)
    const { bucket, topic } = platformStack({ emails: ['a@example.com'] }, app)
    pipelineStack(FULL, { dataBucket: bucket, alarmTopic: topic }, app)
    expect(findings(app)).toEqual([])
  })

  it('finds nothing without a reason: a pipeline alone, without versions', () => {
    const app = testApp(REPORT_ONLY)
    pipelineStack(PLAIN, { versions: false, sources: ['s3://lake/raw/'] }, app)
    expect(findings(app)).toEqual([])
  })
})
