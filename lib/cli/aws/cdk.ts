/** Runs the AWS CDK, which deploys and destroys, as a separate program on the CDK app of siftstep. */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Architecture, layerFolder } from '#aws/lambda/artifacts.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { sieve } from './cdk-noise.ts'

export interface Cdk {
  /** Makes sure the native engine is ready to deploy; throws a UsageError if that fails. */
  prepare(arch: Architecture): Promise<void>
  /** Runs the CDK on the app, in a folder where it may write; resolves with its exit code and its standard error. */
  run(args: readonly string[], folder: string): Promise<{ readonly code: number; readonly said: string }>
}

/** The folder of the package. */
export const packageFolder = ({ program }: Terminal) => dirname(program.examples.replace(/[\\/]+$/, ''))

/** What the CDK app needs besides siftstep itself. */
const NEEDED = ['aws-cdk', 'aws-cdk-lib', 'constructs'] as const

/** `print` prints the lines of the CDK. Throws a UsageError if the CDK is not installed beside siftstep. */
export function openCdk(terminal: Terminal, print: (text: string) => void): Cdk {
  const root = packageFolder(terminal)
  const missing = NEEDED.filter((name) => installed(root, name) === undefined)
  if (missing.length > 0) throw notInstalled(root, missing)
  const cdk = join(installed(root, 'aws-cdk') ?? '', 'bin', 'cdk')
  // warnings about future SDK versions are of no use to users of a pipeline
  const settings = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
  const program = (args: readonly string[], cwd: string, onOut: (text: string) => void) =>
    new Promise<{ readonly code: number; readonly said: string }>((done, fail) => {
      const child = spawn(process.execPath, [...args], {
        cwd,
        env: { ...settings, ...terminal.env },
        stdio: ['inherit', 'pipe', 'pipe'],
      })
      let said = ''
      const [out, err] = [sieve(onOut), sieve(terminal.err)]
      child.stdout.on('data', (bytes: Buffer) => out.write(bytes.toString('utf8')))
      child.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString('utf8')
        err.write(bytes.toString('utf8'))
      })
      child.once('error', fail)
      child.once('close', (code) => {
        out.end()
        err.end()
        done({ code: code ?? 1, said })
      })
    })
  return {
    async prepare(arch) {
      if (existsSync(layerFolder(root, arch))) return
      terminal.err(`preparing the native engine for ${arch} (once)\n`)
      const { code } = await program([join(root, 'dist', 'build-layer.js'), arch], root, () => {})
      if (code !== 0)
        throw new UsageError(
          `preparing the native engine for ${arch} failed`,
          `see the lines above; to run it alone: node ${join(root, 'dist', 'build-layer.js')} ${arch}`,
        )
    },
    run(args, folder) {
      // as an argument it would lose its quotes
      const app = `"${process.execPath}" "${join(root, 'dist', 'app.js')}"`
      writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app, output: join(folder, 'cdk.out') }))
      return program([cdk, ...args], folder, print)
    },
  }
}

/** The folder of a package, as siftstep itself would find it. */
function installed(root: string, name: string): string | undefined {
  const places = createRequire(join(root, 'package.json')).resolve.paths(name) ?? []
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')))
}

function notInstalled(root: string, missing: readonly string[]): UsageError {
  const checkout = existsSync(join(root, 'package-lock.json'))
  return new UsageError(
    `deploying needs the AWS CDK beside siftstep: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed for ${root}`,
    checkout ? 'npm ci' : `npm install ${missing.join(' ')} where siftstep is installed (-g if siftstep is)`,
  )
}

/** Explanations of CDK errors that do not name a fix. */
const MEANINGS: readonly { readonly when: RegExp; readonly what: string; readonly hint: string }[] = [
  {
    when: /has not been bootstrapped|toolkit stack must be deployed|SSM parameter \/cdk-bootstrap|Is the environment bootstrapped|run "cdk bootstrap"/i,
    what: 'the account is not bootstrapped for the CDK in this region',
    hint: 'run once per account and region: npx cdk bootstrap',
  },
  {
    when: /Unable to resolve AWS account|no credentials have been configured|Need to perform AWS calls for account|CredentialsProviderError|Could not load credentials/i,
    what: 'no AWS credentials found',
    hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
  },
  {
    when: /ExpiredToken|security token included in the request is expired/i,
    what: 'the AWS credentials have expired',
    hint: 'renew them, for example with `aws sso login`',
  },
  {
    when: /security token included in the request is invalid|InvalidClientTokenId|SignatureDoesNotMatch/i,
    what: 'AWS rejected the credentials',
    hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile in AWS_PROFILE',
  },
  {
    when: /Unable to determine AWS region|Region is missing|region must be/i,
    what: 'no AWS region is set',
    hint: 'set AWS_REGION, or pass --region eu-west-1',
  },
  {
    // the CDK ends every failed deployment with advice that names the error as an example
    when: /(?<!e\.g\. )AccessDenied|not authorized to perform/i,
    what: 'AWS denied access',
    hint: 'the line above names the action; use credentials with this permission',
  },
]

/** One sentence on why the CDK failed; its own output is printed above. */
export function cdkFailure(said: string, doing: string): UsageError | undefined {
  const found = MEANINGS.find(({ when }) => when.test(said))
  return found === undefined ? undefined : new UsageError(`${doing}: ${found.what}`, found.hint)
}
