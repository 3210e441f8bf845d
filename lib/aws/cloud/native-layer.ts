/** The native engine as a layer or inside a function: built into dist by `npm run layer`. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Annotations, CfnRule, Fn, Stack, Stage } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Asset } from '#core/assets/assets.ts'
import { type Architecture, ASSETS, lambdaFolder, layerFolder } from '#aws/lambda/artifacts.ts'
import { packageRoot } from './package-root.ts'

const ARCHITECTURE: { readonly [Arch in Architecture]: lambda.Architecture } = {
  arm64: lambda.Architecture.ARM_64,
  x86_64: lambda.Architecture.X86_64,
}

export const architectureOf = (arch: Architecture) => ARCHITECTURE[arch]

/**
 * A template can be synthesized without the engine, so that synthesis needs no network. Such a template prints a warning, and
 * CloudFormation refuses to deploy it.
 */
export function nativeLayer(scope: Construct, id: string, arch: Architecture): lambda.LayerVersion {
  const folder = layerFolder(packageRoot(), arch)
  const present = existsSync(folder)
  if (!present) refuseToDeploy(scope, arch)
  return new lambda.LayerVersion(scope, id, {
    code: lambda.Code.fromAsset(present ? folder : placeholder(scope, arch)),
    compatibleArchitectures: [ARCHITECTURE[arch]],
    compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
    description: `DuckDB for ${arch}`,
  })
}

export interface FunctionCode {
  readonly name: string
  readonly arch: Architecture
  /** Whether the engine is part of it, for emulators that accept layers but ignore them. */
  readonly engine: boolean
  /** The files of the pipeline, by hash: a version of a function keeps those it was deployed with. */
  readonly assets: readonly Asset[]
}

/** The code of a function, with what is added to it for one pipeline. */
export function functionCode(scope: Construct, { name, arch, engine, assets }: FunctionCode): lambda.Code {
  if (!engine && assets.length === 0) return lambda.Code.fromAsset(lambdaFolder(packageRoot(), name))
  const layer = layerFolder(packageRoot(), arch)
  if (engine && !existsSync(layer)) refuseToDeploy(scope, arch)
  const hashes = assets.map(({ sha256 }) => sha256)
  const added = assets.length === 0 ? '' : `-${createHash('sha256').update(hashes.join()).digest('hex').slice(0, 16)}`
  const folder = madeFolder(scope, `siftstep-${name}-${arch}${engine ? '-engine' : ''}${added}`, (to) => {
    cpSync(lambdaFolder(packageRoot(), name), to, { recursive: true })
    if (engine && existsSync(layer)) cpSync(join(layer, 'nodejs'), to, { recursive: true })
    if (assets.length > 0) mkdirSync(join(to, ASSETS))
    for (const { sha256, content } of assets) writeFileSync(join(to, ASSETS, sha256), content)
  })
  return lambda.Code.fromAsset(folder)
}

const made = new Set<string>()

/** A folder inside the output of the app; recreated by the first caller. */
function madeFolder(scope: Construct, name: string, make: (folder: string) => void): string {
  const folder = join(Stage.of(scope)?.assetOutdir ?? 'cdk.out', name)
  if (made.has(folder)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  make(folder)
  made.add(folder)
  return folder
}

function refuseToDeploy(scope: Construct, arch: Architecture): void {
  const missing = `the native engine for ${arch} is not built, so this template cannot be deployed: run ${howToBuild(arch)}`
  Annotations.of(scope).addWarningV2('siftstep:layer', missing)
  const stack = Stack.of(scope)
  if (stack.node.tryFindChild('NativeEngine') !== undefined) return
  new CfnRule(stack, 'NativeEngine', { assertions: [{ assert: Fn.conditionEquals('missing', 'built'), assertDescription: missing }] })
}

/** From source, or from an app that depends on siftstep. */
function howToBuild(arch: Architecture): string {
  const root = packageRoot()
  if (existsSync(join(root, 'scripts', 'build-layer.ts'))) return `npm run layer -- ${arch}`
  return `node ${relative(process.cwd(), join(root, 'dist', 'build-layer.js'))} ${arch}`
}

const placeholder = (scope: Construct, arch: Architecture) =>
  madeFolder(scope, `siftstep-no-layer-${arch}`, (folder) => {
    mkdirSync(join(folder, 'nodejs'))
    writeFileSync(join(folder, 'nodejs', 'MISSING'), `${arch}\n`)
  })
