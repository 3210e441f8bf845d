/** Compares a deployment with what was built: the machine, the code of its functions, the engine, the roles, and the version that runs start with. */
import { createHash } from 'node:crypto'
import type { Asset } from '#core/assets/assets.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { functionsOf, MAX_TASK_SECONDS, placeholderOf, USUAL_MEMORY } from '#language/compiler/functions.ts'
import { pairsIn } from '#aws/cloud/stacks.ts'
import { lambdaFolder } from '#aws/lambda/artifacts.ts'
import { bundleZip } from '#aws/lambda/bundle-zip.ts'
import { count } from '#core/text/numbers.ts'
import type { Aws } from './clients.ts'
import { describeFunction } from './functions.ts'
import { describeMachine, functionsIn, liveVersion, makeLive, numberIn } from './versions.ts'

export interface Verification {
  /** What was compared, in words. */
  readonly checked: readonly string[]
  /** What differs, one line each. */
  readonly differences: readonly string[]
  /** The version that runs start with; null where there are no versions. */
  readonly version: number | null
  /** The version that the alias pointed to before this changed it; null if it did not. */
  readonly moved_from: number | null
}

export interface Expected {
  readonly compiled: Pick<Compiled, 'text' | 'machine' | 'hash' | 'assets'>
  /** The folder of the package, with the built functions. */
  readonly root: string
  /** Whether functions get the engine as a layer. Otherwise it is packed into them, and their code is not compared. */
  readonly layer: boolean
}

/** `outputs` are those of the stack after the deployment. */
export async function verifyDeployment(aws: Aws, outputs: ReadonlyMap<string, string>, expected: Expected): Promise<Verification> {
  const value = (name: string) => outputs.get(name) ?? ''
  const differences: string[] = []
  const compare = (what: string, deployed: string, built: string) => {
    if (deployed !== built) differences.push(`${what} differs (deployed: ${deployed || 'none'}, expected: ${built || 'none'})`)
  }
  const version = outputs.get('Version')
  const live = version === undefined ? undefined : await followAlias(aws, value('StartArn'), version)
  const { definition, role } = await describeMachine(aws, version ?? value('StateMachine'))
  const called = functionsIn(definition)
  compare('the definition in the outputs of the stack', value('DefinitionHash'), expected.compiled.hash)
  compare('the machine', digest(definition), digest(withValues(expected.compiled.text, outputs, called)))
  compare('the role of the machine', role, value('MachineRole'))
  const wanted = functionsOf(expected.compiled.machine)
  const names = new Map(pairsIn(value('Functions')))
  const all = [
    ...wanted.map(({ name, kind, memory = USUAL_MEMORY[kind], timeout }) => ({
      title: name,
      of: called.get(names.get(name) ?? '') ?? names.get(name) ?? name,
      code: kind === 'data' && !expected.layer ? undefined : codeOf(expected.root, kind, expected.compiled.assets),
      role: value(kind === 'data' ? 'DataRole' : 'ControlRole'),
      engine: kind === 'data' && expected.layer ? value('Engine') : '',
      size: `${memory} MB, ${Math.min(timeout, MAX_TASK_SECONDS)} s`,
    })),
    ...(value('StartFunction') === ''
      ? []
      : [
          {
            title: 'the function that starts runs',
            of: value('StartFunction'),
            code: codeOf(expected.root, 'start', []),
            role: value('StartRole'),
            engine: '',
            size: undefined,
          },
        ]),
  ]
  const found = await Promise.all(all.map(({ of }) => describeFunction(aws, of)))
  for (const [at, { title, of, code, role: own, engine, size }] of all.entries()) {
    const deployed = found[at]
    if (deployed === undefined) {
      differences.push(`${title} is missing (${of})`)
      continue
    }
    if (code !== undefined) compare(`the code of ${title}`, deployed.code, code)
    compare(`the role of ${title}`, deployed.role, own)
    compare(`the engine of ${title}`, deployed.layers.join(','), engine)
    if (size !== undefined) compare(`the size of ${title}`, `${deployed.memory} MB, ${deployed.timeout} s`, size)
  }
  const roles = new Set(['MachineRole', ...all.map(({ role: own }) => own)])
  return {
    checked: ['machine', count(all.length, 'function'), ...(value('Engine') === '' ? [] : ['engine']), count(roles.size, 'role')],
    differences,
    version: version === undefined ? null : numberIn(version),
    moved_from: live === undefined || live === version ? null : numberIn(live),
  }
}

/**
 * CloudFormation does not know of a rollback: a deployment that changes no machine leaves the alias where the rollback put it. Returns the
 * version it pointed to.
 */
async function followAlias(aws: Aws, alias: string, version: string): Promise<string | undefined> {
  const live = await liveVersion(aws, alias)
  if (live !== version) await makeLive(aws, alias, version)
  return live
}

/** The text of a machine with the values that its placeholders have in this deployment. */
function withValues(text: string, outputs: ReadonlyMap<string, string>, called: ReadonlyMap<string, string>): string {
  const values = pairsIn(outputs.get('Functions') ?? '').map(([name, fn]) => [name, called.get(fn) ?? fn] as const)
  return [...values, ['DataBucket', outputs.get('DataBucket') ?? ''] as const].reduce(
    (filled, [name, value]) => filled.replaceAll(placeholderOf(name), () => value),
    text,
  )
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

const codeOf = (root: string, name: string, assets: readonly Asset[]) => bundleZip(lambdaFolder(root, name), assets).sha256
