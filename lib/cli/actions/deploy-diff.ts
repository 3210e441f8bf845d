/** siftstep deploy --diff: what a deployment would change. Deploys nothing. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { type DiffedTemplate, diffOf, REASONS } from '#aws/cloud/template-diff.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { Processor } from '#aws/cost/prices.ts'
import { ask, isMissing } from '#cli/aws/ask.ts'
import type { Aws } from '#cli/aws/clients.ts'
import { costPerRun, TYPICAL_BYTES } from '#cli/aws/deploy-summary.ts'
import { diffLines, type StackDiff } from '#cli/show/diff-text.ts'
import type { Compiled } from '#language/compiler/compile.ts'

export interface Diffed {
  readonly stack: string
  /** The pipeline of the stack; undefined for the shared one. */
  readonly compiled: Compiled | undefined
  readonly processor: Processor
}

/** `made` is the folder with the new templates. */
export async function stackDiffs(aws: Aws, made: string, stacks: readonly Diffed[], now: Date): Promise<readonly StackDiff[]> {
  return Promise.all(
    stacks.map(async ({ stack, compiled, processor }) => {
      const after = JSON.parse(await readFile(join(made, `${stack}.template.json`), 'utf8')) as DiffedTemplate
      const before = await deployedTemplate(aws, stack)
      const cost = compiled === undefined ? null : await costs(compiled, before, processor, now)
      return { stack, deployed: before !== undefined, ...diffOf(before ?? {}, after, REASONS), cost }
    }),
  )
}

async function deployedTemplate(aws: Aws, stack: string): Promise<DiffedTemplate | undefined> {
  const sent = aws.stacks.send(new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' })).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  const found = await ask(`reading the template of ${stack}`, aws.region, sent)
  return found?.TemplateBody === undefined ? undefined : (JSON.parse(found.TemplateBody) as DiffedTemplate)
}

/** Both runs have the inputs and the types of the new definition. */
async function costs(compiled: Compiled, before: DiffedTemplate | undefined, processor: Processor, now: Date): Promise<StackDiff['cost']> {
  const text = Object.values(before?.Resources ?? {}).flatMap(({ Properties }) => Properties?.['DefinitionString'] ?? [])[0]
  const after = await costPerRun(compiled, processor, now)
  const old = typeof text === 'string' ? await costPerRun({ ...compiled, machine: JSON.parse(text) as Machine }, processor, now) : null
  return { bytes: TYPICAL_BYTES, before: old?.dollars ?? null, after: after?.dollars ?? null }
}

/** One text for all stacks. */
export const diffText = (diffs: readonly StackDiff[]) => `${diffs.flatMap(diffLines).join('\n')}\n`
