/** Code of functions, with the native engine as a layer or inside the function: built into dist by `npm run layer`. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stage } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Asset } from '#core/assets/assets.ts'
import { type Architecture, ASSETS, lambdaFolder, layerFolder } from '#aws/lambda/artifacts.ts'
import { bundleZip } from '#aws/lambda/bundle-zip.ts'
import { packageRoot } from './package-root.ts'
import { refuseToDeploy } from './refuse-to-deploy.ts'

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
  if (!present) refuseWithoutEngine(scope, arch)
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

/** The code of a function, with what is added to it for one pipeline. Without the engine it is packed here, so that its hash is known. */
export function functionCode(scope: Construct, { name, arch, engine, assets }: FunctionCode): lambda.Code {
  const hashes = assets.map(({ sha256 }) => sha256)
  const added = assets.length === 0 ? '' : `-${createHash('sha256').update(hashes.join()).digest('hex').slice(0, 16)}`
  if (!engine) {
    const { bytes } = bundleZip(lambdaFolder(packageRoot(), name), assets)
    const folder = madeFolder(scope, `packed-${name}${added}`, (to) => writeFileSync(join(to, `${name}.zip`), bytes))
    return lambda.Code.fromAsset(join(folder, `${name}.zip`))
  }
  const layer = layerFolder(packageRoot(), arch)
  if (!existsSync(layer)) refuseWithoutEngine(scope, arch)
  const folder = madeFolder(scope, `siftstep-${name}-${arch}-engine${added}`, (to) => {
    cpSync(lambdaFolder(packageRoot(), name), to, { recursive: true })
    if (existsSync(layer)) cpSync(join(layer, 'nodejs'), to, { recursive: true })
    if (assets.length > 0) mkdirSync(join(to, ASSETS))
    for (const { sha256, content } of assets) writeFileSync(join(to, ASSETS, sha256), content)
  })
  return lambda.Code.fromAsset(folder)
}

/** The hash of packed code, as Lambda reports it. */
export const hashOfCode = (name: string, assets: readonly Asset[]) => bundleZip(lambdaFolder(packageRoot(), name), assets).sha256

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

function refuseWithoutEngine(scope: Construct, arch: Architecture): void {
  const missing = `the native engine for ${arch} is not built, so this template cannot be deployed: run ${howToBuild(arch)}`
  refuseToDeploy(scope, 'NativeEngine', missing)
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
