/** Templates for tests: of a definition written into a temporary file, in an app of its own. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { PipelineStack, type PipelineStackProps } from '#aws/cloud/pipeline-stack.ts'
import { PlatformStack } from '#aws/cloud/platform-stack.ts'
import type { JsonObject } from '#core/json.ts'
import { lambdaFolder } from '#aws/lambda/artifacts.ts'
import { buildLambda, LAMBDA_NAMES } from '../../../scripts/build-lambdas.ts'

/** Templates hold the bundles' hashes, so the bundles must be there; how fresh they are does not matter here. */
export async function assertLambdas(): Promise<void> {
  for (const name of LAMBDA_NAMES) if (!existsSync(lambdaFolder(resolve(import.meta.dirname, '../../..'), name))) await buildLambda(name)
}

const STEPS = `
steps:
  - id: find
    type: discover
    with: {source: "{{ inputs.source }}"}
  - id: tidy
    type: clean
    depends_on: [find]
    with: {rules: [{deduplicate: {keys: [id], keep: first}}]}
  - id: publish
    type: export
    depends_on: [tidy]
    with: {to: "{{ inputs.output }}"}
`

/** Reads one place and publishes to another; starts by hand only. */
export const PLAIN = `version: 1
id: plain
name: Plain
inputs:
  source: {type: string, required: true}
  output: {type: string, required: true}
${STEPS}`

/** Everything that makes a resource of its own. */
export const FULL = `version: 1
id: orders
name: Orders
owner: data-team
tags: [sales, nightly]
timeout: 2h
inputs:
  source: {type: string, default: "s3://lake/raw/orders/*.csv"}
  output: {type: string, default: "s3://lake/processed/orders/"}
concurrency: {max_active_runs: 2}
schedule:
  cron: "0 8 * * *"
  timezone: Europe/Zurich
  start_date: 2999-01-01
triggers:
  - type: s3
    bucket: acme-inbox
    prefix: incoming/
    suffix: .csv
    debounce: 60s
    inputs: {source: "{{ event.uri }}"}
  - type: event
    event_type: order.shipped
    source: acme.shop
    filter_criteria: {detail: {status: [ok]}}
monitoring:
  sla: 30m
  expect_every: 24h
  min_quality: 0.9
  max_error_rate: 5%
  logs: {level: WARN, retention_days: 14}
notifications:
  on_failure: {type: email, to: [ops@example.com]}
${STEPS}`

function fileOf(definition: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'siftstep-cloud-')), 'pipeline.yaml')
  writeFileSync(file, definition)
  return file
}

/** An app that copies no assets, as their names are enough, and takes no template that CloudFormation's own rules refuse. */
export const testApp = (context: JsonObject = {}) =>
  new App({
    context: {
      'aws:cdk:disable-asset-staging': true,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      '@aws-cdk/core:strictCfnValidateErrors': true,
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      ...context,
    },
    analyticsReporting: false,
  })

export function pipelineStack(definition: string, props: Omit<Partial<PipelineStackProps>, 'file'> = {}, app = testApp()): PipelineStack {
  return new PipelineStack(app, 'Test', { file: fileOf(definition), ...props })
}

export interface Resource {
  readonly id: string
  readonly Type: string
  readonly Properties: JsonObject
  readonly [attribute: string]: unknown
}

/** The template, its references as short texts: `${Name.Arn}`. */
export function resourcesOf(stack: Stack): readonly Resource[] {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: { [id: string]: Omit<Resource, 'id'> } }
  return Object.entries(Resources).map(([id, resource]) => ({ ...(flat(resource) as Omit<Resource, 'id'>), id: shortId(id) }) as Resource)
}

export const ofType = (resources: readonly Resource[], type: string) => resources.filter(({ Type }) => Type === type)

/** The one resource of a type whose id ends so. */
export function one(resources: readonly Resource[], type: string, ending = ''): Resource {
  const found = ofType(resources, type).filter(({ id }) => id.endsWith(ending))
  if (found.length !== 1)
    throw new Error(`${found.length} resources of ${type} end with '${ending}': ${ofType(resources, type).map(({ id }) => id)}`)
  return found[0] as Resource
}

export const propertiesOf = (resources: readonly Resource[], type: string, ending = '') => one(resources, type, ending).Properties

/** Of a policy. */
export const statementsOf = ({ PolicyDocument }: JsonObject) =>
  (PolicyDocument as unknown as { Statement: readonly JsonObject[] }).Statement

/** Without the hash at its end. */
const shortId = (id: string) => id.replace(/[0-9A-F]{8}(?=$|[a-f0-9]{32}$)/, '').replace(/[a-f0-9]{32}$/, '')

function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat)
  if (value === null || typeof value !== 'object') return value
  const [key, given] = Object.entries(value)[0] ?? []
  const lone = Object.keys(value).length === 1
  if (lone && key === 'Ref') return `\${${shortId(String(given))}}`
  if (lone && key === 'Fn::GetAtt') return `\${${shortId(String((given as string[])[0]))}.${(given as string[])[1]}}`
  if (lone && key === 'Fn::Join') return ((given as [string, unknown[]])[1].map(flat) as string[]).join((given as [string])[0])
  if (lone && key === 'Fn::ImportValue') return `\${import ${shortId(String(flat(given)))}}`
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, flat(inner)]))
}

export const platformStack = (props: ConstructorParameters<typeof PlatformStack>[2] = {}, app = testApp()) =>
  new PlatformStack(app, 'Platform', props)
