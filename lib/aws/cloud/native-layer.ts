/** Code of functions, with the native engine as a layer or inside the function: built into dist by `npm run layer`. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stage } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { type Architecture, lambdaFolder, layerFolder } from '#aws/lambda/artifacts.ts'
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

/** Code of a function including the engine, for emulators that accept layers but ignore them. */
export function codeWithEngine(scope: Construct, name: string, arch: Architecture): lambda.Code {
  const layer = layerFolder(packageRoot(), arch)
  if (!existsSync(layer)) refuseWithoutEngine(scope, arch)
  const folder = madeFolder(scope, `siftstep-${name}-${arch}`, (to) => {
    cpSync(lambdaFolder(packageRoot(), name), to, { recursive: true })
    if (existsSync(layer)) cpSync(join(layer, 'nodejs'), to, { recursive: true })
  })
  return lambda.Code.fromAsset(folder)
}

/** Code of a function, packed here, so that its hash is known before it is deployed. */
export function packedCode(scope: Construct, name: string): lambda.Code {
  const folder = madeFolder(scope, `packed-${name}`, (to) =>
    writeFileSync(join(to, `${name}.zip`), bundleZip(lambdaFolder(packageRoot(), name)).bytes),
  )
  return lambda.Code.fromAsset(join(folder, `${name}.zip`))
}

/** The hash of that code, as Lambda reports it. */
export const hashOfCode = (name: string) => bundleZip(lambdaFolder(packageRoot(), name)).sha256

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
