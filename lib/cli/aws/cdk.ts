/** The command line of the AWS CDK, which deploys and destroys: run as a program of its own, on the CDK app that comes with siftstep. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Architecture, layerFolder } from '#aws/lambda/artifacts.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { sieve } from './cdk-noise.ts'

export interface Cdk {
  /** Sees to it that the native engine is there to be deployed; a UsageError when it cannot be had. */
  prepare(arch: Architecture): Promise<void>
  /** Runs it with these arguments; resolves with its exit code, and what it told on its standard error. */
  run(args: readonly string[]): Promise<{ readonly code: number; readonly said: string }>
}

/** A UsageError when there is no CDK beside siftstep. */
export function openCdk(terminal: Terminal): Cdk {
  const root = dirname(terminal.program.examples.replace(/[\\/]+$/, ''))
  const cdk = programBelow(root)
  if (!existsSync(join(root, 'cdk.json')) || cdk === undefined) {
    throw new UsageError(
      `the AWS CDK is not installed beside siftstep (${root})`,
      'deploy from a checkout after npm ci; or use the Pipeline construct in a CDK app of your own: docs/aws.md',
    )
  }
  // what later versions of the SDK will need is nothing to tell a person who deploys a pipeline
  const settings = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
  const program = (args: readonly string[], onOut: (text: string) => void) =>
    new Promise<{ readonly code: number; readonly said: string }>((done, fail) => {
      const child = spawn(process.execPath, [...args], {
        cwd: root,
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
      terminal.err(`making the native engine for ${arch} ready, once\n`)
      const { code } = await program([join(root, 'dist', 'build-layer.js'), arch], () => {})
      if (code !== 0)
        throw new UsageError(
          `the native engine for ${arch} could not be made ready`,
          `the lines above say why; try it alone: npm run layer -- ${arch}`,
        )
    },
    run: (args) => program([cdk, ...args], terminal.out),
  }
}

function programBelow(root: string): string | undefined {
  try {
    return join(dirname(createRequire(join(root, 'package.json')).resolve('aws-cdk/package.json')), 'bin', 'cdk')
  } catch {
    return undefined
  }
}

/** What the CDK means, where it does not say what to do. */
const MEANINGS: readonly { readonly when: RegExp; readonly what: string; readonly hint: string }[] = [
  {
    when: /has not been bootstrapped|toolkit stack must be deployed|SSM parameter \/cdk-bootstrap|Is the environment bootstrapped|run "cdk bootstrap"/i,
    what: 'the account is not prepared for the CDK in this region',
    hint: 'once for each account and region: npx cdk bootstrap',
  },
  {
    when: /Unable to resolve AWS account|no credentials have been configured|Need to perform AWS calls for account|CredentialsProviderError|Could not load credentials/i,
    what: 'no credentials for AWS were found',
    hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
  },
  {
    when: /ExpiredToken|security token included in the request is expired/i,
    what: 'the credentials for AWS have expired',
    hint: 'get new ones, as with `aws sso login`',
  },
  {
    when: /security token included in the request is invalid|InvalidClientTokenId|SignatureDoesNotMatch/i,
    what: 'AWS does not accept the credentials',
    hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile AWS_PROFILE names',
  },
  {
    when: /Unable to determine AWS region|Region is missing|region must be/i,
    what: 'no region of AWS is set',
    hint: 'set AWS_REGION, or write --region eu-west-1',
  },
  {
    when: /AccessDenied|not authorized to perform/i,
    what: 'AWS does not allow it',
    hint: 'the line above names the action; use credentials that may',
  },
]

/** In a sentence why the CDK failed; what it said itself stands above it. */
export function cdkFailure(said: string, doing: string): UsageError | undefined {
  const found = MEANINGS.find(({ when }) => when.test(said))
  return found === undefined ? undefined : new UsageError(`${doing}: ${found.what}`, found.hint)
}
