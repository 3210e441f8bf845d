/**
 * LocalStack (Apache 2.0, Python) as a process of this machine, without Docker and Java: a plug-in beside this file runs functions as
 * processes of Node.js and evaluates JSONata with the package of npm. Installed below node_modules/.cache when it is first started.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorKind, installPython, type Missing, pipInstall, root } from './emulator.ts'

const VERSION = '4.14.0'
const plugIn = join(import.meta.dirname, 'localstack')
const requirements = join(plugIn, 'requirements.txt')

export const localStack: EmulatorKind = {
  kind: 'localstack',
  name: `LocalStack ${VERSION}`,
  limits: {
    'moments of schedules': 'schedules never start anything',
    'the Glue catalog': 'not tried there',
    'updates of alarms': 'CloudFormation leaves an alarm as it was created',
    'stops in maps': 'an execution that is stopped within a Map ends as FAILED with States.Runtime, not as ABORTED',
  },
  prepare() {
    const venv = join(root, 'node_modules', '.cache', `localstack-${VERSION}-${hashOf([requirements])}`)
    const problem = install(venv)
    if (problem !== undefined) return problem
    return (port, folder) => {
      const at = `127.0.0.1:${port}`
      return {
        command: join(venv, 'bin', 'python'),
        args: ['-m', 'localstack.runtime.main'],
        env: {
          GATEWAY_LISTEN: at,
          LOCALSTACK_HOST: at,
          FILESYSTEM_ROOT: join(folder, 'state'),
          // where LocalStack caches the entry points of packages: an old cache would miss the plug-in
          XDG_CACHE_HOME: join(folder, 'cache'),
          LAMBDA_RUNTIME_EXECUTOR: 'process',
          // on a busy machine a process of Node.js needs more than the default of 20 seconds to load the native engine
          LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT: '120',
          // functions hold the native engine, because LocalStack has no layers
          LAMBDA_LIMITS_CODE_SIZE_ZIPPED: String(250 * 1024 * 1024),
          SIFTSTEP_NODE: process.execPath,
          SIFTSTEP_MODULES: join(root, 'node_modules'),
          // nothing is sent and nothing is fetched
          DISABLE_EVENTS: '1',
          SKIP_SSL_CERT_DOWNLOAD: '1',
          DNS_ADDRESS: '0',
        },
      }
    }
  },
}

/** Installs LocalStack if it is not there yet, and the plug-in if it changed. */
function install(venv: string): Missing | undefined {
  if (!existsSync(join(venv, 'bin', 'python'))) {
    const python = python313()
    if (python === undefined) return { missing: 'LocalStack needs Python 3.13, and neither python3.13 nor python3 is that version' }
    mkdirSync(join(venv, '..'), { recursive: true })
    const problem = installPython({ python, venv, packages: ['--requirement', requirements], name: 'LocalStack' }, withPython313)
    if (problem !== undefined) return problem
  }
  const installed = join(venv, 'plug-in')
  const wanted = hashOf([join(plugIn, 'pyproject.toml'), ...filesOf(join(plugIn, 'siftstep_localstack'))])
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return undefined
  // setuptools writes into the folder it builds from
  const copy = mkdtempSync(join(tmpdir(), 'siftstep-plug-in-'))
  cpSync(plugIn, copy, { recursive: true })
  const failed = pipInstall(venv, ['--no-deps', '--no-build-isolation', '--force-reinstall', copy])
  rmSync(copy, { recursive: true, force: true })
  if (failed !== undefined) return { missing: `pip cannot install the plug-in for LocalStack: ${failed}` }
  writeFileSync(installed, wanted)
  return undefined
}

const filesOf = (folder: string) =>
  readdirSync(folder)
    .filter((name) => /\.(py|mjs)$/.test(name))
    .sort()
    .map((name) => join(folder, name))

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/** pyenv provides the version that it is asked for; elsewhere the variable means nothing. */
const withPython313 = { ...process.env, PYENV_VERSION: process.env['PYENV_VERSION'] ?? '3.13' }

/** The pinned packages are those for Python 3.13. */
const python313 = () =>
  ['python3.13', 'python3'].find((name) => {
    const { stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', env: withPython313 })
    return stdout?.startsWith('Python 3.13.') === true
  })
